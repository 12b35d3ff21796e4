//! What the targets share: a limit on memory, a file on disk for parsers that read one, and inputs of several parts.

mod bounded;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

thread_local! {
    static FILE: OnceCell<PathBuf> = const { OnceCell::new() };
}

/// A file of this process that holds the bytes; its name ends with `.` and `ending`. The next call puts others there.
pub fn file(bytes: &[u8], ending: &str) -> PathBuf {
    let path = FILE.with(|file| {
        let name = || {
            let memory = Path::new("/dev/shm");
            let folder = match memory.is_dir() {
                true => memory.to_owned(),
                false => std::env::temp_dir(),
            };
            folder.join(format!("hallmark-fuzz-{}.{ending}", std::process::id()))
        };
        file.get_or_init(name).clone()
    });
    std::fs::write(&path, bytes).expect("the folder of temporary files can be written");
    path
}

/// Lets panics that begin in this library's own source unwind, for a reader that turns them into errors. Every other panic still ends the program,
/// and so does one that nobody catches.
pub fn let_unwind(library: &'static str) {
    let ends_the_program = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_library = |place: &std::panic::Location<'_>| {
            let mut folders = Path::new(place.file()).components();
            folders.any(|folder| is_release_of(library, &folder.as_os_str().to_string_lossy()))
        };
        if !panic.location().is_some_and(is_library) {
            ends_the_program(panic);
        }
    }));
}

/// Whether a folder is where a registry's release of a library is unpacked: its name, a dash and a version.
fn is_release_of(library: &str, folder: &str) -> bool {
    let version = folder.strip_prefix(library).and_then(|rest| rest.strip_prefix('-'));
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// The first byte, which chooses how the rest is read, and the rest.
pub fn choice(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}

/// The first line as text, and the rest.
pub fn line(bytes: &[u8]) -> (&str, &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let (line, rest) = bytes.split_at(end);
    match str::from_utf8(line) {
        Ok(line) => (line, rest.strip_prefix(b"\n").unwrap_or(rest)),
        Err(_) => ("", bytes),
    }
}

/// Real findings of `crates/verify/tests/data`.
pub fn findings(name: &str) -> serde_json::Value {
    let path = format!("{}/../crates/verify/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("findings");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("findings");
    value["examined"].take()
}
