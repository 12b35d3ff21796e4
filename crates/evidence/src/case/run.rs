//! A run: the examination that was planned, recorded from its first step, whatever comes of it.

use super::folder::{Case, ITEMS, RUNS, sha256};
use super::take_in::take_in;
use hallmark::examine::{Examined, Shown, examine_disclosing, log_beside};
use hallmark::files::{NewFolder, write_new};
use hallmark::json::{VERSION, to_json};
use hallmark::progress::Step;
use hallmark::{Error, Exit, Plan, Result};
use hallmark_core::keys::Key;
use hallmark_verify::arithmetic::{Cells, Form, KeyWords, Masses, Residual, Sources, Visits};
use hallmark_verify::formats::{Event, FINDINGS};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is given to a run beside the case.
pub struct Run<'a> {
    /// Keys that the plan names.
    pub keys: &'a [Key],
    /// Answers, where the plan does not name them.
    pub answers: &'a [PathBuf],
    /// Logs of their collection, where they do not stand beside them.
    pub logs: &'a [PathBuf],
    /// Why it does otherwise than was planned, if it does.
    pub note: Option<String>,
    /// Changes the plan as flags beside it say.
    pub change: &'a mut dyn FnMut(&mut Plan) -> Result<()>,
}

/// What a run gave.
pub struct Outcome {
    /// Its number.
    pub number: u64,
    /// The findings.
    pub examined: Examined,
    /// In what it deviated from the plan.
    pub deviations: Vec<String>,
    /// How a program ends with it.
    pub exit: Exit,
}

