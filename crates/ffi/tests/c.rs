//! C programs that use the library: compiled by the system's compiler with its sanitizers, against the static and the shared library.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder where this test's own build left the library.
fn built() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().to_owned()
}

fn library(name: &str) -> PathBuf {
    let folder = built();
    let places = [folder.join(name), folder.parent().unwrap().join(name)];
    let found = places.iter().find(|path| path.is_file());
    found
        .unwrap_or_else(|| panic!("{name} is not beside the tests"))
        .clone()
}

/// Compiles a program of this folder with the flags, runs it, and gives what it printed.
fn run(name: &str, flags: &[&str], library: &Path) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = tempfile::tempdir().unwrap();
    let program = scratch.path().join("program");
    let compiled = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-O1"])
        .args(flags)
        .arg("-I")
        .arg(folder.join("include"))
        .arg(folder.join("tests").join(name))
        .arg(library)
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{said}");
    let ran = Command::new(&program)
        .env("LD_LIBRARY_PATH", library.parent().unwrap())
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&ran.stdout).into_owned(),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(ran.status.success(), "{}\n{out}{err}", ran.status);
    out
}

const SANITIZERS: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

#[test]
fn a_c_program_marks_and_detects() {
    let said = run("marks.c", &SANITIZERS, &library("libhallmark_c.a"));
    assert!(said.ends_with("all is well\n"), "{said}");
}

#[test]
fn the_shared_library_serves_as_well() {
    let said = run("marks.c", &[], &library("libhallmark_c.so"));
    assert!(said.ends_with("all is well\n"), "{said}");
}
