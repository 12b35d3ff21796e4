//! Errors as a person sees them on a terminal.

use hallmark::text::plain;
use hallmark::{Error, Exit};

/// The result of a verb.
pub(crate) type Outcome<T = Exit> = Result<T, Error>;

/// Prints an error to stderr.
pub(crate) fn report(error: &Error) {
    eprintln!("error: {}", plain(&without_keys(&error.to_string())));
    if let Some(hint) = &error.hint {
        eprintln!("hint: {}", plain(&without_keys(hint)));
    }
}

/// A message without the digits of keys: one may have been given where a file's name belongs.
fn without_keys(message: &str) -> String {
    let mut kept = String::new();
    let mut rest = message;
    let begins = ["hallmark-root-1:", "hallmark-cohort-1:"];
    while let Some((at, begin)) = begins
        .iter()
        .filter_map(|begin| Some((rest.find(begin)?, begin)))
        .min()
    {
        let (before, key) = rest.split_at(at + begin.len());
        kept.push_str(before);
        kept.push('…');
        rest = key.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == ':');
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn keys_are_never_repeated() {
        let key = format!("hallmark-root-1:{}:0123abcd", "30".repeat(32));
        let told = without_keys(&format!("cannot open {key}: no such file, nor {key}"));
        assert_eq!(
            told,
            "cannot open hallmark-root-1:… no such file, nor hallmark-root-1:…"
        );
        assert_eq!(without_keys("nothing"), "nothing");
    }
}
