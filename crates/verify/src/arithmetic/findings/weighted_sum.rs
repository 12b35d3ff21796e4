//! A weighted sum of scores, by levels: what T2 and T2r share.

use super::super::cut::cut;
use super::super::limits::{EXACT, bound};
use super::super::mark::Mark;
use super::super::printed::Printed;
use super::super::score::DEFICIT;
use super::super::table::{Allowance, Table};
use super::super::weighted::{self, Group, Steps, TooManySteps, WeightedTail};
use super::subject::Subject;
use std::collections::BTreeMap;

/// Words of one weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Level {
    words: u64,
    score: u64,
}

/// The sum, by weight: positive ones rising, then negative ones rising in size.
pub(super) struct WeightedSum {
    levels: BTreeMap<(bool, u64), Level>,
}

impl WeightedSum {
    /// Of cells with these weights, and as many scores for each as the mark has words.
    pub(super) fn new(mark: &Mark, weights: impl Iterator<Item = i64>, values: &[u32]) -> Self {
        let mut levels: BTreeMap<(bool, u64), Level> = BTreeMap::new();
        for (weight, cell) in weights.zip(values.chunks_exact(mark.ring as usize)) {
            let level = levels
                .entry((weight < 0, weight.unsigned_abs()))
                .or_default();
            level.words += cell.len() as u64;
            level.score += cell.iter().map(|&value| u64::from(value)).sum::<u64>();
        }
        Self { levels }
    }

    fn rows(&self) -> impl Iterator<Item = (i64, Level)> {
        let of = |(&(is_negative, size), &level): (&(bool, u64), &Level)| {
            (
                if is_negative {
                    -(size as i64)
                } else {
                    size as i64
                },
                level,
            )
        };
        self.levels.iter().map(of)
    }

    /// Σ weight·score in units; a Gumbel score of negative weight has the most that rounding took.
    pub(super) fn total(&self, mark: &Mark) -> i128 {
        let of = |(weight, level): (i64, Level)| {
            let up = if mark.is_gumbel() && weight < 0 {
                DEFICIT * level.words
            } else {
                0
            };
            i128::from(weight) * i128::from(level.score + up)
        };
        self.rows().map(of).sum()
    }

    /// The sum's mean without the key.
    pub(super) fn expected(&self, mark: &Mark) -> f64 {
        let of = |(weight, level): (i64, Level)| weight as f64 * level.words as f64;
        self.rows().map(of).sum::<f64>() * mark.null_mean() * mark.trials() as f64
    }

    /// Its tail.
    pub(super) fn tail(&self, mark: &Mark, steps: &Steps) -> Result<WeightedTail, TooManySteps> {
        let group = |(weight, level): (i64, Level)| Group {
            weight,
            cells: level.words * mark.trials(),
        };
        let groups: Vec<Group> = self
            .rows()
            .map(group)
            .filter(|group| group.weight != 0)
            .collect();
        if mark.is_gumbel() {
            return weighted::gammas(&groups, self.total(mark), steps);
        }
        weighted::counts(&groups, mark.rate(), self.total(mark), steps)
    }

    /// Checks statistic, expectation and levels of a finding.
    pub(super) fn check(&self, table: &mut Table, subject: &Subject<'_>, mark: &Mark) {
        let finding = subject.finding;
        let statistic = self.total(mark) as f64 / mark.unit();
        table.near(
            subject.what("statistic"),
            finding.number("statistic"),
            statistic,
            1e-12,
        );
        table.near(
            subject.what("expected"),
            finding.number("expected"),
            self.expected(mark),
            1e-12,
        );
        let what = subject.what("levels");
        match finding.list("levels") {
            Ok(printed) => {
                let wrong = self.differing(mark, &printed);
                table.holds(what, wrong.is_none(), || wrong.unwrap_or_default());
            }
            Err(why) => table.fails(what, why),
        }
    }

    /// The first level that differs, in words.
    fn differing(&self, mark: &Mark, printed: &[Printed<'_>]) -> Option<String> {
        let ours: Vec<(i64, Level)> = self.rows().collect();
        if ours.len() != printed.len() {
            return Some(format!(
                "{} are printed, and there are {}",
                printed.len(),
                ours.len()
            ));
        }
        ours.into_iter()
            .zip(printed)
            .find_map(|((weight, level), printed)| {
                let mean = level.score as f64 / mark.unit() / level.words as f64;
                let is_same = printed.at("weight").json().as_i64() == Some(weight)
                    && printed.whole("cells") == Ok(level.words)
                    && printed
                        .number("mean_score")
                        .is_ok_and(|found| (found - mean).abs() <= 1e-12 * mean.abs());
                let words = level.words;
                (!is_same).then(|| {
                    cut(&format!(
                        "printed {}, computed weight {weight}, {words} words, mean score {mean}",
                        printed.json()
                    ))
                })
            })
    }
}

/// Checks the method of a tail, and says how far the printed p-value, times `forms`, may lie above the exact one.
pub(super) fn allowance(
    table: &mut Table,
    subject: &Subject<'_>,
    tail: &WeightedTail,
) -> Allowance {
    let method = subject.finding.text("method");
    let known = ["exact", "chernoff", "grid", "saddle-point"];
    let is_right = method
        .as_ref()
        .is_ok_and(|method| known.contains(method) && (*method == "exact") == tail.is_exact);
    table.holds(subject.what("method"), is_right, || {
        let exact = if tail.is_exact {
            "an exact formula"
        } else {
            "a bound"
        };
        cut(&format!("printed {method:?}, where there is {exact}"))
    });
    if tail.is_exact {
        return EXACT;
    }
    // No method may give more than Chernoff's bound, with which it is compared; and that alone may give as much.
    let of_chernoff = (tail.chernoff - tail.log10_p).max(0.0) + 1e-6;
    let documented = bound(tail.log10_p);
    let safe = match method {
        Ok("chernoff") => of_chernoff,
        _ => documented.safe.min(of_chernoff),
    };
    Allowance { safe, ..documented }
}
