//! `profile new`, `profile show`, `profile check`.

use clap::builder::PossibleValuesParser;
use clap::{Subcommand, ValueEnum};
use hallmark_core::schemes::SCHEMES;
use std::path::PathBuf;

/// Make, show or check a profile: the public description of a mark.
///
/// A profile says how text is marked (scheme, window, parameters) and with which tokenizer. It
/// holds no secret. Marking and detecting must use the same profile.
#[derive(clap::Args)]
pub(crate) struct ProfileArgs {
    #[command(subcommand)]
    pub(crate) action: ProfileAction,
}

#[derive(Subcommand)]
pub(crate) enum ProfileAction {
    New(ProfileNewArgs),
    /// Print every scheme that profiles can name: this project's and other engines'
    List,
    /// Print a profile with all its values explained
    Show {
        /// The profile file
        profile: PathBuf,
    },
    /// Check a profile, and a tokenizer against it
    Check {
        /// The profile file
        profile: PathBuf,
        /// The tokenizer.json that it should name
        #[arg(long, value_name = "FILE")]
        tokenizer: Option<PathBuf>,
    },
}

/// Make a profile.
#[derive(clap::Args)]
pub(crate) struct ProfileNewArgs {
    /// How tokens are chosen. `gumbel` suits training detection and leaves each token's
    /// distribution as it is; `dual-gumbel` varies answers more; `green` tilts the distribution;
    /// `tournament` is SynthID's. The others are other engines' marks: see `profile list`
    #[arg(long, value_name = "S", default_value = "gumbel", value_parser = scheme_names(), hide_possible_values = true)]
    pub(crate) scheme: String,
    /// Tokens before a position that key its mark, 1 to 4: fewer leave more trace in a student,
    /// more vary the text more [default: 2, or the other engine's]
    #[arg(long, value_name = "H")]
    pub(crate) window: Option<usize>,
    /// A ring of so many sub-keys of each key, 1 to 16, of which one marks each request: more vary the answers to one prompt more, and
    /// leave less trace
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) ring: u32,
    /// The window and the token together, as SynthID counts: H + 1
    #[arg(long, value_name = "N", conflicts_with = "window")]
    pub(crate) ngram_len: Option<usize>,
    /// Green lists only: share of the vocabulary that is green [default: 0.25]
    #[arg(long)]
    pub(crate) gamma: Option<f64>,
    /// Green lists only: what is added to a green token's logit [default: 2]
    #[arg(long)]
    pub(crate) delta: Option<f64>,
    /// Tournaments only: number of layers, 1 to 32 [default: 32; SynthID's 30]
    #[arg(long)]
    pub(crate) layers: Option<u32>,
    /// Marks of two keys only: the share of one of them, as the engine counts it
    #[arg(long)]
    pub(crate) share: Option<f64>,
    /// A name for people
    #[arg(long, default_value = "unnamed")]
    pub(crate) name: String,
    /// The marking model's tokenizer.json; without it and without --vocab-size, the built-in
    /// model's
    #[arg(long, value_name = "FILE")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// Number of token ids, where it differs from the tokenizer's (padded logits), or where only
    /// token ids will be read
    #[arg(long, value_name = "V")]
    pub(crate) vocab_size: Option<u32>,
    /// The new profile file; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// The names of all schemes.
fn scheme_names() -> PossibleValuesParser {
    SCHEMES.iter().map(|row| row.id).collect::<Vec<_>>().into()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemeName {
    Gumbel,
    DualGumbel,
    Green,
    Tournament,
}
