//! Which of the significant windows are reported: the disjoint ones that say most together.

use super::windows::Window;

/// The disjoint windows with the largest sum of evidence (−log10 of the adjusted p), in the order of the text.
///
/// Weighted interval scheduling (Kleinberg and Tardos 2006, section 6.1), O(m log m). As each window pays the whole
/// adjustment, one window is preferred to its two halves; two marked stretches with a gap between are preferred to one
/// window over both.
pub(super) fn most_evident(windows: &[Window]) -> Vec<Window> {
    let mut windows: Vec<&Window> = windows.iter().collect();
    windows.sort_by_key(|window| (window.cells.end, window.cells.start));
    // best[i]: the most evidence among the first i windows; taken[i]: whether the i-th is part of it.
    let mut best = vec![0.0; windows.len() + 1];
    let mut taken = vec![false; windows.len()];
    let before =
        |start: usize, i: usize| windows[..i].partition_point(|other| other.cells.end <= start);
    for (i, window) in windows.iter().enumerate() {
        let with = window.evidence + best[before(window.cells.start, i)];
        taken[i] = with > best[i];
        best[i + 1] = with.max(best[i]);
    }
    let mut chosen = vec![];
    let mut i = windows.len();
    while i > 0 {
        i -= 1;
        if taken[i] {
            chosen.push(windows[i].clone());
            i = before(windows[i].cells.start, i);
        }
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tail::Log10P;
    use proptest::prelude::*;

    fn window(start: usize, length: usize, evidence: f64) -> Window {
        Window {
            cells: start..start + length,
            log10_p: Log10P::ONE,
            evidence,
        }
    }

    proptest! {
        #[test]
        fn no_disjoint_set_has_more_evidence(
            all in prop::collection::vec((0usize..12, 1usize..6, 1u32..20), 0..9),
        ) {
            let all: Vec<Window> = all.iter().map(|&(s, l, e)| window(s, l, f64::from(e))).collect();
            let chosen = most_evident(&all);
            prop_assert!(chosen.windows(2).all(|pair| pair[0].cells.end <= pair[1].cells.start));
            let sum: f64 = chosen.iter().map(|window| window.evidence).sum();
            for set in 0..1_u32 << all.len() {
                let mut picked: Vec<&Window> = (0..all.len()).filter(|i| set >> i & 1 == 1).map(|i| &all[i]).collect();
                picked.sort_by_key(|window| window.cells.start);
                if picked.windows(2).all(|pair| pair[0].cells.end <= pair[1].cells.start) {
                    let other: f64 = picked.iter().map(|window| window.evidence).sum();
                    prop_assert!(other <= sum);
                }
            }
        }
    }

    #[test]
    fn a_gap_divides_and_halves_unite() {
        let whole = window(0, 64, 20.0);
        let halves = [window(0, 32, 9.0), window(32, 32, 9.0)];
        let [left, right] = halves.clone();
        assert_eq!(most_evident(&[whole.clone(), left, right]), [whole]);
        let apart = [
            window(0, 32, 15.0),
            window(96, 32, 15.0),
            window(0, 128, 20.0),
        ];
        assert_eq!(most_evident(&apart).len(), 2);
    }
}
