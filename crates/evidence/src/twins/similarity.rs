//! How similar a suspect's answer is to a twin, where it gives no log-probabilities.
//!
//! The cosine of sets of runs of five letters: common runs over the root of the product of both numbers. It treats both twins alike and looks at
//! no coin, which is all that the test asks of a feature.

use std::collections::HashSet;

/// Letters in a run.
const RUN: usize = 5;

/// The runs of a text: letters of any script in lower case, and everything between them as one blank.
pub(super) fn runs(text: &str) -> HashSet<[char; RUN]> {
    let mut letters = vec![];
    for c in text.chars() {
        match c.is_alphanumeric() {
            true => letters.extend(c.to_lowercase()),
            false if letters.last() == Some(&' ') => {}
            false => letters.push(' '),
        }
    }
    letters.array_windows().copied().collect()
}

/// The cosine; 0 where one has no run.
pub(super) fn similarity(one: &HashSet<[char; RUN]>, other: &HashSet<[char; RUN]>) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let common = one.intersection(other).count();
    common as f64 / ((one.len() * other.len()) as f64).sqrt()
}
