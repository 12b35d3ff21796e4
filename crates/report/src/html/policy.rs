//! What the page may do, as its Content-Security-Policy says: nothing, but show its own style and run its own script.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy of a page with this style and, where there is one, this script, which may run WebAssembly.
pub(super) fn policy(style: &str, script: Option<&str>) -> String {
    let script = script.map_or_else(String::new, |script| {
        format!(" script-src {} 'wasm-unsafe-eval';", source(script))
    });
    format!(
        "default-src 'none';{script} style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        source(style)
    )
}

/// A source by the hash of its text.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
