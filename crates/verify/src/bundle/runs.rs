//! Runs: each is recorded, does what was planned, and its numbers follow from its cells.

use super::read::{Bundle, MAX_CELLS};
use crate::arithmetic::{self, Cells};
use crate::canonical;
use crate::check::Check;
use crate::digest::sha256;
use crate::formats::{CaseLog, CasePlan, Event, FINDINGS};
use crate::plan::differences;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(
    bundle: &Bundle<'_>,
    plan: &CasePlan,
    plan_sha256: &str,
    log: &CaseLog,
    checks: &mut Vec<Check>,
) {
    planned(plan, plan_sha256, log, checks);
    let mut seen = BTreeSet::new();
    for entry in &log.entries {
        if let Event::Began {
            run,
            plan_sha256: began,
            ..
        } = &entry.event
        {
            // Each is checked once, however often the log begins it.
            if !seen.insert(*run) {
                let what = format!("run {run} began once");
                checks.push(Check::fails(what, "the case's log begins it again"));
                continue;
            }
            let ended = log.entries.iter().find_map(|entry| match &entry.event {
                Event::Ended {
                    run: ended,
                    status,
                    outcome,
                    findings_sha256,
                    cells_sha256,
                } if ended == run => Some(Ended {
                    status: *status,
                    outcome,
                    findings_sha256,
                    cells_sha256: cells_sha256.as_deref(),
                }),
                _ => None,
            });
            same(
                checks,
                format!("run {run} began with this plan"),
                began,
                plan_sha256,
            );
            match ended {
                Some(ended) => {
                    let run = Run {
                        number: *run,
                        bundle,
                        plan,
                        log,
                    };
                    run.check(&ended, checks);
                }
                None => checks.push(without_result(*run, log)),
            }
        }
    }
    let folders = bundle.listed.keys().filter_map(|name| {
        let (run, _) = name.strip_prefix("runs/")?.split_once('/')?;
        Some(run)
    });
    let unknown: BTreeSet<&str> = folders
        .filter(|run| run.parse().map_or(true, |run| !seen.contains(&run)))
        .collect();
    let what = "every run in the bundle is in the case's log";
    checks.push(match unknown.is_empty() {
        true => Check::holds(what),
        false => Check::fails(what, format!("{unknown:?}")),
    });
}

fn planned(plan: &CasePlan, plan_sha256: &str, log: &CaseLog, checks: &mut Vec<Check>) {
    let what = "the case's log begins with this plan and its commitments";
    let first = log.entries.first().map(|entry| &entry.event);
    checks.push(match first {
        Some(Event::Planned {
            plan_sha256: planned,
            commitments_sha256,
        }) if planned == plan_sha256 && *commitments_sha256 == plan.commitments_sha256 => {
            Check::holds(what)
        }
        _ => Check::fails(what, "its first line says otherwise"),
    });
}

fn without_result(run: u64, log: &CaseLog) -> Check {
    let failed = log.entries.iter().find_map(|entry| match &entry.event {
        Event::Failed {
            run: failed, error, ..
        } if *failed == run => Some(error.clone()),
        _ => None,
    });
    let what = format!("run {run} is accounted for");
    Check {
        detail: failed
            .unwrap_or_else(|| "it began and did not end: the program was stopped".to_owned()),
        ..Check::holds(what)
    }
}

/// What a case's log says of a run that ended.
struct Ended<'a> {
    status: u8,
    outcome: &'a str,
    findings_sha256: &'a str,
    cells_sha256: Option<&'a str>,
}

/// A run that ended with findings.
struct Run<'a> {
    number: u64,
    bundle: &'a Bundle<'a>,
    plan: &'a CasePlan,
    log: &'a CaseLog,
}

