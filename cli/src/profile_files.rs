//! Profile files on disk.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use hallmark_core::profile::{Profile, ProfileError};
use std::io::Read;
use std::path::Path;

/// The longest profile file that is read, in bytes.
const MAX_PROFILE_FILE: u64 = 64 * 1024;

/// Reads and checks a profile file; `-` is stdin.
pub(crate) fn read(path: &Path) -> Outcome<Profile> {
    let name = path.display();
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin()
            .take(MAX_PROFILE_FILE + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_PROFILE_FILE + 1).read_to_end(&mut bytes))
    };
    result.map_err(|error| {
        Failure::io("read the profile", path, &error)
            .hint("check the path; `hallmark profile new --out FILE` makes a profile")
    })?;
    let text = match String::from_utf8(bytes) {
        Ok(text) if text.len() as u64 <= MAX_PROFILE_FILE => text,
        _ => {
            return Err(Failure::usage(format_args!("{name} is not a profile file"))
                .hint("a profile is a short TOML text, as `hallmark profile new` writes it"));
        }
    };
    Profile::parse(&text).map_err(|error| {
        let hint = match error {
            ProfileError::Version { .. } => {
                "use the version of hallmark that wrote it, or a later one"
            }
            ProfileError::Syntax { .. } => {
                "compare it with what `hallmark profile new --out -` prints"
            }
            _ => "correct the value; `hallmark profile new` makes a valid profile",
        };
        Failure {
            exit: Exit::Usage,
            ..Failure::usage(format_args!("profile {name}: {error}"))
        }
        .hint(hint)
    })
}
