//! `c2pa`, which a usual build has not.

use clap::Subcommand;
use std::path::PathBuf;

/// C2PA manifests in plain text, which name the mark as a soft binding
///
/// Certificate and key are the signer's own, from files. Nothing here is certified by C2PA, and no connection is opened.
#[derive(clap::Args)]
pub(crate) struct C2paArgs {
    #[command(subcommand)]
    pub(crate) action: C2paAction,
}

#[derive(Subcommand)]
pub(crate) enum C2paAction {
    Sign(C2paSignArgs),
    Read(C2paReadArgs),
}

/// Sign a text: that a model made it, and which mark it carries
///
/// The manifest stands invisibly behind the text, which is written in Unicode's normal form C. Nothing checks that the text carries the mark.
#[derive(clap::Args)]
pub(crate) struct C2paSignArgs {
    /// The text, in UTF-8; `-` is stdin
    #[arg(value_name = "FILE")]
    pub(crate) text: PathBuf,
    /// The marking key's public id, as `detect` prints it
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: String,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// The signer's certificate and those between it and its root (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// The certificate's private key (PKCS #8 in PEM), that only you can read
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate_key: PathBuf,
    /// What the key signs by: es256, es384 or ed25519
    #[arg(long, value_name = "NAME", default_value = "es256")]
    pub(crate) algorithm: String,
    /// The new file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Read a text's manifest and say whether it holds
///
/// Exit status 1 where it does not, or there is none.
#[derive(clap::Args)]
pub(crate) struct C2paReadArgs {
    /// The text; `-` is stdin
    #[arg(value_name = "FILE")]
    pub(crate) text: PathBuf,
    /// Certificates that you trust (PEM), known from elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) trusted: Option<PathBuf>,
    /// Write the text without its manifest to this new file
    #[arg(long = "text", value_name = "FILE")]
    pub(crate) without: Option<PathBuf>,
}
