//! Whatever was changed, left out or doubled is refused.

use crate::world::{Twin, World, noise, records, scores};
use hallmark::ErrorKind;
use hallmark_core::keys::RootKey;
use hallmark_evidence::twins::{Side, TwinsOpening, commit_seed};
use std::fs;

fn plain(world: &World) -> String {
    let twins = records(world, 60, |_| {});
    world.commit(&twins, None).unwrap();
    scores(&twins, |id, _, side| noise(id, side))
}

#[test]
fn a_changed_table_seed_or_opening_opens_nothing() {
    let world = World::new(1.0);
    let scores = plain(&world);
    assert!(world.scored(&scores).is_ok());
    let table = world.path("table/table.jsonl");
    let text = fs::read_to_string(&table).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let digit = text.find("\"a\":\"").unwrap() + 5;
    let other = if &text[digit..=digit] == "0" {
        "1"
    } else {
        "0"
    };
    let changes = [
        // A digest of an answer, two lines exchanged, a line less, a line twice.
        format!("{}{other}{}", &text[..digit], &text[digit + 1..]),
        format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2..].join("\n")),
        lines[1..].join("\n") + "\n",
        format!("{}\n{text}", lines[0]),
    ];
    for changed in changes {
        fs::write(&table, changed).unwrap();
        assert_eq!(
            world.scored(&scores).unwrap_err().kind,
            ErrorKind::Integrity
        );
    }
    fs::write(&table, &text).unwrap();
    assert!(world.scored(&scores).is_ok());

    for (file, from, to) in [
        ("table/seed.json", "\"made\": \"2", "\"made\": \"1"),
        (
            "table/twins.json",
            "\"name\": \"2026q4\"",
            "\"name\": \"2026q3\"",
        ),
        ("table/twins.json", "\"share\": 1.0", "\"share\": 0.9"),
    ] {
        let path = world.path(file);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{before}");
        fs::write(&path, before.replace(from, to)).unwrap();
        let error = world.scored(&scores).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Integrity, "{file} {to}: {error}");
        fs::write(&path, before).unwrap();
    }

    // Another seed of the same root, and the same seed under another nonce.
    for name in ["other", "2026q4"] {
        let root = RootKey::from_bytes([7; 32]);
        commit_seed(&world.path(name), &root, name, 1.0, |_| Ok(vec![])).unwrap();
        let opening = TwinsOpening::read(&world.path(name).join("twins.opening")).unwrap();
        let error =
            hallmark_evidence::twins::Opened::read(&world.path("table"), &opening).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Integrity);
    }
}

