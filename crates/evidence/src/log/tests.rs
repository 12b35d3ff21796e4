//! A writer that stops at each of its steps in turn.

use super::*;
use hallmark::ErrorKind;

const ORIGIN: &str = "log.example/evidence";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn public() -> VerifierKey {
    VerifierKey::new(ORIGIN, key().verifying_key()).unwrap()
}

fn entries(range: Range<usize>) -> Vec<Vec<u8>> {
    range.map(|at| format!("entry {at}").into_bytes()).collect()
}

fn append(log: &Log, entries: &[Vec<u8>]) -> Result<Range<Index>> {
    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    log.append_all(&entries, &key())
}

/// Stops after each step in turn, and goes on with other entries than the stopped writer had.
fn stop_everywhere(before: usize, more: usize) {
    for steps in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open_or_create(folder.path(), ORIGIN).unwrap();
        if before > 0 {
            append(&log, &entries(0..before)).unwrap();
        }
        log.store.steps.0.set(Some(steps));
        let stopped = append(&log, &entries(before..before + more));
        log.store.steps.0.set(None);

        let size = log.size().unwrap() as usize;
        assert!(
            [before, before + more].contains(&size),
            "{size} after {steps} steps"
        );
        if log.checkpoint().unwrap().is_some() {
            log.check(&public()).unwrap();
        }
        let others: Vec<Vec<u8>> = entries(size..size + 2 * more).into_iter().rev().collect();
        append(&log, &others).unwrap();
        let mut seen = Vec::new();
        log.check_each(&public(), |_, entry| seen.push(entry.to_vec()))
            .unwrap();
        assert_eq!(seen, [entries(0..size), others].concat());
        log.prove(0).unwrap();
        match stopped {
            Ok(places) => {
                assert_eq!(places, before as u64..(before + more) as u64);
                assert!(
                    steps > 12,
                    "{steps} steps are too few for a key and a checkpoint"
                );
                break;
            }
            Err(error) => assert_eq!(error.kind, ErrorKind::File),
        }
    }
}

#[test]
fn a_first_entry_may_stop_anywhere() {
    stop_everywhere(0, 1);
}

#[test]
fn entries_within_a_tile_may_stop_anywhere() {
    stop_everywhere(3, 2);
}

#[test]
fn entries_that_fill_a_tile_may_stop_anywhere() {
    stop_everywhere(255, 1);
    stop_everywhere(250, 300);
}
