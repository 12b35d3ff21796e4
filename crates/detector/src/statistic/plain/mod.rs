//! T1, the plain sum: its tail and its effect with an interval, for any mark. Other engines' functions consume less than a
//! cell; de-duplication and the law follow from what they do consume.
//!
//! | law of the sum | of |
//! |---|---|
//! | Gamma, binomial | native marks, vLLM, `SGLang`, three-bricks Gumbel |
//! | weighted sum of two Gammas | two keys that both score a cell: `vllm-dual-v1` |
//! | binomial by Hoeffding's theorem | green lists: tokens of one list are drawn without replacement |
//! | histogram of shifts, convolved; and a place among other keys | `hf-synthid`: a table of 65,536 bits |
//! | Gamma or binomial; and a place among other keys | `synthid-2025`, `TextSeal`: keys are related |
//!
//! Derivations: `docs/statistics.md` and `docs/tests/foreign.md`.

mod judged;
mod law;
mod related;
mod sums;
mod table;
mod visible;
mod weighted_table;

pub(crate) use judged::{Gathered, Judged};
pub(crate) use law::lists;
pub(crate) use related::Effort;
pub use sums::p_value;

use crate::error::ExaminationError;
use crate::finding::{Effect, FEW_CELLS, Finding, Found, Measure, T1, Warning};
use crate::interval::{Interval, IntervalError, Sides, clopper_pearson, gamma_scale_mean};
use crate::scores::Pool;
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;

/// The level at which a finding is called one, shared among all tests of an examination.
pub const LEVEL: f64 = 0.001;

/// The chance that an effect's interval misses, both sides together.
pub const INTERVAL_ALPHA: f64 = 0.05;

/// The finding of T1 under one key, from what its distinct units gave. Without an `effort`, without a comparison with other
/// keys: where keys are related it then holds for text that no other key of the function has marked.
///
/// # Errors
/// When there are more cells than the tails allow.
pub(crate) fn finding(
    mark: &Mark,
    gathered: &Gathered,
    pool: &Pool,
    effort: Option<Effort>,
) -> Result<Finding, ExaminationError> {
    let (law, cells, counts) = (mark.law(), gathered.cells, pool.counts());
    let (log10_p, unmarked, others) = match effort {
        Some(effort) => {
            let found = gathered.found(mark, pool.seen(), effort)?;
            (found.log10_p, found.unmarked, found.others)
        }
        None => (gathered.unmarked(mark, pool.seen())?, None, None),
    };
    let mut warnings = Warning::of(counts);
    let related = mark.null().related();
    if let Some(keys) = related {
        warnings.push(if keys.is_comparable() {
            Warning::RelatedKeys
        } else {
            Warning::KeyNotComparable
        });
    }
    let found = T1 {
        statistic: gathered.statistic(mark),
        expected: cells as f64 * law.null_mean(),
        effect: match gathered.sums[..] {
            // Its interval is for independent words.
            [sum] if related.is_none() => effect(law, cells, sum, 1)?,
            // A ring's words are as many independent ones.
            _ if mark.sub_keys() > 1 && cells >= FEW_CELLS => {
                let words = cells * mark.sub_keys() as u64;
                effect(law, words, gathered.sums.iter().sum(), 1)?
            }
            _ => None,
        },
        decoys: others,
    };
    Ok(Finding {
        tokens: counts.tokens,
        scored: cells,
        log10_p_unmarked: unmarked,
        warnings,
        ..Finding::new(Found::T1(found), mark.key().to_string(), log10_p)
    })
}

/// Says in each effect what would have been visible, now that the number of tests is known, with marks of so many sub-keys.
pub(crate) fn share_level(
    findings: &mut [Finding],
    law: Law,
    sub_keys: usize,
) -> Result<(), IntervalError> {
    let level = LEVEL / findings.len().max(1) as f64;
    // Most keys score the same cells.
    let mut last = None;
    for finding in findings {
        let cells = finding.scored * sub_keys as u64;
        if let Found::T1(T1 {
            effect: Some(effect),
            ..
        }) = &mut finding.found
        {
            let visible = match last {
                Some((known, visible)) if known == cells => visible,
                _ => visible::smallest_visible(law, cells, level)?,
            };
            last = Some((cells, visible));
            effect.smallest_visible = visible;
        }
    }
    Ok(())
}

/// How strong the dependence on the key is, with a 95% interval; nothing where fewer than
/// [`FEW_CELLS`] were scored. `tests` is the number of tests that share the level.
///
/// # Errors
/// As for [`p_value`].
pub fn effect(
    law: Law,
    cells: u64,
    sum: u64,
    tests: usize,
) -> Result<Option<Effect>, IntervalError> {
    if cells < FEW_CELLS {
        return Ok(None);
    }
    let trials = cells * law.trials();
    let value = sum as f64 / law.unit() as f64 / trials as f64;
    let null = law.null_mean() / law.trials() as f64;
    let (measure, interval) = match law {
        Law::Exponential => (
            Measure::MeanScore,
            gamma_scale_mean(cells, sum, INTERVAL_ALPHA, Sides::Two)?,
        ),
        Law::Bernoulli { .. } => (Measure::GreenRate, rate_interval(trials, sum)?),
        Law::Bits { .. } => (Measure::OneBitRate, rate_interval(trials, sum)?),
    };
    let visible = visible::smallest_visible(law, cells, LEVEL / tests.max(1) as f64)?;
    Ok(Some(Effect {
        measure,
        value,
        null,
        interval,
        smallest_visible: visible,
    }))
}

fn rate_interval(trials: u64, count: u64) -> Result<Interval, IntervalError> {
    clopper_pearson(trials, count, INTERVAL_ALPHA, Sides::Two)
}
