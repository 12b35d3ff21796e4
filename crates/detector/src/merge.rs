//! Several audits of one suspect under one key: one e-value.
//!
//! - Audits that scored **disjoint** cells may be multiplied: given the transcripts, words of distinct cells are
//!   independent, so each factor has mean at most 1 whatever the others were.
//! - Any others are averaged: the mean of e-values is an e-value under every dependence (Vovk and Wang 2021, section 3).
//!
//! Which of the two applies is not the caller's to say. [`Audit`] carries the cells that were scored, as only
//! [`DistinctCells`] can give them, and [`merge`] multiplies where they are disjoint and averages where they are not.
//! [`Series`] makes audits disjoint from the start: they share one de-duplication, so that a cell that an earlier
//! audit scored is not scored again.
//!
//! The e-value of an audit is E at its end, **not** the supremum of its e-process.

use crate::cells::{DistinctCells, FreshCells};
use crate::dedup::{Dedup, DedupError, DedupKind, fingerprint};
use crate::tail::{DoubleWord, Log10E};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One audit: what was tested, on which cells, with what result.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Public id of the key.
    pub key_id: String,
    /// What words are read from: the scheme, PRF, window and tokenizer of the profile, as one string.
    pub profile: String,
    /// log10 E at the end of the audit.
    pub log10_e: Log10E,
    /// The cells that were scored.
    pub cells: ScoredCells,
}

/// Fingerprints of the cells that an audit scored: 8 bytes a cell.
///
/// A fingerprint that two different cells share (chance 2⁻⁶⁴ a pair) makes two audits look dependent, so that they are averaged
/// where they could have been multiplied. It never makes them look disjoint.
#[derive(Clone, Debug, Default)]
pub struct ScoredCells {
    fingerprints: Vec<u64>,
}

/// Audits in the order in which they were made, none of which scores a cell of an earlier one.
///
/// ```
/// use hallmark_detector::cells::{Exposure, RawCells};
/// use hallmark_detector::{dedup::DedupKind, merge::Series};
///
/// let mut series = Series::new(DedupKind::Exact, 1);
/// let fresh = |answer: &[u32]| {
///     let mut raw = RawCells::new(1);
///     raw.push(answer, Exposure::NOTHING).expect("small ids");
///     raw.fresh()
/// };
/// let (first, _) = series.audit(fresh(&[1, 2, 3]))?;
/// let (second, _) = series.audit(fresh(&[1, 2, 4]))?;
/// assert_eq!((first.len(), second.len()), (2, 1), "1 → 2 was scored in the first audit");
/// # Ok::<(), hallmark_detector::dedup::DedupError>(())
/// ```
pub struct Series {
    dedup: Box<dyn Dedup>,
    id: u64,
    audits: u64,
}

/// A place in a [`Series`]: what shows that two audits are disjoint without comparing their cells.
#[derive(Debug)]
pub struct Part {
    series: u64,
    audit: u64,
}

/// One e-value out of several audits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// log10 of the e-value, rounded down.
    pub log10_e: Log10E,
    /// How it came about.
    pub rule: Rule,
    /// Which audits (by their positions) share cells, directly or through others: averaged within, multiplied across.
    pub groups: Vec<Vec<usize>>,
}

/// How e-values were merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// No two audits share a cell.
    Product,
    /// All audits share cells, or may.
    Average,
    /// Averages of those that share cells, multiplied.
    ProductOfAverages,
}

/// Audits that cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("no audit was given; give at least one")]
    None,
    /// Audits of different keys ask different questions.
    #[error(
        "audit {at} is of {what} `{found}` and the first of `{expected}`; merge audits of one key and profile at a time"
    )]
    Differ {
        /// Position of the audit, from 0.
        at: usize,
        /// `key` or `profile`.
        what: &'static str,
        /// What the audit has.
        found: String,
        /// What the first has.
        expected: String,
    },
    /// A part of another series, or twice the same.
    #[error("audit {at} is not another part of the same series; compare the cells with `merge`")]
    Part {
        /// Position of the audit, from 0.
        at: usize,
    },
}

/// Merges audits of one key: the product over groups of audits with disjoint cells of the average within each.
///
/// The number of audits, and what each asked, must not depend on the results of audits that it shares cells with.
///
/// # Errors
/// No audits, or audits of different keys or profiles.
pub fn merge(audits: &[Audit]) -> Result<Merged, MergeError> {
    let first = audits.first().ok_or(MergeError::None)?;
    for (at, audit) in audits.iter().enumerate() {
        let pairs = [
            ("key", &audit.key_id, &first.key_id),
            ("profile", &audit.profile, &first.profile),
        ];
        if let Some(&(what, found, expected)) = pairs.iter().find(|(_, a, b)| a != b) {
            return Err(MergeError::Differ {
                at,
                what,
                found: found.clone(),
                expected: expected.clone(),
            });
        }
    }
    let groups = overlapping(audits);
    let averages = groups.iter().map(|group| {
        let within: Vec<Log10E> = group.iter().map(|&i| audits[i].log10_e).collect();
        average(&within)
    });
    let log10_e = product_of(averages);
    let rule = if groups.len() == audits.len() {
        Rule::Product
    } else if groups.len() == 1 {
        Rule::Average
    } else {
        Rule::ProductOfAverages
    };
    Ok(Merged {
        log10_e,
        rule,
        groups,
    })
}

