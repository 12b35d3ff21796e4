//! `doctor`.

use super::InputArgs;
use std::path::PathBuf;

/// Why is the mark not found in text that should have it?
///
/// Takes a sample of marked text, its profile and its key, and tries what usually goes wrong one at a
/// time: the window, the vocabulary size, gamma, the share of a second key, the order of the key's bytes, the prompt or a first
/// token in the context, windows that are off by one, the record's own tokens, characters that programs changed for looks. Says which change
/// finds the mark. For text that you marked yourself: as many changes are tried, a finding here is no
/// evidence about anyone else's.
#[derive(clap::Args)]
pub(crate) struct DoctorArgs {
    /// The key file
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// Further vocabulary sizes to try
    #[arg(long, value_name = "V")]
    pub(crate) vocab_size: Vec<u32>,
    /// Further first tokens to try in the context (0, 1 and 2 always are)
    #[arg(long, value_name = "ID")]
    pub(crate) first_token: Vec<u32>,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}
