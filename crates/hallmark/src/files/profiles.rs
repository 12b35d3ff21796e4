//! Profile files on disk.

use crate::error::{Error, Result};
use hallmark_core::profile::Profile;
use std::io::Read;
use std::path::Path;

/// The longest profile file that is read, in bytes.
const MAX_PROFILE_FILE: u64 = 64 * 1024;

/// Reads and checks a profile file; `-` is stdin.
///
/// # Errors
/// When it is not there, or no valid profile.
pub fn read(path: &Path) -> Result<Profile> {
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
        Error::io("read the profile", path, &error)
            .hint("check the path; `hallmark profile new --out FILE` makes a profile")
    })?;
    let text = match String::from_utf8(bytes) {
        Ok(text) if text.len() as u64 <= MAX_PROFILE_FILE => text,
        _ => {
            return Err(Error::usage(format_args!("{name} is not a profile file"))
                .hint("a profile is a short TOML text, as `hallmark profile new` writes it"));
        }
    };
    Profile::parse(&text).map_err(|error| Error::from(error).at(format_args!("profile {name}")))
}
