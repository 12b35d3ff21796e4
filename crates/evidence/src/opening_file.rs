//! The file of an opening: a secret of few bytes that its owner alone can reach.

use hallmark::files::keys::refuse_readable_by_others;
use hallmark::{Error, Result};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// The longest opening that is read, in bytes.
const MAX: u64 = 4096;

/// Reads an opening; `wrong` says what a file is that holds none.
pub(crate) fn read<T>(
    path: &Path,
    parse: impl FnOnce(&str) -> Option<T>,
    wrong: impl FnOnce() -> Error,
) -> Result<T> {
    let file = File::open(path).map_err(|error| Error::io("open the opening", path, &error))?;
    refuse_readable_by_others(path, &file)?;
    // With room for all of it: no copy is left behind as it grows.
    let mut text = Zeroizing::new(String::with_capacity(MAX as usize + 1));
    let read = file.take(MAX + 1).read_to_string(&mut text);
    let is_whole = read.is_ok_and(|bytes| bytes as u64 <= MAX);
    is_whole.then(|| parse(&text)).flatten().ok_or_else(wrong)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn an_opening_is_read_by_its_owner_alone_and_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.opening");
        let read = |bytes: &[u8], mode: u32| {
            std::fs::write(&path, bytes).expect("a file");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("a mode");
            let parse = |text: &str| text.strip_prefix("kind:").map(str::len);
            super::read(&path, parse, || Error::usage("this is none"))
        };
        assert_eq!(read(b"kind:1234", 0o600).expect("an opening"), 4);
        let most = [b"kind:".as_slice(), &[b'0'; MAX as usize - 5]].concat();
        assert_eq!(read(&most, 0o600).expect("an opening"), MAX as usize - 5);
        let refused = |bytes: &[u8], mode| read(bytes, mode).expect_err("refused").to_string();
        assert!(refused(b"kind:1234", 0o640).contains("mode 0640"));
        for other in [&b"other"[..], b"kind:\xff", &[&most[..], b"0"].concat()] {
            assert_eq!(refused(other, 0o600), "this is none");
        }
        std::fs::remove_file(&path).expect("it is there");
        let gone = super::read(&path, |_| Some(()), || Error::usage("this is none"));
        assert!(
            gone.expect_err("gone")
                .to_string()
                .contains("open the opening")
        );
    }
}
