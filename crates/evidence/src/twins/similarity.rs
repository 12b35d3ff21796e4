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

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<String> {
        let mut runs: Vec<String> = runs(text).iter().map(|run| run.iter().collect()).collect();
        runs.sort_unstable();
        runs
    }

    #[test]
    fn runs_are_of_letters_in_lower_case_with_one_blank_between_words() {
        assert_eq!(listed("Ab,  CD"), ["ab cd"]);
        assert_eq!(listed("--ab cd"), [" ab c", "ab cd"]);
        assert_eq!(listed("ab--cd"), ["ab cd"]);
        assert_eq!(listed("abcdef"), ["abcde", "bcdef"]);
        assert_eq!(listed("abcd"), [""; 0]);
        assert_eq!(
            listed("\u{3a9}\u{3bc}\u{3ad}\u{3b3}\u{3b1}"),
            ["\u{3c9}\u{3bc}\u{3ad}\u{3b3}\u{3b1}"]
        );
    }

    #[test]
    fn the_cosine_is_common_runs_over_the_root_of_both_numbers() {
        // 2 runs in both, of 2 and of 8.
        let (one, other) = (runs("abcdef"), runs("abcdefghijkl"));
        assert_eq!((one.len(), other.len()), (2, 8));
        assert_eq!(similarity(&one, &other), 0.5);
        assert_eq!(similarity(&other, &one), 0.5);
        assert_eq!(similarity(&other, &other), 1.0);
        assert_eq!(similarity(&one, &runs("vwxyz")), 0.0);
        assert_eq!(similarity(&one, &runs("x")), 0.0);
    }
}
