//! A serving team's ledger: its summary, and the log of its one key.
#![no_main]
use hallmark_serve::ledger::Ledgers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = hallmark_fuzz::file(bytes, "ledger");
    let ledgers = match Ledgers::read(&[file.clone()]) {
        Ok(ledgers) => ledgers,
        Err(error) => return drop(error.to_string()),
    };
    let log = ledgers.summary();
    let written = serde_json::to_string(&log).expect("a log is JSON");
    assert_eq!(serde_json::from_str::<hallmark_serve::ledger::Log>(&written).expect("and is read again"), log);
    let out = file.with_extension("log");
    let _ = std::fs::remove_file(&out);
    match ledgers.write(None, &out) {
        Ok(written) => assert!(written.answers <= log.keys.iter().map(|key| key.answers).sum()),
        Err(error) => drop(error.to_string()),
    }
    let _ = std::fs::remove_file(&out);
});
