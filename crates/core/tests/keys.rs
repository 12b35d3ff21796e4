//! The key hierarchy against vectors made with Python's hmac and hashlib, and key files.

use hallmark_core::keys::{
    CohortKey, Commitment, ForeignKey, ForeignKeyError, Key, KeyFile, KeyFileError, KeyKind,
    KeyProvider, MAX_NUMBERS, PublicId, PublicIdError, RootKey, decoy_seed,
};
use serde_json::Value;
use std::collections::BTreeSet;

fn bytes(value: &Value) -> [u8; 32] {
    let hex = value.as_str().expect("a hex string");
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte =
            u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex digits");
    }
    out
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../vectors/keys.json")).expect("the vectors are JSON")
}

#[test]
fn hierarchy_ids_files_and_commitments_match_the_vectors() {
    for case in cases() {
        let root = RootKey::from_bytes(bytes(&case["root"]));
        assert_eq!(root.public_id().to_string(), case["root_id"]);
        let default = CohortKey::from_bytes(bytes(&case["default_cohort"]));
        assert_eq!(root.default_cohort().public_id(), default.public_id());
        let name = |field: &str| case[field].as_str().unwrap().to_owned();
        let cohort = root.cohort_key(&name("epoch"), &name("cohort")).unwrap();
        assert_eq!(cohort.public_id().to_string(), case["cohort_id"]);
        for stream in case["streams"].as_array().unwrap() {
            let key = cohort.stream(
                stream["scheme"].as_str().unwrap(),
                "chacha12-v1",
                stream["window"].as_u64().unwrap() as usize,
                stream["stream"].as_str().unwrap(),
            );
            assert_eq!(key.expose(), &bytes(&stream["key"]));
        }
        for sub_key in case["sub_keys"].as_array().unwrap() {
            let number = |field: &str| sub_key[field].as_u64().unwrap() as u32;
            let key = cohort.sub_key(number("ring"), number("number"));
            let same = CohortKey::from_bytes(bytes(&sub_key["key"]));
            assert_eq!(key.public_id(), same.public_id());
            let stream = key.stream("gumbel", "chacha12-v1", 2, "main");
            assert_eq!(stream.expose(), &bytes(&sub_key["stream"]));
        }
        let nonce = bytes(&case["nonce"]);
        let commitment = Commitment::to_cohort(&cohort, &nonce);
        assert_eq!(commitment.as_bytes(), &bytes(&case["cohort_commitment"]));
        assert!(commitment.opens_to(&cohort, &nonce));
        assert!(!commitment.opens_to(&cohort, &[0; 32]));
        assert!(!commitment.opens_to(&root.default_cohort(), &nonce));

        let root_text = KeyFile::Root(root).to_text(&["a\ncomment".to_owned()]);
        assert_eq!(root_text.lines().last(), case["root_line"].as_str());
        let cohort_text = KeyFile::Cohort(cohort).to_text(&[]);
        assert_eq!(cohort_text.lines().last(), case["cohort_line"].as_str());
    }
}

#[test]
fn a_key_file_reads_back_as_the_same_key() {
    let case = &cases()[0];
    let key = KeyFile::Root(RootKey::from_bytes(bytes(&case["root"])));
    let text = key.to_text(&["created: 2026-11-22T00:00:00Z".to_owned()]);
    let read = KeyFile::parse(&text).unwrap();
    assert_eq!(read.public_id(), key.public_id());
    assert_eq!(
        read.marking_key().public_id(),
        key.marking_key().public_id()
    );
}

#[test]
fn every_malformed_key_file_gets_its_error_and_none_shows_the_key() {
    let good = cases()[0]["root_line"].as_str().unwrap().to_owned();
    let digit = good.as_bytes()[20];
    let mut flipped = good.clone().into_bytes();
    flipped[20] = if digit == b'0' { b'1' } else { b'0' };
    let flipped = String::from_utf8(flipped).unwrap();
    let table = [
        ("", KeyFileError::NoKey),
        ("# only a comment\n\n", KeyFileError::NoKey),
        (
            &format!("{good}\n{good}\n"),
            KeyFileError::SecondKey { line: 2 },
        ),
        ("whole:42", KeyFileError::UnknownKind { line: 1 }),
        (
            &good.replace("root-1", "root-2"),
            KeyFileError::UnknownKind { line: 1 },
        ),
        (
            &good.replace("root-1", "cohort-1"),
            KeyFileError::Checksum { line: 1 },
        ),
        (&good[..60], KeyFileError::Malformed { line: 1 }),
        (&good[..good.len() - 1], KeyFileError::Malformed { line: 1 }),
        (
            &good.replace(':', ";"),
            KeyFileError::UnknownKind { line: 1 },
        ),
        (
            &format!("# note\n{flipped}"),
            KeyFileError::Checksum { line: 2 },
        ),
        (&format!("{good}é"), KeyFileError::Malformed { line: 1 }),
    ];
    for (text, expected) in table {
        let Err(error) = KeyFile::parse(text) else {
            panic!("{text:?} was read")
        };
        assert_eq!(error, expected, "for {text:?}");
        assert!(
            !error.to_string().contains(&good[20..30]),
            "an error shows key digits"
        );
    }
}

