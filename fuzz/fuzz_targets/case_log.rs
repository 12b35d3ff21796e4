//! A case's log: a line can be added behind what was read, and a line changed within breaks the chain.
#![no_main]
use hallmark_verify::formats::{CaseLog, Event};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let log = match CaseLog::read(text) {
        Ok(log) => log,
        Err(error) => return drop(error.to_string()),
    };
    let event = Event::Failed { run: log.runs() + 1, status: 1, error: "none".to_owned() };
    let line = log.next("2026-01-01T00:00:00Z".to_owned(), event.clone()).expect("an entry is JSON");
    let mut longer = text.to_owned();
    if !longer.is_empty() && !longer.ends_with('\n') {
        longer.push('\n');
    }
    longer.push_str(line.trim_end());
    longer.push('\n');
    let longer = CaseLog::read(&longer).expect("the chain goes on");
    assert_eq!(longer.entries.len(), log.entries.len() + 1);
    assert_eq!(longer.entries.last().map(|entry| &entry.event), Some(&event));
    if log.entries.len() > 1 {
        assert!(CaseLog::read(&text.replacen("\"time\":\"", "\"time\":\"x", 1)).is_err() || !text.contains("\"time\":\""));
    }
});
