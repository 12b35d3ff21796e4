//! What a file is that was given in place of a key.

/// What a text is, by how it begins or what it names, where it is one of the files that this program reads or writes beside keys.
#[must_use]
pub fn kind_of(text: &str) -> Option<&'static str> {
    let begin = text.trim_start();
    let has = |name: &str| {
        let mut lines = begin.lines().map(str::trim_start);
        lines.any(|line| line.starts_with(name))
    };
    let is_pem = |label: &str| begin.contains(&format!("-----BEGIN {label}-----"));
    Some(match () {
        () if is_pem("PUBLIC KEY") => "a public key, with which signatures are checked",
        () if is_pem("PRIVATE KEY") => "a signing key, with which cases are signed",
        () if is_pem("CERTIFICATE") => "a certificate",
        () if begin.contains("-----BEGIN ") => "a file of another kind, in PEM",
        () if has("[tokenizer]") && has("scheme") => "a profile, which --profile takes",
        () if begin.starts_with(['{', '[']) => "JSON, which may be answers or a result",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn files_that_are_no_keys_are_named() {
        for (text, kind) in [
            ("-----BEGIN PUBLIC KEY-----\nMC\n", Some("a public key")),
            ("-----BEGIN PRIVATE KEY-----\nMC\n", Some("a signing key")),
            (
                "name = \"a\"\nscheme = \"gumbel\"\n\n[tokenizer]\nvocab_size = 1\n",
                Some("a profile"),
            ),
            ("{\"text\": \"a\"}\n", Some("JSON")),
            ("integer:42\n", None),
            ("hallmark-stream:00\n", None),
        ] {
            let found = kind_of(text);
            assert_eq!(found.is_some(), kind.is_some(), "{text}");
            assert!(
                found
                    .unwrap_or_default()
                    .starts_with(kind.unwrap_or_default()),
                "{text}"
            );
        }
    }
}
