//! T2r: how much more often than expected the suspect produced each cell.
//!
//! ```text
//! S = Σ over distinct cells u of  ψ(c_u, m_u, ρ_w) · score(u)
//! ```
//!
//! ψ is an increasing function of `c_u − m_u` (`strength.rs`), and `ρ_w` what the window's weight stands for. Three forms of ψ are tried, and the
//! smallest p is tripled.
//! `c_u` is how often the suspect produced the cell u = (w, token) at fresh positions, `n_w` how often it was at the
//! window w at all, and `m_u = n_w·P̂(token | w)` what a model without the mark would have produced: P̂ comes from
//! a control sample, or from the suspect's own answers after shorter windows. A cell that the suspect repeats is
//! evidence beyond its first occurrence, and one that it avoids although the control sample has it is evidence too.
//!
//! Weights depend on the transcript, the control sample and counts of windows, on no word and no key. Each cell is
//! scored once. So S is a weighted sum of independent scores as in T2, with weights of both signs.

mod disclose;
mod form;
mod ladder;
mod scored;
mod strength;
mod weigher;

use crate::error::ExaminationError;
use crate::finding::{Finding, Found, T2r};
use crate::multiplicity::times;
use crate::scores::Tally;
use crate::seen::{Seen, weighted};
use crate::statistic::counted::{Counted, expected};
use crate::statistic::weighted::WeightedSum;
use crate::tail::WeightedTail;
use crate::weights::WindowWeights;
pub(crate) use disclose::disclose;
use form::{FORMS, Form, TRIED, forms, weighing};
use hallmark_core::mark::Mark;
use rayon::prelude::*;
pub(crate) use scored::Scored;
use std::ops::Range;

/// Weighs and scores everything that was counted under each of `marks`, by each form of weights.
pub(crate) fn score(
    counted: &Counted,
    weights: Option<&WindowWeights>,
    marks: &[&Mark],
) -> [Scored; FORMS] {
    let [follow, seldom, lean] = forms(weights);
    let of = |form| score_by(form, counted, weights, marks);
    let following = of(follow);
    let seldom = match seldom.prior == follow.prior {
        true => following.clone(),
        false => of(seldom),
    };
    [following, seldom, of(lean)]
}

fn score_by(
    form: Form,
    counted: &Counted,
    weights: Option<&WindowWeights>,
    marks: &[&Mark],
) -> Scored {
    let Some(first) = marks.first() else {
        return Scored::empty(0);
    };
    let rows: usize = marks.iter().map(|mark| mark.parts().len()).sum();
    let score = |cells| scored::score(cells, marks, counted.window);
    weighing(form, counted, weights, first, |weigher| {
        let pieces = expected::pieces(&counted.suspect).into_par_iter();
        let weighed = pieces.map(|piece| weigher.weigh(piece));
        match first.unit() {
            None => weighed
                .map(score)
                .reduce(|| Scored::empty(rows), |some, more| some.and(&more)),
            // A function that takes two cells for one: which is the first depends on the cells alone.
            Some(unit) => scored::first_of_units(weighed.collect(), unit, counted.window)
                .into_par_iter()
                .map(score)
                .reduce(|| Scored::empty(rows), |some, more| some.and(&more)),
        }
    })
}

/// The largest weight of a part: a cell's is at most 2,896 times as much.
const MOST_WEIGHT: u32 = 1 << 8;

/// The finding of T2r under a key whose words were the rows `rows` of those that were scored: by the form that came to less, at three times its p.
pub(crate) fn finding(
    counted: &Counted,
    scored: &[Scored; FORMS],
    rows: Range<usize>,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Finding, ExaminationError> {
    let weights = key.mark.part_weights(MOST_WEIGHT);
    let mut best: Option<(Form, &Scored, WeightedSum, WeightedTail)> = None;
    for (form, scored) in TRIED.into_iter().zip(scored) {
        let rows = scored.rows(rows.clone(), &weights);
        let sum = WeightedSum::new(&key.mark, rows.into_iter());
        let tail = sum.tail()?;
        if best
            .as_ref()
            .is_none_or(|(.., other)| tail.log10_p < other.log10_p)
        {
            best = Some((form, scored, sum, tail));
        }
    }
    let (form, scored, sum, tail) = best.expect("there are forms");
    let (above, below) = scored.above_and_below();
    let (weights, weighting) = seen.weighting(key).unzip();
    let found = Found::T2r(T2r {
        statistic: sum.statistic(),
        expected: sum.expected(),
        leaning: form.leaning,
        prior: (form.prior > 0.0).then_some(form.prior),
        counts: counted.counts(above, below),
        weights,
        weighting,
        levels: sum.levels(),
        method: tail.method,
    });
    let finding = seen.finding(found, key, times(tail.log10_p, FORMS as u64));
    Ok(weighted(finding.over(above + below)))
}
