//! What can go wrong.

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text has a manifest, or the rest of one.
    #[error("the text has a C2PA manifest, or the rest of one; sign the text without it")]
    HasManifest,
    /// The text has none.
    #[error("the text has no C2PA manifest; copying through other programs often takes it away")]
    NoManifest,
    /// What stands in the text is none that can be read.
    #[error("what stands in the text as a C2PA manifest cannot be read: {0}")]
    Wrapper(String),
    /// The text is too long for a place in it to be named.
    #[error("the text has {0} bytes, which are more than are signed")]
    TooLong(usize),
    /// Certificate and key cannot be used.
    #[error("certificate and key cannot be used: {0}")]
    Credentials(String),
    /// The manifest cannot be made.
    #[error("the manifest cannot be made: {0}")]
    Sign(String),
    /// The manifest cannot be read.
    #[error("the manifest cannot be read: {0}")]
    Read(String),
    /// Trusted certificates cannot be used.
    #[error("the trusted certificates cannot be used: {0}")]
    Trust(String),
}
