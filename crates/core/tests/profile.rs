//! Profile files: what is read, what is refused, and that writing and reading agree.

use hallmark_core::profile::{Profile, ProfileError, TokenizerRef};
use hallmark_core::schemes::Scheme;
use proptest::prelude::*;

const GREEN: &str = r#"
hallmark = 1
name = "prod-2026q4"
scheme = "green"
prf = "chacha12-v1"
window = 2
[tokenizer]
vocab_size = 49152
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
[green]
gamma = 0.25
delta = 2.0
"#;

#[test]
fn the_documented_profile_is_read() {
    let profile = Profile::parse(GREEN).unwrap();
    assert_eq!(profile.name, "prod-2026q4");
    assert_eq!(profile.scheme, Scheme::green(0.25, 2.0));
    assert_eq!(profile.window, 2);
    assert_eq!(profile.tokenizer.vocab_size, 49152);
}

#[test]
fn every_bad_profile_is_refused_with_the_place() {
    let table = [
        ("hallmark = 1", "hallmark = 2", "hallmark = 2"),
        ("hallmark = 1", "", "missing field `hallmark`"),
        ("window = 2", "window = 0", "window = 0"),
        ("window = 2", "window = 5", "window = 5"),
        ("window = 2", "window = -1", "line 6"),
        ("window = 2", "window = 2\nsecret = 1", "line 7"),
        ("delta = 2.0", "delta = 2.0\nbeta = 1", "unknown field"),
        ("gamma = 0.25", "gamma = 1.5", "green.gamma = 1.5"),
        ("gamma = 0.25", "gamma = nan", "green.gamma = NaN"),
        ("delta = 2.0", "delta = -2.0", "green.delta = -2"),
        ("delta = 2.0", "delta = inf", "green.delta = inf"),
        (
            "vocab_size = 49152",
            "vocab_size = 1",
            "tokenizer.vocab_size = 1",
        ),
        (
            "vocab_size = 49152",
            "vocab_size = 99999999",
            "tokenizer.vocab_size",
        ),
        ("0123456789abcdef0123", "0123", "tokenizer.sha256"),
        ("chacha12-v1", "chacha8", "prf = \"chacha8\""),
        ("scheme = \"green\"", "scheme = \"red\"", "scheme = \"red\""),
        (
            "scheme = \"green\"",
            "scheme = \"gumbel\"",
            "takes no [green] section",
        ),
        (
            "[green]\ngamma = 0.25\ndelta = 2.0",
            "",
            "needs a [green] section",
        ),
        ("name = \"prod-2026q4\"", "name = \"\"", "name = "),
        ("hallmark = 1", "hallmark = ", "line 2"),
    ];
    for (from, to, expected) in table {
        assert!(
            GREEN.contains(from),
            "the table's {from:?} is not in the profile"
        );
        let error = Profile::parse(&GREEN.replacen(from, to, 1))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(expected),
            "{to:?} gave {error:?}, not {expected:?}"
        );
    }
    assert!(matches!(
        Profile::parse("\u{0}"),
        Err(ProfileError::Syntax { line: 1, .. })
    ));
}

proptest! {
    #[test]
    fn a_written_profile_reads_back(
        name in "[a-zA-Zéß \"\\\\]{1,20}",
        scheme in prop_oneof![
            Just(Scheme::GUMBEL),
            Just(Scheme::DUAL_GUMBEL),
            (0.001..0.999, 0.001..30.0).prop_map(|(gamma, delta)| Scheme::green(gamma, delta)),
            (1u32..=32).prop_map(Scheme::tournament),
        ],
        window in 1usize..=4,
        ring in 1u32..=16,
        vocab_size in 2u32..=0xFF_FFFF,
        sha256 in proptest::option::of("[0-9a-f]{64}"),
    ) {
        let profile = Profile { name, scheme, window, ring, tokenizer: TokenizerRef { vocab_size, sha256 } };
        prop_assert_eq!(Profile::parse(&profile.to_toml()).unwrap(), profile);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,200}") {
        let _ = Profile::parse(&text);
    }
}
