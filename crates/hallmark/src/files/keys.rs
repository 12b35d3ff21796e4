//! Key files on disk: created new with mode 0600, refused when others can read them.

use super::kinds::kind_of;
use super::{Access, refuse_existing, temporary};
use crate::error::{Error, ErrorKind, Result};
use hallmark_core::keys::{KeyFile, KeyFileError};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The longest key file that is read, in bytes.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Reads a key file; `-` is stdin.
///
/// # Errors
/// When others can read it, it is no key file, or a digit of it was changed.
pub fn read(path: &Path) -> Result<KeyFile> {
    refuse_key_as_name(path)?;
    let mut text = Zeroizing::new(String::with_capacity(MAX_KEY_FILE as usize + 1));
    let name = path.display();
    let read = if path == Path::new("-") {
        io::stdin().take(MAX_KEY_FILE + 1).read_to_string(&mut text)
    } else {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::io("open the key file", path, &error)
                .hint("check the path; `hallmark keygen --out FILE` makes a first key"),
            _ => Error::io("open the key file", path, &error)
                .hint("check the path and its permissions"),
        })?;
        let read = (&file).take(MAX_KEY_FILE + 1).read_to_string(&mut text);
        // What is no key at all has no need to be secret.
        refuse_other_kinds(path, &text)?;
        refuse_readable_by_others(path, &file)?;
        read
    };
    refuse_other_kinds(path, &text)?;
    let not_a_key_file = || {
        Error::usage(format_args!("{name} is not a key file"))
            .hint("a key file is text, as `hallmark keygen` and `hallmark derive` write it")
    };
    match read {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(not_a_key_file()),
        Err(error) => return Err(Error::io("read the key file", path, &error)),
        Ok(_) if text.len() as u64 > MAX_KEY_FILE => return Err(not_a_key_file()),
        Ok(_) => {}
    }
    KeyFile::parse(&text).map_err(|error| {
        let failure = Error::usage(&error).at(format_args!("key file {name}"));
        match error {
            KeyFileError::Checksum { .. } => Error {
                kind: ErrorKind::Integrity,
                ..failure
            }
            .hint("a digit was changed or lost: restore the file from its backup"),
            KeyFileError::NoKey => failure.hint("pass the file that `keygen` or `derive` wrote"),
            KeyFileError::Number { .. } => failure.hint(
                "write `integer:42`, `hex:0123456789abcdef` or `integers:654,400,836` on the line",
            ),
            KeyFileError::SecondKey { .. } => failure.hint("keep one key per file"),
            _ => failure
                .hint("a native key is what `hallmark keygen` or `derive` wrote; another engine's is one line such as integer:42, hex:0123456789abcdef or integers:654,400,836"),
        }
    })
}

/// Says no to a file of another kind, and what it is.
fn refuse_other_kinds(path: &Path, text: &str) -> Result<()> {
    kind_of(text).map_or(Ok(()), |kind| {
        Err(Error::usage(format_args!(
            "{} is no key of a mark: it is {kind}",
            path.display()
        ))
        .hint("give the key file that `hallmark keygen` or `derive` wrote, or another engine's key as one line such as integer:42"))
    })
}

/// Says no to a key where the name of its file belongs, without saying it again.
///
/// # Errors
/// Where the name looks like a key.
pub fn refuse_key_as_name(path: &Path) -> Result<()> {
    let name = path.to_string_lossy();
    if !looks_like_key(&name) || path.exists() {
        return Ok(());
    }
    Err(
        Error::usage("a key was given where the name of its file belongs").hint(
            "consider it as seen: it stands in the shell's history and in lists of processes. Put keys into files of mode 0600 and name these",
        ),
    )
}

/// Whether a text has the form of a key: a prefix of key files, or a long row of digits.
fn looks_like_key(text: &str) -> bool {
    const PREFIXES: [&str; 6] = [
        "hallmark-",
        "integer:",
        "integers:",
        "hex:",
        "AGE-SECRET-KEY-",
        "sk-",
    ];
    const DIGITS: usize = 32;
    let text = text.trim();
    let has_prefix = PREFIXES.iter().any(|prefix| {
        let rest = text.get(prefix.len()..).unwrap_or_default();
        let is_key = !prefix.starts_with("hallmark-") || rest.contains(':');
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && is_key
    });
    let mut runs = text.split(|c: char| !c.is_ascii_hexdigit());
    let is_number = text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    has_prefix || is_number || runs.any(|run| run.len() >= DIGITS)
}

/// Writes a new key file with mode 0600; `-` is stdout, refused when that is a terminal.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write(path: &Path, key: &KeyFile, comments: &[String]) -> Result<()> {
    let text = key.to_text(comments);
    if path == Path::new("-") {
        let mut out = io::stdout();
        if out.is_terminal() || is_regular_file(&out) {
            return Err(Error::usage("a secret key is not printed to a terminal or a redirected file")
                .hint("name a file with --out FILE, which is made readable by you alone, or pipe the output"));
        }
        return out
            .write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| Error::io("write the key to", path, &error));
    }
    write_private(path, text.as_bytes())
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    refuse_existing(path)?;
    let failed = |error: &io::Error| Error::io("write the key file", path, error);
    let mut file = temporary(path, Access::Private)?;
    file.write_all(bytes).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    file.persist_noclobber(path)
        .map_err(|error| failed(&error.error))?;
    Ok(())
}

#[cfg(unix)]
fn is_regular_file(out: &io::Stdout) -> bool {
    use std::os::fd::AsFd;
    let file = out.as_fd().try_clone_to_owned().map(File::from);
    file.and_then(|file| file.metadata())
        .is_ok_and(|metadata| metadata.is_file())
}

#[cfg(not(unix))]
fn is_regular_file(_out: &io::Stdout) -> bool {
    false
}

/// Says no to a secret that group or others can reach.
///
/// # Errors
/// When they can.
#[cfg(unix)]
pub fn refuse_readable_by_others(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = file
        .metadata()
        .map_err(|error| Error::io("look at", path, &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        let name = path.display();
        return Err(Error::usage(format_args!(
            "the key file {name} has mode {mode:04o}: group or others can reach it"
        ))
        .hint(format_args!(
            "run `chmod 600 {name}`, and consider the key as seen by whoever has an account here"
        )));
    }
    Ok(())
}

/// Says no to a secret that group or others can reach, where the system has modes.
///
/// # Errors
/// Never, as this one has none.
#[cfg(not(unix))]
pub fn refuse_readable_by_others(_path: &Path, _file: &File) -> Result<()> {
    Ok(())
}