impl Run<'_> {
    fn check(&self, ended: &Ended<'_>, checks: &mut Vec<Check>) {
        let name = format!("runs/{}/{FINDINGS}", self.number);
        let text = match self.bundle.text(&name) {
            Ok(text) => text,
            Err(error) => {
                checks.push(Check::fails(format!("{name} can be read"), error));
                return;
            }
        };
        let what = format!("{name} is what the case's log says");
        same(
            checks,
            what,
            ended.findings_sha256,
            &sha256(text.as_bytes()),
        );
        let examined: Value = match serde_json::from_str(&text) {
            Ok(examined) => examined,
            Err(error) => {
                checks.push(Check::fails(
                    format!("{name} can be read"),
                    error.to_string(),
                ));
                return;
            }
        };
        let began = self
            .log
            .entries
            .iter()
            .find_map(|entry| match &entry.event {
                Event::Began { run, version, .. } if *run == self.number => Some(&version[..]),
                _ => None,
            });
        same(
            checks,
            format!("run {}: version of the program", self.number),
            began.unwrap_or_default(),
            examined
                .get("version")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        self.came_to(ended, &examined, checks);
        self.adheres(&examined, checks);
        self.inputs(&examined, checks);
        self.add(arithmetic::stated(&examined), checks);
        self.numbers(&examined, ended.cells_sha256, checks);
    }

    /// Adds checks of this run.
    fn add(&self, checked: Vec<Check>, checks: &mut Vec<Check>) {
        checks.extend(checked.into_iter().map(|check| Check {
            what: format!("run {}: {}", self.number, check.what),
            ..check
        }));
    }

    /// The case's log says of a run what its findings say.
    fn came_to(&self, ended: &Ended<'_>, examined: &Value, checks: &mut Vec<Check>) {
        let outcome = examined.get("outcome").and_then(Value::as_str);
        let outcome = outcome.unwrap_or_default();
        let what = format!("run {}: what the case's log says it came to", self.number);
        same(checks, what, ended.outcome, outcome);
        let status = if outcome == "inconclusive" { 4 } else { 0 };
        same(
            checks,
            format!("run {}: exit status", self.number),
            &ended.status.to_string(),
            &status.to_string(),
        );
    }

    /// What was done is what was planned, or a note says why not.
    fn adheres(&self, examined: &Value, checks: &mut Vec<Check>) {
        let nothing = &Value::Null;
        let done = examined.get("plan").unwrap_or(nothing);
        let digest = sha256(canonical::json(done).as_bytes());
        let printed = examined.get("plan_sha256").and_then(Value::as_str);
        same(
            checks,
            format!("run {}: digest of its plan", self.number),
            printed.unwrap_or_default(),
            &digest,
        );
        let what = format!("run {} does what was planned", self.number);
        let noted: Vec<(&Vec<String>, &String)> = self
            .log
            .entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Deviated { run, fields, note } if *run == self.number => {
                    Some((fields, note))
                }
                _ => None,
            })
            .collect();
        let differs = differences(&self.plan.analysis, &canonical::without_nulls(done));
        let unnoted: Vec<&String> = differs
            .iter()
            .filter(|field| !noted.iter().any(|(fields, _)| fields.contains(field)))
            .collect();
        let notes: Vec<String> = noted
            .iter()
            .map(|(fields, note)| format!("deviates in {}: {note}", fields.join(", ")))
            .collect();
        checks.push(match unnoted.is_empty() {
            true => Check {
                detail: notes.join("; "),
                ..Check::holds(what)
            },
            false => Check::fails(what, format!("without a note it deviates in {unnoted:?}")),
        });
        let what = format!("run {} goes by the level that was planned", self.number);
        let level = examined.get("level").and_then(Value::as_f64);
        checks.push(match level == Some(self.plan.fixed.alpha) {
            true => Check::holds(what),
            false => Check::fails(
                what,
                format!("{level:?}; {} was planned", self.plan.fixed.alpha),
            ),
        });
        self.asked(examined, &noted, checks);
    }

    /// As many answers as were planned.
    fn asked(&self, examined: &Value, noted: &[(&Vec<String>, &String)], checks: &mut Vec<Check>) {
        let Some(planned) = self.plan.fixed.answers else {
            return;
        };
        let read = examined.pointer("/counts/answers").and_then(Value::as_u64);
        let what = format!("run {} has as many answers as were planned", self.number);
        let is_noted = noted.iter().any(|(fields, _)| {
            fields
                .iter()
                .any(|field| field.starts_with("fixed.answers"))
        });
        checks.push(match read == Some(planned) || is_noted {
            true => Check::holds(what),
            false => Check::fails(what, format!("{planned} planned, {read:?} read")),
        });
    }

    /// Files are those that came into the case, and those that are in the bundle are what they were.
    fn inputs(&self, examined: &Value, checks: &mut Vec<Check>) {
        let taken = self
            .log
            .entries
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::TookIn {
                    file,
                    bytes,
                    sha256,
                    ..
                } => Some((&file[..], *bytes, &sha256[..])),
                _ => None,
            });
        let taken: BTreeSet<(&str, u64, &str)> = taken.collect();
        let inputs = examined.get("inputs").and_then(Value::as_array);
        for input in inputs.into_iter().flatten() {
            let field = |name| input.get(name).and_then(Value::as_str).unwrap_or_default();
            let (file, digest) = (field("file"), field("sha256"));
            let bytes = input
                .get("bytes")
                .and_then(Value::as_u64)
                .unwrap_or_default();
            let what = format!("run {}: {file} is what came into the case", self.number);
            checks.push(match taken.contains(&(file, bytes, digest)) {
                true => Check::holds(what),
                false => Check::fails(
                    what,
                    "the case's log has no such file of this size with this digest",
                ),
            });
            if self.bundle.has(file) {
                let found = self.bundle.digest(file);
                let what = format!("run {}: {file} has the digest of the findings", self.number);
                same(checks, what, digest, &found);
            }
        }
    }

    /// Every number follows from the cells.
    fn numbers(&self, examined: &Value, cells_sha256: Option<&str>, checks: &mut Vec<Check>) {
        let name = format!("runs/{}/{}", self.number, Cells::FILE);
        let Some(digest) = cells_sha256 else {
            let why = "nothing is disclosed of its cells; replay it with the key";
            let what = format!("run {}: its numbers follow from its cells", self.number);
            checks.push(Check::not_checked(what, why));
            return;
        };
        let read = self.bundle.read(&name, MAX_CELLS);
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => {
                checks.push(Check::fails(format!("{name} can be read"), error));
                return;
            }
        };
        let what = format!("{name} is what the case's log says");
        same(checks, what, digest, &sha256(&bytes));
        match Cells::from_bytes(&bytes) {
            Ok(cells) => {
                self.add(arithmetic::check(examined, &cells), checks);
            }
            Err(error) => checks.push(Check::fails(
                format!("{name} can be read"),
                error.to_string(),
            )),
        }
    }
}

