//! OpenSSL as a second reader.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Whether there is one; says so where there is none.
pub(crate) fn is_here() -> bool {
    let here = Command::new("openssl")
        .arg("version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !here {
        eprintln!("not checked: there is no openssl here");
    }
    here
}

/// Runs it in a folder, and expects that it succeeds.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {words}");
    output
}
