//! Localisation on real text that nobody marked, under many random keys.

use crate::common::{profile, random_marks, real_documents};
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::detection::document::score_and_locate;
use rayon::prelude::*;

/// Keys for each setting.
const KEYS: u32 = 1000;

/// The p-value of the best window, adjusted for all, is at most α for no more than a share α of keys. The bounds are the
/// upper quantiles of Binomial(1000, α) at 1e-6, so one of the nine counts fails by chance once in about 100,000 runs with
/// new seeds.
#[test]
fn the_best_window_is_a_p_value_on_real_text() {
    let text: Vec<u32> = real_documents().concat()[..4000].to_vec();
    for (scheme, window) in [
        (Scheme::GUMBEL, 2),
        (Scheme::green(0.25, 2.0), 1),
        (Scheme::tournament(30), 4),
    ] {
        let marks = random_marks(&profile(scheme, window), KEYS, 31);
        let found: Vec<(f64, usize)> = marks
            .par_iter()
            .map(|mark| {
                let mut raw = RawCells::new(window);
                raw.push(&text, Exposure::NOTHING).unwrap();
                let (_, located) = score_and_locate(&raw, &**mark.reading(), 0.05).unwrap();
                (
                    located.log10_p_adjusted.unwrap().value(),
                    located.passages.len(),
                )
            })
            .collect();
        for (alpha, bound) in [(0.001_f64, 10), (0.01, 30), (0.1, 147)] {
            let count = found
                .iter()
                .filter(|found| found.0 <= alpha.log10())
                .count();
            println!(
                "{} window {window}: {count} of {KEYS} keys at or below {alpha}",
                scheme.id()
            );
            assert!(count <= bound, "{}: {count} at {alpha}", scheme.id());
        }
        // A passage is reported exactly where some window is at or below the level.
        assert!(
            found
                .iter()
                .all(|&(p, passages)| (p <= 0.05_f64.log10()) == (passages > 0))
        );
    }
}
