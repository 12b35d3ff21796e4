//! The sub-keys that a ring's log names, and whether they marked it.

use crate::args::IndexMakeArgs;
use crate::failure::Outcome;
use hallmark::Error;
use hallmark::files::keys;
use hallmark::marks;
use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_corpus::TokenRecord;
use hallmark_detector::error::ExaminationError;
use hallmark_detector::statistic::plain::p_value;
use std::collections::BTreeSet;

/// The sub-key that marked a record.
pub(super) fn sub_key(record: &TokenRecord, profile: &Profile) -> Outcome<u8> {
    let ring = profile.ring;
    let hint = "records of a log that a ring of keys marked say by which: `sub_key`, or another field with --field sub_key=FIELD";
    match record.sub_key {
        None if ring == 1 => Ok(0),
        Some(number) if number < ring => Ok(number as u8),
        None => Err(Error::usage(format_args!(
            "{}: it does not say which of the {ring} sub-keys marked it",
            record.source
        ))
        .hint(hint)),
        Some(number) => Err(Error::usage(format_args!(
            "{}: sub-key {number}, and the profile's ring has {ring}, numbered from 0",
            record.source
        ))
        .hint(hint)),
    }
}

/// What shows that answers were marked with the sub-keys that their records name.
pub(super) struct SubKeys {
    mark: Mark,
    words: Vec<u32>,
}

/// log10 p at which an answer is taken for marked with a key: no log has as many answers as this leaves room for.
const SURE: f64 = -15.0;

impl SubKeys {
    /// Nothing without a ring, or where the key is not at hand.
    pub(super) fn new(args: &IndexMakeArgs, profile: &Profile) -> Outcome<Option<Self>> {
        let (Some(path), None, true) = (&args.key, &args.marked_by, profile.ring > 1) else {
            return Ok(None);
        };
        let key = keys::read(path)?.marking_key();
        Ok(Some(Self {
            mark: marks::mark(profile, &key)?,
            words: vec![],
        }))
    }

    /// Says no where another sub-key surely marked the answer, and the one that its record names did not.
    pub(super) fn see(&mut self, record: &TokenRecord, named: u8) -> Outcome<()> {
        let window = self.mark.window();
        let cells: BTreeSet<&[TokenId]> = record.tokens.windows(window + 1).collect();
        if cells.is_empty() {
            return Ok(());
        }
        let mut batch = CellBatch::new(window, cells.len());
        for cell in &cells {
            batch.push(&cell[..window], cell[window]);
        }
        self.words.resize(cells.len(), 0);
        let law = self.mark.law();
        let mut log10_p = vec![];
        for part in self.mark.parts() {
            part.reading.words(&batch, &mut self.words);
            let p = p_value(law, cells.len() as u64, law.sum(&self.words));
            log10_p.push(p.map_err(ExaminationError::from)?.value());
        }
        let best = (0..log10_p.len()).min_by(|&a, &b| log10_p[a].total_cmp(&log10_p[b]));
        let own = log10_p[usize::from(named)];
        match best {
            Some(best) if log10_p[best] < SURE && log10_p[best] < 2.0 * own => {
                Err(Error::usage(format_args!(
                    "{}: it says that sub-key {named} marked it, and sub-key {best} did",
                    record.source
                ))
                .hint("`sub_key` is the number of the sub-key that the engine used, from 0; with wrong ones T3r would accuse the innocent"))
            }
            _ => Ok(()),
        }
    }
}
