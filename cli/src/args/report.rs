//! `report`.

use clap::ValueEnum;
use std::path::PathBuf;

/// One page for people, from any result
///
/// Of a bundle, the report of its case in fifteen sections; of a JSON result of `examine`, `detect`, `scan` or `power`, a short page. It is one
/// self-contained HTML file: no network, no script of others. A case's page verifies a bundle that is dropped on it. With a name
/// that ends in .md it is Markdown; with `--format json` the case's report is printed as JSON.
#[derive(clap::Args)]
pub(crate) struct ReportArgs {
    /// A bundle (a folder or a .tar), or a JSON result
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// The new page: .html, or .md; `-` is stdout
    #[arg(long, value_name = "FILE", required_unless_present = "template")]
    pub(crate) out: Option<PathBuf>,
    /// A draft for a person to complete instead of the report, as Markdown, with what follows from the bundle filled in
    #[arg(long, value_enum, value_name = "DRAFT")]
    pub(crate) template: Option<TemplateName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateName {
    /// A notice of what is disclosed
    DisclosureNotice,
    /// A certification in the manner of Rules 902(13) and 902(14)
    Certification,
    /// What an opposing expert will ask, and where the answer stands
    OpposingExpert,
}
