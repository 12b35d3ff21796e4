//! `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Answer over HTTP whether texts are marked
///
/// A public detector: anyone may ask, and hears `found`, `not-found` or `too-short`, and nothing else; callers with a token get whole
/// findings. Its file names keys, profiles, the level, limits and the log; docs/public-detector.md describes it, and what one word still
/// gives away. An interrupt lets requests in flight finish; SIGHUP opens the log anew.
#[derive(clap::Args)]
pub(crate) struct ServeArgs {
    /// The detector's file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Listen here instead of where the file says
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Read the file, keys, profiles and tokenizers, say what would be served, and end
    #[arg(long)]
    pub(crate) check: bool,
}
