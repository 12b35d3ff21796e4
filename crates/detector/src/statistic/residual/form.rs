//! The forms of weights that are tried, and what weighs cells by one of them.

use super::strength::Strength;
use super::weigher::Weigher;
use crate::finding::{Expectation, Leaning};
use crate::statistic::counted::Counted;
use crate::weights::WindowWeights;
use hallmark_core::mark::Mark;

/// A form of weights: how the suspect keeps to the marked choices, and how much text that no index knows of it learned after a window.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) leaning: Leaning,
    /// The least λ.
    pub(super) prior: f64,
}

/// How many forms there are.
pub(super) const FORMS: usize = 3;

/// The forms, in the order in which they are tried. A small model follows the marked choice as often as its windows weigh, a larger one that
/// learned the log by heart much less often, and a pretrained one leans towards it.
pub(super) const TRIED: [Form; FORMS] = [
    Form {
        leaning: Leaning::Follow,
        prior: 0.0,
    },
    Form {
        leaning: Leaning::Follow,
        prior: 1000.0,
    },
    Form {
        leaning: Leaning::Lean,
        prior: 0.0,
    },
];

/// The forms that are tried beside some weights. Without counts of a harvest, or by a filter, there is no λ, and the second form is the first.
pub(super) fn forms(weights: Option<&WindowWeights>) -> [Form; FORMS] {
    let [follow, seldom, lean] = TRIED;
    let by_prior =
        weights.is_some_and(|weights| weights.prior().is_some_and(|own| own < seldom.prior));
    [follow, if by_prior { seldom } else { follow }, lean]
}

/// What weighs cells by one form.
pub(super) fn weighing<T>(
    form: Form,
    counted: &Counted,
    weights: Option<&WindowWeights>,
    first: &Mark,
    weigh: impl FnOnce(&Weigher<'_>) -> T,
) -> T {
    let reference = counted.expectation == Expectation::Reference;
    let weights = weights.map(|weights| {
        let weights = weights.with_prior_of_at_least(form.prior);
        match form.leaning {
            Leaning::Follow => weights,
            Leaning::Lean => weights.without_background(),
        }
    });
    weigh(&Weigher {
        expected: counted.expected(),
        strength: Strength::of(form.leaning, first.law(), reference),
        weights: weights.as_ref(),
        window: counted.window,
    })
}
