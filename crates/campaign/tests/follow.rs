//! A day at a time is the same as all at once, whenever it is killed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_campaign::exchange::{SCREEN, Test, Within};
use hallmark_campaign::follow::{Header, Seen, State};
use hallmark_campaign::propose::Rules;
use hallmark_campaign::pseudonym::{Pseudonym, Pseudonyms};
use hallmark_campaign::read::{Door, Layout, Reading};
use hallmark_campaign::results::ListName;
use hallmark_campaign::scan::{Found, Scanning, scan};
use hallmark_campaign::traffic::{Parts, Traffic};
use hallmark_core::keys::RootKey;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const DAYS: u32 = 50;
const PROPOSING: u32 = 2;
const BEGIN: u32 = 1_767_571_200;

/// A file of requests for each day: a hand of ten among a hundred.
fn logs(folder: &Path) -> Vec<PathBuf> {
    let mut rng = ChaCha12Rng::seed_from_u64(4);
    let mut below = |bound: u32| rng.next_u32() % bound;
    let mut files = vec![];
    for day in 0..DAYS {
        let mut lines = vec![];
        let jobs: Vec<u32> = (0..7).map(|_| 28_800 + below(28_800)).collect();
        for account in 0..100 {
            for _ in 0..4 {
                lines.push((28_800 + below(28_800), account));
            }
            if account < 10 {
                lines.extend(
                    jobs.iter()
                        .filter(|_| below(3) == 0)
                        .map(|&job| (job, account)),
                );
            }
        }
        let mut text = String::new();
        for (second, account) in lines {
            let ip = if account < 10 { 1 } else { account };
            let time = BEGIN + day * 86_400 + second;
            let _ = writeln!(
                text,
                "{{\"time\":{time},\"account\":\"a{account}\",\"attr.ip\":\"10.0.{ip}.1\",\"attr.card\":\"c{}\"}}",
                account / 10
            );
        }
        let path = folder.join(format!("day-{day:02}.jsonl"));
        std::fs::write(&path, text).unwrap();
        files.push(path);
    }
    files
}

fn pseudonyms() -> Pseudonyms {
    Pseudonyms::new(&RootKey::from_bytes([1; 32]).attributes("test").unwrap())
}

fn reading() -> Reading {
    Reading {
        layout: Layout::new("own", &[]).unwrap(),
        skip_bad: 0,
    }
}

fn header() -> Header {
    Header {
        root_id: "test".to_owned(),
        domain: "test".to_owned(),
        offset: pseudonyms().offset(),
        proposing: PROPOSING,
        looks: "as a test does".to_owned(),
    }
}

fn parts(path: &Path) -> Parts {
    let (pseudonyms, reading) = (pseudonyms(), reading());
    let mut door = Door::new(&pseudonyms, &reading);
    door.requests(path).unwrap();
    door.parts().0
}

fn at_once(files: &[PathBuf]) -> Traffic {
    let (pseudonyms, reading) = (pseudonyms(), reading());
    let mut door = Door::new(&pseudonyms, &reading).of_whole_weeks();
    for path in files {
        door.requests(path).unwrap();
    }
    door.finish(|_| PROPOSING).0
}

fn digest(path: &Path) -> Vec<u8> {
    path.file_name().unwrap().as_encoded_bytes().to_vec()
}

fn scanned(traffic: &Traffic) -> Found {
    scan(
        traffic,
        &Scanning {
            rules: Rules::default(),
            test: Test {
                weeks: 1,
                surrogates: 199,
                screen: SCREEN,
                least: 5,
                only_whole: true,
                within: Within::HourOfDay,
                seed: [3; 32],
            },
            seed: 3,
        },
    )
}