#[test]
fn names_that_could_confuse_are_refused() {
    let root = RootKey::from_bytes([1; 32]);
    for (epoch, cohort) in [("", "c"), ("e", ""), ("e\n", "c"), ("e", &"x".repeat(129))] {
        assert!(
            root.cohort_key(epoch, cohort).is_err(),
            "{epoch:?} {cohort:?}"
        );
    }
}

#[test]
fn neighbouring_names_give_unrelated_keys() {
    let root = RootKey::from_bytes([1; 32]);
    let id = |epoch: &str, cohort: &str| root.cohort_key(epoch, cohort).unwrap().public_id();
    assert_ne!(id("a", "bc"), id("ab", "c"));
    assert_ne!(id("a", "b"), id("b", "a"));
}

#[test]
fn foreign_key_lines_are_numbers_of_64_bits() {
    let numbers = |text: &str| match KeyFile::parse(text).unwrap() {
        KeyFile::Foreign(key) => key.numbers().to_vec(),
        _ => panic!("{text:?} is a native key"),
    };
    assert_eq!(numbers("# theirs\ninteger:42\n"), [42]);
    assert_eq!(numbers("integer:18446744073709551615"), [u64::MAX]);
    assert_eq!(numbers("integer:-1"), [u64::MAX]);
    assert_eq!(
        numbers("hex:0123456789abcdef, 0xff"),
        [0x0123_4567_89ab_cdef, 0xff]
    );
    assert_eq!(numbers("integers:654, 400,836"), [654, 400, 836]);
    for (line, error) in [
        ("integer:x12", ForeignKeyError::Number),
        ("integer:18446744073709551616", ForeignKeyError::Number),
        ("integers:1,,2", ForeignKeyError::Number),
        ("hex:", ForeignKeyError::Number),
        ("hex:00112233445566778", ForeignKeyError::Number),
        ("hex:+1", ForeignKeyError::Number),
    ] {
        let found = KeyFile::parse(line).err().expect(line);
        assert_eq!(found, KeyFileError::Number { line: 1, error });
        assert!(!found.to_string().contains("12"), "{found}");
    }
    let many = format!("integers:{}", vec!["7"; 65].join(","));
    assert_eq!(
        KeyFile::parse(&many).err(),
        Some(KeyFileError::Number {
            line: 1,
            error: ForeignKeyError::Count(65)
        })
    );
    let ids = ["integer:1", "integer:2", "integers:1,2", "integers:2,1"]
        .map(|line| KeyFile::parse(line).unwrap().public_id().to_string());
    assert_eq!(BTreeSet::from(ids).len(), 4);
    assert_eq!(
        KeyFile::parse("hex:2a").unwrap().public_id(),
        KeyFile::parse("integer:42").unwrap().public_id()
    );
}

#[test]
fn public_ids_are_read_as_they_are_printed_and_nothing_else_is() {
    let id = PublicId::from_bytes([0x00, 0x1f, 0x80, 0xff, 0xa5, 0x01, 0x02, 0x03]);
    assert_eq!(
        id.to_bytes(),
        [0x00, 0x1f, 0x80, 0xff, 0xa5, 0x01, 0x02, 0x03]
    );
    assert_eq!(id.to_string(), "001f80ffa5010203");
    assert_eq!(format!("{id:?}"), "PublicId(001f80ffa5010203)");
    assert_eq!("001f80ffa5010203".parse(), Ok(id));
    assert_eq!("001F80FFA5010203".parse(), Ok(id));
    for wrong in [
        "",
        "001f80ffa501020",
        "001f80ffa50102033",
        "0000000000000001f80ffa5010203",
        "+01f80ffa5010203",
        "001f80ffa501020g",
        "001f80ffa5010 03",
        "001f80ffa50102é",
    ] {
        assert_eq!(wrong.parse::<PublicId>(), Err(PublicIdError), "{wrong:?}");
    }
}

/// A text that grew would leave a copy of the key behind in memory that is not wiped.
#[test]
fn the_text_of_a_key_file_has_its_room_from_the_beginning() {
    let longest = ForeignKey::new(vec![u64::MAX; MAX_NUMBERS]).unwrap();
    let files = [
        KeyFile::Root(RootKey::from_bytes([7; 32])),
        KeyFile::Cohort(CohortKey::from_bytes([7; 32])),
        KeyFile::Foreign(ForeignKey::new(vec![1]).unwrap()),
        KeyFile::Foreign(longest),
    ];
    for comments in [vec![], vec!["a comment".to_owned(), "b".repeat(500)]] {
        let texts = files.each_ref().map(|file| file.to_text(&comments));
        let room = texts[0].capacity();
        assert!(
            texts
                .iter()
                .all(|text| text.capacity() == room && text.len() <= room)
        );
        assert!(room < 4096, "{room}");
        // What a comment takes, and not much more.
        let more = room - files[0].to_text(&[]).capacity();
        let lines: usize = comments.iter().map(|line| "# \n".len() + line.len()).sum();
        assert!((lines..=lines + 64).contains(&more), "{more}");
    }
    let kinds = files.each_ref().map(KeyFile::kind);
    assert_eq!(
        kinds,
        [Some(KeyKind::Root), Some(KeyKind::Cohort), None, None]
    );
}

