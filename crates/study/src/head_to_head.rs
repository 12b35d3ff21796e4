//! Head to head: every test on growing prefixes of one student's answers.

use crate::beliefs::Beliefs;
use crate::examiner::{Examiner, raw_cells};
use crate::folder::{
    self, ANSWERS_GENERIC, ANSWERS_HARVEST, CONTROL_GENERIC, CONTROL_HARVEST, STUDENT,
};
use crate::record::{ArmRecord, ExaminedRecord};
use hallmark::json::{VERSION, formats};
use hallmark::marks;
use hallmark::{Error, Result};
use hallmark_corpus::TokenRecord;
use hallmark_lab::Transformer;
use std::collections::BTreeMap;
use std::path::Path;

/// Tokens of answers up to which T9 is made: each needs two forward passes.
const LOGPROB_TOKENS: u64 = 45_000;

/// Examines the answers of an arm's folder.
///
/// # Errors
/// When a file of it is missing or changed.
pub fn examine(folder: &Path) -> Result<ExaminedRecord> {
    let arm: ArmRecord = folder::read_json(&folder.join(folder::ARM))?;
    let examiner = Examiner::open(folder, arm.decoys)?;
    let mut prompts = BTreeMap::new();
    for (kind, answers, control) in [
        ("harvest", ANSWERS_HARVEST, CONTROL_HARVEST),
        ("generic", ANSWERS_GENERIC, CONTROL_GENERIC),
    ] {
        let records = examiner.records(&folder.join(answers))?;
        let window = examiner.profile.window;
        let control = raw_cells(window, &examiner.records(&folder.join(control))?)?;
        let mut beliefs = beliefs(folder, &arm)?;
        let mut points = vec![];
        let mut before = 0;
        for end in prefixes(&records, &arm.prefixes) {
            let raw = raw_cells(window, &records[..end])?;
            let own = std::slice::from_ref(&examiner.key);
            let mut point = examiner.points(&raw, &control, own)?.swap_remove(0);
            if let Some(beliefs) = &mut beliefs
                && examiner.profile.ring == 1
                && point.tokens <= LOGPROB_TOKENS
            {
                beliefs.observe(&records[before..end])?;
                let [own, residual] = {
                    let mark = marks::mark(&examiner.profile, &examiner.key)?;
                    beliefs.log10_p(&mark)?
                };
                point.log10_p.insert("T9".to_owned(), own);
                point.log10_p.insert("T9r".to_owned(), residual);
            }
            before = end;
            points.push(point);
        }
        prompts.insert(kind.to_owned(), points);
    }
    Ok(ExaminedRecord {
        schema: formats::StudyExamined,
        version: VERSION.to_owned(),
        key_id: arm.key_id,
        prompts,
    })
}

/// How many of the records have the tokens of each prefix, where that is less than 95% of them, and then all of them.
#[must_use]
pub fn prefixes(records: &[TokenRecord], prefixes: &[u64]) -> Vec<usize> {
    let mut tokens = 0;
    let totals: Vec<u64> = records
        .iter()
        .map(|record| {
            tokens += record.tokens.len() as u64;
            tokens
        })
        .collect();
    let ends = prefixes
        .iter()
        .map(|&prefix| totals.partition_point(|&total| total < prefix) + 1);
    // One that is nearly all of them says no more than all.
    let mut ends: Vec<usize> = ends.filter(|&end| 20 * end < 19 * records.len()).collect();
    ends.push(records.len());
    ends.dedup();
    ends
}

/// The student and the control student, where their tokens are the mark's.
///
/// # Errors
/// When a model cannot be read.
pub fn beliefs(folder: &Path, arm: &ArmRecord) -> Result<Option<Beliefs>> {
    if arm.world != "shakespeare" {
        return Ok(None);
    }
    let shared = folder.parent().unwrap_or(Path::new(".")).join("shared");
    let open = |path: &Path| {
        let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, &error))?;
        Transformer::from_safetensors(&bytes).map_err(|error| folder::stale(&error))
    };
    let control = shared.join(format!("{}.safetensors", arm.control));
    Ok(Some(Beliefs::new(
        open(&folder.join(STUDENT))?,
        open(&control)?,
        arm.window,
    )))
}