#[test]
fn scores_that_are_extra_doubled_or_half_are_refused() {
    let world = World::new(1.0);
    let scores = plain(&world);
    let first = scores.lines().next().unwrap();
    for (more, part) in [
        ("{\"id\":\"r999\",\"a\":1,\"b\":2}", "not in the table"),
        (first, "twice"),
        ("{\"id\":\"r0\",\"a\":null,\"b\":null}", "twice"),
    ] {
        let error = world.scored(&format!("{scores}{more}\n")).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    for (line, part) in [
        ("{\"id\":\"r0\",\"a\":1}", "one twin has a score"),
        ("{\"id\":\"r0\",\"a\":null,\"b\":1}", "one twin has a score"),
        ("{\"id\":\"r0\",\"a\":1e101,\"b\":1}", "beyond"),
        ("{\"id\":\"r0\",\"a\":1e999,\"b\":1}", "scores:1"),
        ("{\"id\":\"r0\",\"a\":\"x\",\"b\":1}", "scores:1"),
        ("{\"id\":\"r0\",\"a\":1,\"b\":1,\"sent\":\"a\"}", "scores:1"),
        ("[", "scores:1"),
    ] {
        let error = world.scored(line).unwrap_err();
        assert!(error.to_string().contains(part), "{line}: {error}");
    }
    // Neither has a score: that is no half.
    let rest: String = scores
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    let neither = format!("{{\"id\":\"r0\",\"a\":null,\"b\":null}}\n{rest}");
    let tested = world.scored(&neither).unwrap();
    assert_eq!(tested.findings[0].finding.missing, 1);
    // None at all: every pair is missing, and counted.
    let tested = world.scored("").unwrap();
    assert_eq!(tested.findings[0].finding.missing, 60);
    assert_eq!(
        tested.outcome,
        hallmark_evidence::twins::Conclusion::Inconclusive
    );
}

/// Names of requests, accounts and conversations stand in the table and in messages.
#[test]
fn names_have_some_length_and_no_control_characters() {
    let world = World::new(1.0);
    let long = "a".repeat(1024);
    let of = |change: &dyn Fn(&mut Twin)| {
        let mut twins = records(&world, 3, |_| {});
        change(&mut twins[1]);
        world
            .commit(&twins, None)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let names: [fn(&mut Twin, String); 3] = [
        |twin, name| twin.id = name,
        |twin, name| twin.account = name,
        |twin, name| twin.conversation = Some(name),
    ];
    for name in names {
        let with = |text: &str| of(&|twin: &mut Twin| name(twin, text.to_owned()));
        assert_eq!(with(&long), Ok(()));
        for text in ["", "a\nb", &format!("{long}a")] {
            let why = with(text).unwrap_err();
            assert!(
                why.contains("1 to 1,024 bytes and no control character"),
                "{why}"
            );
        }
    }
}

#[test]
fn twins_that_were_not_drawn_or_not_sent_by_their_coin_are_refused() {
    let world = World::new(0.5);
    let mut twins = records(&world, 60, |twin| {
        twin.sent = None;
    });
    let not_drawn = (0..)
        .map(|k| format!("r{k}"))
        .find(|id| world.sent(id).is_none())
        .unwrap();
    let mut extra = twins.clone();
    extra[0].id = not_drawn;
    let error = world.commit(&extra, None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Integrity);
    assert!(error.to_string().contains("no twins"), "{error}");

    let right = |id: &str| {
        if world.sent(id) == Some(Side::A) {
            ["a", "b"]
        } else {
            ["b", "a"]
        }
    };
    twins[3].sent = Some(right(&twins[3].id)[0]);
    assert!(world.commit(&twins, None).is_ok());
    twins[3].sent = Some(right(&twins[3].id)[1]);
    let error = world.commit(&twins, None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Integrity);
    assert!(error.to_string().contains("the coin says"), "{error}");
    twins[3].sent = None;

    let mut doubled = twins.clone();
    doubled.push(twins[0].clone());
    assert!(
        world
            .commit(&doubled, None)
            .unwrap_err()
            .to_string()
            .contains("twice")
    );
    assert!(
        world
            .commit(&[], None)
            .unwrap_err()
            .to_string()
            .contains("has no twins")
    );
    // Of all requests those that should have twins and have none are counted, and twins of no request refused.
    let all: String = (0..60).map(|k| format!("r{k}\n")).collect();
    let table = world
        .commit(&twins[1..], Some(&all))
        .unwrap()
        .table
        .unwrap();
    assert_eq!((table.requests, table.without_twins), (Some(60), Some(1)));
    let error = world.commit(&twins, Some("r0\nr1\n")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Integrity);
}

#[test]
fn texts_that_were_changed_since_are_refused() {
    let world = World::new(1.0);
    let twins = records(&world, 40, |_| {});
    let answers: String = twins
        .iter()
        .map(|twin| format!("{{\"id\":{:?},\"answer\":\"x\"}}\n", twin.id))
        .collect();
    assert!(world.similar(&twins, &answers).is_ok());
    let opened = world.opened().unwrap();
    let text = fs::read_to_string(world.path("twins.jsonl")).unwrap();
    let similar = |text: &str| {
        let twins = world.write("changed", text);
        hallmark_evidence::twins::Scores::similar(&world.path("answers"), &twins, &opened)
    };
    assert!(similar(&text).is_ok());
    let changed = text.replacen(&twins[5].a, "another answer", 1);
    assert_eq!(similar(&changed).unwrap_err().kind, ErrorKind::Integrity);
    let short: String = text
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(similar(&short).unwrap_err().kind, ErrorKind::Integrity);
    assert!(similar(&format!("{text}{text}")).is_err());
}