/// The product of the e-values of different parts of one [`Series`]; rounded down. No parts: 1.
///
/// # Errors
/// Parts of different series, or a part that is given twice.
pub fn product(audits: &[(Log10E, Part)]) -> Result<Log10E, MergeError> {
    for (at, (_, part)) in audits.iter().enumerate() {
        let clashes = audits[..at]
            .iter()
            .any(|(_, other)| other.series != part.series || other.audit == part.audit);
        if clashes {
            return Err(MergeError::Part { at });
        }
    }
    Ok(product_of(audits.iter().map(|&(log10_e, _)| log10_e)))
}

/// The arithmetic mean of e-values: an e-value whatever their dependence. Rounded down; of none it is 1.
///
/// How many there are must have been decided without their values.
#[must_use]
pub fn average(log10_e: &[Log10E]) -> Log10E {
    let largest = match *log10_e {
        [] => return Log10E::ONE,
        [only] => return only,
        [first, ..] => log10_e.iter().copied().fold(first, Log10E::max),
    };
    let terms = log10_e
        .iter()
        .map(|e| libm::exp10(e.value() - largest.value()));
    // Each term is within a few units in the last place of a difference that is at most 324, and n additions follow.
    let slack = 1.0 - (log10_e.len() as f64 + 2048.0) * f64::EPSILON;
    let sum = DoubleWord::from((terms.sum::<f64>() * slack).max(1.0 - f64::EPSILON));
    let mean = (sum / DoubleWord::from(log10_e.len() as u64)).ln() / DoubleWord::LN_10;
    let log10 = mean + DoubleWord::from(largest.value());
    Log10E::clamped(log10.round_down().next_down())
}

impl ScoredCells {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a block of cells that the audit scored.
    pub fn add(&mut self, cells: &DistinctCells) {
        let mut batch = cells.batch(BATCH);
        let mut unit = vec![0; batch.window() + 1];
        for stretch in cells.stretches(BATCH, BATCH) {
            cells.fill(&mut batch, stretch);
            self.fingerprints.extend((0..batch.len()).map(|cell| {
                for (slot, id) in unit.iter_mut().enumerate() {
                    *id = match slot {
                        slot if slot < batch.window() => batch.slot(slot)[cell],
                        _ => batch.tokens()[cell],
                    };
                }
                fingerprint(&unit)
            }));
        }
        self.fingerprints.sort_unstable();
        self.fingerprints.dedup();
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fingerprints.is_empty()
    }

    /// Whether the two may share a cell. `false` is certain.
    #[must_use]
    pub fn may_share(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.fingerprints.iter(), other.fingerprints.iter());
        let (mut a, mut b) = (left.next(), right.next());
        while let (Some(x), Some(y)) = (a, b) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => a = left.next(),
                std::cmp::Ordering::Greater => b = right.next(),
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }
}

impl Series {
    /// A series without audits; windows of `window` tokens.
    #[must_use]
    pub fn new(dedup: DedupKind, window: usize) -> Self {
        Self {
            dedup: dedup.build(window),
            id: next_series(),
            audits: 0,
        }
    }

    /// The cells of the next audit that no audit before it scored.
    ///
    /// # Errors
    /// As the de-duplication's.
    pub fn audit(&mut self, fresh: FreshCells) -> Result<(DistinctCells, Part), DedupError> {
        let cells = fresh.distinct(&mut *self.dedup)?;
        let part = Part {
            series: self.id,
            audit: self.audits,
        };
        self.audits += 1;
        Ok((cells, part))
    }
}

/// Cells read at a time.
const BATCH: usize = 1024;

/// The connected components of "may share a cell", each in order, by their first members.
fn overlapping(audits: &[Audit]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = vec![];
    for at in 0..audits.len() {
        let touches = |group: &Vec<usize>| {
            let shares = |&i: &usize| audits[i].cells.may_share(&audits[at].cells);
            group.iter().any(shares)
        };
        let (touching, mut apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(touches);
        let mut joined: Vec<usize> = touching.into_iter().flatten().collect();
        joined.push(at);
        joined.sort_unstable();
        apart.push(joined);
        apart.sort_unstable_by_key(|group| group[0]);
        groups = apart;
    }
    groups
}

/// Sums logarithms, rounded down.
fn product_of(log10_e: impl Iterator<Item = Log10E>) -> Log10E {
    let mut sum = DoubleWord::ZERO;
    let mut factors = 0;
    for e in log10_e {
        sum = sum + DoubleWord::from(e.value());
        factors += 1;
    }
    let value = sum.round_down();
    Log10E::clamped(if factors > 1 {
        value.next_down()
    } else {
        value
    })
}

fn next_series() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