/// What was shown of a window stands: later days add to it and change nothing.
#[test]
fn day_by_day_is_all_at_once_and_evidence_stands() {
    let folder = tempfile::tempdir().unwrap();
    let files = logs(folder.path());
    let state = State::open(&folder.path().join("state"), &header()).unwrap();
    let mut windows: Vec<f64> = vec![];
    for (path, day) in files.iter().zip(1..) {
        assert_eq!(
            state.take(&digest(path), &parts(path)).unwrap(),
            Seen::Taken
        );
        assert_eq!(
            state.take(&digest(path), &parts(path)).unwrap(),
            Seen::Before
        );
        // A week is over once the next has begun.
        if day % 7 != 2 {
            continue;
        }
        let traffic = state.traffic().unwrap();
        assert_eq!(traffic, at_once(&files[..day as usize]));
        state.looked(&traffic).unwrap();
        let found = scanned(&traffic);
        let Some(campaign) = found.campaigns.first() else {
            continue;
        };
        let own = &campaign.groups[0].log10_e_by_window;
        assert_eq!(own[..windows.len()], windows[..]);
        assert_eq!(own.len() as u32, traffic.weeks - PROPOSING);
        windows.clone_from(own);
    }
    assert_eq!(windows.len(), 4);
    let found = scanned(&state.traffic().unwrap());
    assert_eq!(found, scanned(&at_once(&files)));
    assert_eq!(
        found.campaigns[0].groups[0].log10_e_by_window[..4],
        windows[..]
    );
    assert_eq!(found.campaigns[0].list, ListName::Named);
    // A day of weeks that were looked at comes too late.
    let late = folder.path().join("late.jsonl");
    std::fs::write(&late, format!("{{\"time\":{BEGIN},\"account\":\"a1\"}}\n")).unwrap();
    let refused = state.take(b"late", &parts(&late)).unwrap_err();
    assert!(
        refused.to_string().contains("looked at already"),
        "{refused}"
    );
}

#[test]
fn a_state_is_of_one_key_and_domain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    drop(State::open(&path, &header()).unwrap());
    let other = Header {
        domain: "other".to_owned(),
        ..header()
    };
    assert!(State::open(&path, &other).is_err());
    assert!(State::open(&path, &header()).is_ok());
    std::fs::write(folder.path().join("no state"), [7; 4096]).unwrap();
    assert!(State::open(&folder.path().join("no state"), &header()).is_err());
}

/// What an account or a value is called is nowhere in the state.
#[test]
fn nothing_raw_is_in_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    let raw = [
        "account-of-somebody",
        "203.0.113.77",
        "4111-1111",
        "org-unlimited",
        "Plans of somebody who trusts us",
        "You answer for Example Ltd alone",
    ];
    let line = format!(
        "{{\"time\":{BEGIN},\"account\":\"{}\",\"attr.ip\":\"{}\",\"attr.card\":\"{}\",\"unit\":\"{}\",\"turn\":\"{}\",\"system\":\"{}\"}}\n",
        raw[0], raw[1], raw[2], raw[3], raw[4], raw[5]
    );
    std::fs::write(&log, line).unwrap();
    let path = folder.path().join("state");
    let state = State::open(&path, &header()).unwrap();
    state.take(b"log", &parts(&log)).unwrap();
    drop(state);
    let bytes = std::fs::read(&path).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|own| own == text.as_bytes());
    assert!(holds("card") && holds("turn"), "kinds are written");
    for text in raw {
        assert!(!holds(text), "{text}");
    }
}

/// The process that the next test kills: takes every file that was not taken.
#[test]
#[ignore = "the next test starts it"]
fn child() {
    let Some(folder) = std::env::var_os("HALLMARK_FOLLOWED") else {
        return;
    };
    let folder = PathBuf::from(folder);
    let state = State::open(&folder.join("state"), &header()).unwrap();
    for day in 0..DAYS {
        let path = folder.join(format!("day-{day:02}.jsonl"));
        state.take(&digest(&path), &parts(&path)).unwrap();
    }
}

#[test]
fn killed_at_any_point_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let files = logs(folder.path());
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored"])
            .env("HALLMARK_FOLLOWED", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut rng = ChaCha12Rng::seed_from_u64(8);
    let mut killed = 0;
    for round in 0..25 {
        let mut child = start();
        std::thread::sleep(Duration::from_millis(u64::from(
            rng.next_u32() % (10 + 4 * round),
        )));
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(killed > 0);
    assert!(start().wait().unwrap().success());
    let state = State::open(&folder.path().join("state"), &header()).unwrap();
    assert_eq!(state.traffic().unwrap(), at_once(&files));
}

/// A wrong time would be the log's last, and every later day be refused for ever; another way to look makes other evidence.
#[test]
fn a_state_takes_no_hole_and_no_other_way_to_look() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let state = State::open(&path, &header()).unwrap();
    let day = |day: u32| Parts {
        requests: vec![(Pseudonym(1), BEGIN / 60 + day * 1440)],
        count: 1,
        accounts: vec![Pseudonym(1)],
        ..Parts::default()
    };
    state.take(b"first", &day(0)).unwrap();
    let error = state.take(b"wrong", &day(20_000)).unwrap_err().to_string();
    assert!(error.contains("a time is wrong"), "{error}");
    assert!(!state.has(b"wrong").unwrap());
    let mut both = day(1);
    both.requests.push((Pseudonym(2), 5));
    assert!(state.take(b"also wrong", &both).is_err());
    state.take(b"second", &day(1)).unwrap();
    drop(state);
    let other = Header {
        looks: "otherwise".to_owned(),
        ..header()
    };
    assert!(State::open(&path, &other).is_err());
}