fn same(checks: &mut Vec<Check>, what: String, said: &str, found: &str) {
    checks.push(match said == found {
        true => Check::holds(what),
        false => Check::fails(what, format!("{found}, and {said} is said")),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Verdict;
    use crate::formats::{CaseLogFormat, CasePlanFormat, Entry, Fixed};
    use serde_json::json;
    use std::cell::Cell;
    use std::collections::BTreeMap;
    use std::io::{self, Read};

    /// Findings and an item; counts how often each is opened.
    struct Opened {
        findings: Vec<u8>,
        items: Cell<u32>,
    }

    impl crate::files::Files for Opened {
        fn list(&self) -> io::Result<BTreeMap<String, u64>> {
            let size = self.findings.len() as u64;
            Ok([("runs/1/findings.json", size), ("items/a", 4)]
                .map(|(name, size)| (name.to_owned(), size))
                .into())
        }

        fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
            if name == "items/a" {
                self.items.set(self.items.get() + 1);
                return Ok(Box::new(&b"item"[..]));
            }
            Ok(Box::new(&self.findings[..]))
        }
    }

    fn plan() -> CasePlan {
        let word = String::new;
        CasePlan {
            schema: CasePlanFormat,
            case: word(),
            question: word(),
            made: word(),
            operator: None,
            reviewer: None,
            commitments_sha256: word(),
            fixed: Fixed {
                collection: word(),
                answers: None,
                alpha: 0.001,
                multiplicity: word(),
                stopping: word(),
                exclusions: word(),
                normalisation: word(),
                against: word(),
            },
            propositions: vec![],
            files: vec![],
            analysis: json!({}),
        }
    }

    #[test]
    fn a_run_that_begins_again_is_not_checked_again() {
        let inputs = vec![json!({ "file": "items/a", "sha256": "" }); 100];
        let files = Opened {
            findings: json!({ "inputs": inputs }).to_string().into_bytes(),
            items: Cell::new(0),
        };
        let listed = crate::files::Files::list(&files).expect("in memory");
        let bundle = Bundle::new(&files, listed);
        let began = Event::Began {
            run: 1,
            plan_sha256: String::new(),
            version: String::new(),
            program_sha256: String::new(),
        };
        let ended = Event::Ended {
            run: 1,
            status: 0,
            outcome: String::new(),
            findings_sha256: String::new(),
            cells_sha256: None,
        };
        let events = [vec![began; 50], vec![ended]].concat();
        let log = CaseLog {
            entries: (1..)
                .zip(events)
                .map(|(number, event)| Entry {
                    schema: CaseLogFormat,
                    number,
                    previous: String::new(),
                    time: String::new(),
                    event,
                })
                .collect(),
            last: String::new(),
        };
        let mut checks = vec![];
        check(&bundle, &plan(), "", &log, &mut checks);
        let again = checks
            .iter()
            .filter(|check| check.what == "run 1 began once" && check.verdict == Verdict::Fails);
        assert_eq!(again.count(), 49);
        let read = checks
            .iter()
            .filter(|check| check.what.contains("items/a has the digest"));
        assert_eq!(read.count(), 100);
        assert_eq!(files.items.get(), 1, "a file is hashed once");
    }
}