/// Engines seed generators of 64, 32 or 16 bits with small numbers: a key of few bits is found by trying them all.
#[test]
fn numbers_stand_for_as_many_bits_as_they_have() {
    let cases = [
        (0, 16),
        (1, 16),
        (65_535, 16),
        (65_536, 32),
        (u64::from(u32::MAX), 32),
        (1 << 32, 64),
        (u64::MAX, 16),
        (u64::MAX - 65_535, 32),
        (1 << 63, 64),
    ];
    for (number, bits) in cases {
        let key = ForeignKey::new(vec![number]).unwrap();
        assert_eq!(key.bits().collect::<Vec<_>>(), [bits], "{number:#x}");
    }
}

#[test]
fn another_key_has_numbers_of_as_many_bits_in_a_line_that_is_read_back() {
    let key = ForeignKey::new(vec![1 << 40, 70_000, 3]).unwrap();
    let another = key.another(|| 0xfedc_ba98_7654_3210);
    assert_eq!(
        another.numbers(),
        [0xfedc_ba98_7654_3210, 0xfedc_ba98, 0xfedc]
    );
    assert_eq!(
        Key::from(another.clone()).numbers(),
        Some(another.numbers())
    );
    let cohort = Key::from(CohortKey::from_bytes([1; 32]));
    assert_eq!(cohort.numbers(), None);
    for (key, kind) in [
        (another, "integers:"),
        (ForeignKey::new(vec![5]).unwrap(), "integer:"),
    ] {
        let text = KeyFile::Foreign(key.clone()).to_text(&[]);
        let line = text.lines().last().unwrap();
        assert!(line.starts_with(kind), "{line}");
        match KeyFile::parse(&text).unwrap() {
            KeyFile::Foreign(again) => assert_eq!(again.numbers(), key.numbers()),
            _ => panic!("it is a foreign key"),
        }
    }
}

/// Values by Python's `hmac` and `hashlib`, after docs/formats.md.
#[test]
fn keys_of_pseudonyms_and_seeds_of_decoys_are_those_of_the_formats() {
    let ascending: [u8; 32] = std::array::from_fn(|at| at as u8);
    let hex =
        |bytes: &[u8; 32]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let attributes = RootKey::from_bytes(ascending)
        .attributes("accounts 2026q4")
        .unwrap();
    assert_eq!(
        hex(attributes.expose()),
        "d615eb1e714ea8224c753dc68171f3ea5fb4fd9d6848cff0f15ab3c5bfb4cbfd"
    );
    let tested = Key::from(CohortKey::from_bytes([7; 32]));
    assert_eq!(
        hex(&decoy_seed(&tested, 3)),
        "9bff647cc00462273a53275c3aad1ed75423a1d94edbb0e6d42f8dec4d07c66f"
    );
}

#[test]
fn a_commitment_to_a_marking_key_opens_to_it_alone() {
    let keys = [
        Key::from(CohortKey::from_bytes([7; 32])),
        Key::from(CohortKey::from_bytes([8; 32])),
        Key::from(ForeignKey::new(vec![7]).unwrap()),
    ];
    for (at, key) in keys.iter().enumerate() {
        let commitment = Commitment::to_key(key, &[1; 32]);
        for (other, opening) in keys.iter().enumerate() {
            assert_eq!(commitment.opens_to_key(opening, &[1; 32]), at == other);
        }
        assert!(!commitment.opens_to_key(key, &[2; 32]));
    }
    let shown = format!("{:?}", Commitment::from_bytes([0x0f; 32]));
    assert_eq!(shown, "0f".repeat(32));
}

#[test]
fn the_longest_name_is_a_name() {
    let root = RootKey::from_bytes([7; 32]);
    assert!(root.epoch(&"n".repeat(128)).is_ok());
    assert!(root.epoch(&"n".repeat(129)).is_err());
}

/// A line feed in a comment would make its rest a line of the file.
#[test]
fn comments_stay_comments() {
    let file = KeyFile::Root(RootKey::from_bytes([7; 32]));
    let text = file.to_text(&["made for\n\u{7}tests".to_owned()]);
    assert!(
        text.starts_with("# made fortests\n# public id: "),
        "{}",
        text.lines().next().unwrap()
    );
}
