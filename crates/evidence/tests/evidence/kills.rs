//! A writer that is killed at any moment leaves a whole log.

use crate::logs::{ORIGIN, key, public};
use hallmark_evidence::log::Log;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Names the log's folder to a writer.
const FOLDER: &str = "HALLMARK_TEST_LOG";

/// Kills of one run.
const KILLS: u64 = 200;

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index} ")
        .repeat(1 + index as usize % 40)
        .into_bytes()
}

/// Writes until it is killed, and says what is in.
#[test]
#[ignore = "the other side of the next test, which starts it"]
fn writer() {
    let Some(folder) = env::var_os(FOLDER) else {
        panic!("{FOLDER} is not set");
    };
    let log = Log::open_or_create(Path::new(&folder), ORIGIN).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "ready").unwrap();
    for round in 0.. {
        let start = log.size().unwrap();
        let entries: Vec<Vec<u8>> = (start..=start + round % 3).map(entry).collect();
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let places = log.append_all(&entries, &key()).unwrap();
        writeln!(out, "in {}", places.end).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn a_log_is_whole_after_two_hundred_kills() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = 0;
    // Waits of a linear congruential generator; their limit follows the speed of the machine, so that about every second writer
    // is stopped at its first entries.
    let (mut state, mut longest) = (1_u64, 10_000);
    let mut grown = 0;
    for kill in 0..KILLS {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "kills::writer", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        assert!(lines.any(|line| line.ends_with("ready")));
        std::thread::sleep(Duration::from_micros((state >> 33) % longest));
        child.kill().unwrap();
        let told = lines
            .filter_map(|line| line.rsplit_once("in ")?.1.parse::<u64>().ok())
            .last();
        child.wait().unwrap();

        let log = Log::open_or_create(folder.path(), ORIGIN).unwrap();
        let size = log.size().unwrap();
        let least = told.unwrap_or(0).max(expected);
        assert!(size >= least, "kill {kill}: {size} entries of {least}");
        if size > 0 {
            let mut next = 0;
            let checked = log.check_each(&public(), |index, bytes| {
                assert_eq!((index, bytes), (next, &entry(index)[..]));
                next += 1;
            });
            assert_eq!((checked.unwrap().size, next), (size, size));
        }
        longest = match size > expected {
            true => (longest * 3 / 4).max(1_000),
            false => (longest * 3 / 2).min(5_000_000),
        };
        grown += u64::from(size > expected);
        expected = size;
    }
    // Otherwise it was killed where there was nothing to break.
    assert!(grown > KILLS / 4, "{grown} of {KILLS} writers wrote");
    let log = Log::open(folder.path()).unwrap();
    assert_eq!(log.append(&entry(expected), &key()).unwrap(), expected);
    log.check(&public()).unwrap();
}
