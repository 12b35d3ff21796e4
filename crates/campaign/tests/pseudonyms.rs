//! Pseudonyms against `vectors/pseudonyms.py`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_campaign::pseudonym::{Pseudonym, Pseudonyms};
use hallmark_core::keys::RootKey;

fn under(domain: &str) -> Pseudonyms {
    Pseudonyms::new(&RootKey::from_bytes([1; 32]).attributes(domain).unwrap())
}

#[test]
fn pseudonyms_are_those_of_the_formats() {
    let own = under("2026q4");
    let expected = [
        ("account", "a", "5f257b24f4a891efba1a883df8206455"),
        ("unit", "a", "43c5c3213449c38122b3144499ce5cdc"),
        ("ip", "10.0.0.1", "798bbf02e996886c09298133ee0bd82c"),
        ("account", "é", "e2bcdec5e396d800919653c26b458b6a"),
    ];
    for (kind, value, text) in expected {
        assert_eq!(own.of(kind, value.as_bytes()).to_string(), text);
    }
    let seed: String = own
        .seed(7)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        seed,
        "6caf4922925b669858e895d3fd29b226eb5fcf1036e77d196e955a9cedaee4a6"
    );
    assert_eq!(own.offset(), 32);
}

#[test]
fn domains_share_nothing_and_texts_read_back() {
    let (one, other) = (
        under("2026q4").of("account", b"a"),
        under("2027q1").of("account", b"a"),
    );
    assert_ne!(one, other);
    assert_eq!(one.to_string().parse(), Ok(one));
    for wrong in [
        "",
        "0",
        "+0000000000000000000000000000000",
        "g0000000000000000000000000000000",
    ] {
        assert!(wrong.parse::<Pseudonym>().is_err(), "{wrong}");
    }
    assert!(RootKey::from_bytes([1; 32]).attributes("").is_err());
}
