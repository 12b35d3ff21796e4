//! The law of a sum that takes few values: the chance of each, one part after another.

use super::super::numbers::Double;
use super::super::tail;
use super::part::Part;

/// Products at most.
const MOST_PRODUCTS: u64 = 1 << 24;

/// Values that the sum may take, at most.
const MOST_VALUES: u64 = 1 << 20;

/// Products that take as long as one value of a transform.
const IN_A_STEP: u64 = 64;

/// Whether the law is found in so few products: their number as values of a transform.
pub(super) fn steps(parts: &[Part]) -> Option<u64> {
    let (mut values, mut products) = (1_u64, 0_u64);
    for part in parts {
        products = products.checked_add(values.checked_mul(part.trials.checked_add(1)?)?)?;
        values = values.checked_add(part.weight.checked_mul(part.trials)?)?;
    }
    let are_few = products <= MOST_PRODUCTS && values <= MOST_VALUES;
    are_few.then_some(1 + products / IN_A_STEP)
}

/// Σ e^(−θ(x − sum)) over the values x ≥ sum, each times its chance under the tilt θ: P(S ≥ sum) beside e^(K(θ) − θ·sum).
pub(super) fn beyond(parts: &[Part], sum: i128, theta: f64) -> f64 {
    let mut law = vec![1.0];
    for part in parts {
        let points = points(part, theta);
        let weight = part.weight as usize;
        let mut next = vec![0.0; law.len() + weight * part.trials as usize];
        for (&point, shifted) in points.iter().zip(0_usize..) {
            let places = next[shifted * weight..].iter_mut().zip(&law);
            places.for_each(|(place, &chance)| *place += point * chance);
        }
        law = next;
    }
    let first = usize::try_from(sum).unwrap_or(usize::MAX);
    let rest = law.iter().skip(first).zip(0_u32..);
    rest.map(|(&chance, above)| chance * (-theta * f64::from(above)).exp())
        .sum()
}

/// The chances of 0, 1, … successes under the tilt θ.
fn points(part: &Part, theta: f64) -> Vec<f64> {
    let of = |k: u64| {
        let lift = Double::product(theta, (part.weight * k) as f64);
        let ln = tail::binomial::point(part.trials, k, part.rate) + lift - part.cumulant(theta);
        ln.to_f64().exp()
    };
    (0..=part.trials).map(of).collect()
}