/// A few requests far behind all others are wrong times more often than a log: taken, they would refuse every day before them.
#[test]
fn a_state_takes_no_few_requests_far_behind() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(&folder.path().join("state"), &header()).unwrap();
    let parts = |requests: &[(u32, u32)]| Parts {
        requests: requests
            .iter()
            .flat_map(|&(day, count)| {
                let minute = move |at| BEGIN / 60 + day * 1440 + at;
                (0..count).map(move |at| (Pseudonym(u128::from(at)), minute(at)))
            })
            .collect(),
        count: requests.iter().map(|&(_, count)| u64::from(count)).sum(),
        accounts: (0..300).map(Pseudonym).collect(),
        ..Parts::default()
    };
    state.take(b"first", &parts(&[(0, 200), (1, 200)])).unwrap();
    for wrong in [&[(50, 1)][..], &[(2, 200), (50, 2)]] {
        let error = state.take(b"wrong", &parts(wrong)).unwrap_err().to_string();
        assert!(error.contains("their times are wrong"), "{error}");
    }
    // A long weekend, and as many requests as ever behind a hole, are a log.
    state.take(b"second", &parts(&[(5, 1)])).unwrap();
    state.take(b"third", &parts(&[(30, 200)])).unwrap();
}

/// Whatever is already there beside a new state stays, and of many that make one at once all have the same.
#[test]
fn states_are_made_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let notes = folder.path().join("state.new");
    std::fs::write(&notes, "notes").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| match State::open(&path, &header()) {
                Ok(_) => {}
                Err(error) => assert!(error.to_string().contains("already open"), "{error}"),
            });
        }
    });
    drop(State::open(&path, &header()).unwrap());
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "notes");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A bit that changed on the disk is an error, or where nothing is read: never another account.
#[test]
fn a_damaged_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = logs(folder.path());
    let path = folder.path().join("state");
    let state = State::open(&path, &header()).unwrap();
    for file in &files[..20] {
        state.take(&digest(file), &parts(file)).unwrap();
    }
    let whole = state.traffic().unwrap();
    drop(state);
    let bytes = std::fs::read(&path).unwrap();
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    let mut refused = 0;
    for _ in 0..60 {
        let mut damaged = bytes.clone();
        let at = rng.next_u32() as usize % damaged.len();
        damaged[at] ^= 1 << (rng.next_u32() % 8);
        let copy = folder.path().join("copy");
        std::fs::write(&copy, damaged).unwrap();
        match State::open(&copy, &header()) {
            Ok(state) => assert_eq!(state.traffic().unwrap(), whole, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 5, "{refused}");
}

/// An attribute that is said to be old, and comes when windows were looked at, counts from when it came: else groups could be chosen by what these
/// windows show.
#[test]
fn what_is_said_late_proposes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = logs(folder.path());
    let state = State::open(&folder.path().join("state"), &header()).unwrap();
    for file in &files {
        state.take(&digest(file), &parts(file)).unwrap();
    }
    let before = state.traffic().unwrap();
    state.looked(&before).unwrap();
    let links = before
        .accounts
        .iter()
        .map(|own| ("device".to_owned(), Pseudonym(7), own.pseudonym, BEGIN / 60));
    let said = Parts {
        links: links.take(20).collect(),
        ..Parts::default()
    };
    state.take(b"said late", &said).unwrap();
    let after = state.traffic().unwrap();
    assert_eq!(
        (after.late_links, after.links.len()),
        (20, before.links.len())
    );
}