impl Case {
    /// Examines as planned. Whatever comes of it, the case's log says so.
    ///
    /// # Errors
    /// When the run deviates and no note says why, or the examination fails.
    pub fn examine(
        &mut self,
        run: &mut Run<'_>,
        progress: &mut dyn FnMut(Step<'_>),
    ) -> Result<Outcome> {
        let number = self.log.runs() + 1;
        self.record(Event::Began {
            run: number,
            plan_sha256: self.plan_sha256.clone(),
            version: VERSION.to_owned(),
            program_sha256: program_sha256(),
        })?;
        let result = self.examine_as(number, run, progress);
        if let Err(error) = &result {
            self.record(Event::Failed {
                run: number,
                status: Exit::from(error) as u8,
                error: error.to_string(),
            })?;
        }
        result
    }

    fn examine_as(
        &mut self,
        number: u64,
        run: &mut Run<'_>,
        progress: &mut dyn FnMut(Step<'_>),
    ) -> Result<Outcome> {
        if let Some(missing) = self.missing() {
            return Err(
                Error::usage(format_args!("{} is missing", missing.display()))
                    .hint("restore the file that the plan names"),
            );
        }
        let mut plan = self.library_plan()?;
        (run.change)(&mut plan)?;
        self.refuse_other_keys(&plan, run.keys)?;
        if !run.answers.is_empty() {
            plan.answers.files.clear();
            plan.logs.clear();
        }
        if plan.answers.files.is_empty() {
            self.take_answers(run.answers, run.logs, &mut plan)?;
        }
        let mut deviations = self.deviations(&plan)?;
        if !deviations.is_empty() {
            self.deviate(number, &deviations, run.note.as_deref())?;
        }
        let (examined, shown) =
            within(&self.root, || examine_disclosing(&plan, run.keys, progress))?;
        let asked = self.plan.fixed.answers;
        if asked.is_some_and(|asked| asked != examined.counts.answers) && run.note.is_none() {
            return Err(Error::deviation(format_args!(
                "the plan fixes {} answers, and there are {}",
                asked.unwrap_or_default(),
                examined.counts.answers
            ))
            .hint(NOTE));
        }
        if let Some(asked) = asked.filter(|&asked| asked != examined.counts.answers) {
            let what = format!(
                "fixed.answers: {asked} planned, {}",
                examined.counts.answers
            );
            self.deviate(number, std::slice::from_ref(&what), run.note.as_deref())?;
            deviations.push(what);
        }
        self.keep(number, &examined, shown)?;
        Ok(Outcome {
            number,
            exit: examined.exit(),
            examined,
            deviations,
        })
    }

    /// A key that the plan does not name is not tried in secret.
    fn refuse_other_keys(&self, plan: &Plan, keys: &[Key]) -> Result<()> {
        let named = |id: &str| {
            plan.keys
                .iter()
                .chain(&plan.controls)
                .any(|key| key.key_id == id)
        };
        let other = keys
            .iter()
            .map(|key| key.public_id().to_string())
            .find(|id| !named(id));
        match other {
            Some(id) => Err(
                Error::deviation(format_args!("key {id} is not in the plan"))
                    .hint("give the keys that the plan names; plan another case for others"),
            ),
            None => Ok(()),
        }
    }

    fn take_answers(
        &mut self,
        answers: &[PathBuf],
        logs: &[PathBuf],
        plan: &mut Plan,
    ) -> Result<()> {
        if answers.is_empty() {
            return Err(
                Error::usage("the plan names no answers, and none are given")
                    .hint("name the files of answers behind --plan"),
            );
        }
        for file in answers {
            plan.answers.files.push(self.take(file)?);
            let beside = log_beside(file).filter(|_| logs.is_empty());
            if let Some(log) = beside {
                plan.logs.push(self.take(&log)?);
            }
        }
        for log in logs {
            plan.logs.push(self.take(log)?);
        }
        Ok(())
    }

    fn take(&mut self, file: &Path) -> Result<PathBuf> {
        let taken = take_in(&self.root, ITEMS, file)?;
        let known = |event: &Event| match event {
            Event::TookIn { file, sha256, .. } => {
                Path::new(file) == taken.file && *sha256 == taken.sha256
            }
            _ => false,
        };
        if !self.log.entries.iter().any(|entry| known(&entry.event)) {
            self.record(taken.event())?;
        }
        Ok(taken.file)
    }

    /// Records a deviation that somebody accounts for.
    fn deviate(&mut self, run: u64, fields: &[String], note: Option<&str>) -> Result<()> {
        let Some(note) = note else {
            return Err(
                Error::deviation(format_args!("not as planned: {}", fields.join(", "))).hint(NOTE),
            );
        };
        self.record(Event::Deviated {
            run,
            fields: fields.to_vec(),
            note: note.to_owned(),
        })
    }

    /// Writes what a run gave into a folder of its own.
    fn keep(&mut self, run: u64, examined: &Examined, shown: Option<Shown>) -> Result<()> {
        let runs = self.root.join(RUNS);
        std::fs::create_dir_all(&runs)
            .map_err(|error| Error::io("make the folder", &runs, &error))?;
        let folder = NewFolder::create(&runs.join(run.to_string()))?;
        let findings = to_json(examined, true)? + "\n";
        write_new(&folder.path().join(FINDINGS), findings.as_bytes())?;
        let cells = shown.map(|shown| cells(examined, shown)).transpose()?;
        if let Some(cells) = &cells {
            write_new(&folder.path().join(Cells::FILE), cells)?;
        }
        folder.finish()?;
        self.record(Event::Ended {
            run,
            status: examined.exit() as u8,
            outcome: outcome(examined),
            findings_sha256: sha256(findings.as_bytes()),
            cells_sha256: cells.map(|cells| sha256(&cells)),
        })
    }
}

/// What is disclosed of cells, as the bytes of its file.
pub(crate) fn cells(examined: &Examined, shown: Shown) -> Result<Vec<u8>> {
    let disclosed = shown.cells;
    let ids = examined.keys.iter().chain(&examined.controls);
    let mut decoys = disclosed.decoys.into_iter();
    let keys = ids.zip(disclosed.words).map(|(key, words)| KeyWords {
        key_id: key.key_id.clone(),
        words,
        decoys: decoys.next(),
    });
    let cells = Cells {
        answers: disclosed.answers,
        weights: disclosed.weights,
        keys: keys.collect(),
        residual: disclosed.residual.map(|residual| Residual {
            forms: FORMS
                .into_iter()
                .zip(residual.weights)
                .map(|((leaning, prior), weights)| Form {
                    leaning: leaning.to_owned(),
                    prior,
                    weights,
                })
                .collect(),
            words: residual.words,
        }),
        sources: shown.sources.map(|sources| Sources {
            by: if sources.by_group { "group" } else { "file" }.to_owned(),
            names: sources.names,
            answers: sources.answers,
        }),
        first_visits: disclosed
            .first_visits
            .into_iter()
            .map(|visits| Visits {
                key_id: examined.keys[visits.key].key_id.clone(),
                codes: visits.codes,
                steps: visits.steps,
                words: visits.words,
            })
            .collect(),
        masses: disclosed.masses.map(|masses| Masses {
            windows: masses.windows,
            weights: masses.weights,
            masses: masses.masses,
            words: masses.words,
        }),
    };
    cells
        .to_bytes()
        .map_err(|error| Error::integrity(format_args!("what is disclosed of cells: {error}")))
}

/// T2r's forms, in the order in which they are tried (`docs/replay.md`).
const FORMS: [(&str, Option<f64>); 3] =
    [("follow", None), ("follow", Some(1000.0)), ("lean", None)];

const NOTE: &str = "keep to the plan; or say why in a file and give it with --deviation, and the report will show it";

fn outcome(examined: &Examined) -> String {
    let outcome = serde_json::to_value(examined.outcome).unwrap_or_default();
    outcome.as_str().unwrap_or_default().to_owned()
}

/// SHA-256 of the running program; empty where it cannot be read.
fn program_sha256() -> String {
    let program = std::env::current_exe().ok();
    let digest = program.and_then(|path| hallmark_harvest::Sha256Digest::of_file(&path).ok());
    digest.map_or_else(String::new, |(digest, _)| digest.to_string())
}

/// Does something with the process in a folder, since a case's paths are relative to it. A process is in one folder: one thread at a time.
pub(crate) fn within<T>(folder: &Path, act: impl FnOnce() -> Result<T>) -> Result<T> {
    static ONE: Mutex<()> = Mutex::new(());
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |error: std::io::Error| Error::io("enter", folder, &error);
    let before = std::env::current_dir().map_err(failed)?;
    std::env::set_current_dir(folder).map_err(failed)?;
    let result = act();
    std::env::set_current_dir(before).map_err(failed)?;
    result
}
