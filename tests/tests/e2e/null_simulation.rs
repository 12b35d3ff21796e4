//! Real text that nobody marked, under many random keys: what a p-value must do, and what goes
//! wrong where a cell counts more than once.

use crate::common::{deviation, mean, profile, random_marks, real_documents};
use hallmark_core::cells::CellBatch;
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{DistinctCells, Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::Test;
use hallmark_detector::scores::decoys;
use hallmark_detector::statistic::plain;
use rayon::prelude::*;

const SCHEMES: [Scheme; 4] = [
    Scheme::GUMBEL,
    Scheme::DUAL_GUMBEL,
    Scheme::green(0.25, 2.0),
    Scheme::tournament(32),
];

/// Keys per setting. The sample deviation of 600 standard normal values is within 0.15 of 1 but
/// for a chance below 1e-6 (its standard error is 0.029).
const KEYS: u32 = 600;

fn distinct(documents: &[Vec<u32>], window: usize) -> DistinctCells {
    let mut raw = RawCells::new(window);
    for document in documents {
        raw.push(document, Exposure::NOTHING).unwrap();
    }
    raw.fresh()
        .distinct(&mut *DedupKind::Compact.build(window))
        .unwrap()
}

fn z(mark: &Mark, cells: usize, sum: u64) -> f64 {
    let law = mark.law();
    let trials = (cells as u64 * law.trials()) as f64;
    let null = law.null_mean() / law.trials() as f64;
    let variance = if law.unit() == 1 {
        null * (1.0 - null)
    } else {
        1.0
    };
    (sum as f64 / law.unit() as f64 - trials * null) / (trials * variance).sqrt()
}

/// Under H0 the p-values are uniform and z has spread 1, for every scheme and window.
///
/// For each α the count of p ≤ α among 600 keys is Binomial(600, α) at most; the bounds are its
/// upper quantiles at 1e-6, so one of the 12 settings fails by chance once in about 20,000 runs
/// with new seeds.
#[test]
fn p_values_are_uniform_and_z_has_unit_spread() {
    let documents = real_documents();
    for (scheme, window) in SCHEMES.iter().flat_map(|&s| [1, 2, 4].map(|w| (s, w))) {
        let cells = distinct(&documents, window);
        assert!(cells.len() > 20_000, "{} cells", cells.len());
        let marks = random_marks(&profile(scheme, window), KEYS, 17);
        let results: Vec<(f64, f64)> = marks
            .par_iter()
            .map(|mark| {
                let sum = cells.score(&**mark.reading());
                let p = plain::p_value(mark.law(), cells.len() as u64, sum).unwrap();
                (z(mark, cells.len(), sum), 10_f64.powf(p.value()))
            })
            .collect();
        let zs: Vec<f64> = results.iter().map(|result| result.0).collect();
        let name = format!("{} with window {window}", scheme.id());
        assert!(
            (deviation(&zs) - 1.0).abs() < 0.15,
            "{name}: spread {}",
            deviation(&zs)
        );
        assert!(mean(&zs).abs() < 0.21, "{name}: mean {}", mean(&zs));
        for (alpha, most, least) in [(0.5, 360, 240), (0.1, 98, 27), (0.05, 59, 8), (0.01, 21, 0)] {
            let found = results.iter().filter(|result| result.1 <= alpha).count();
            assert!(
                found <= most,
                "{name}: {found} of {KEYS} p-values at or below {alpha}"
            );
            assert!(
                found >= least,
                "{name}: only {found} of {KEYS} at or below {alpha}: no power"
            );
        }
    }
}

/// T3 and T5 on real text under 300 random keys, through the whole examination: p ≤ 0.05 occurs no
/// more often than it may. The count is Binomial(300, 0.05) at most, above 36 by chance once in a
/// million for each of the four cases, with new seeds.
#[test]
fn e_processes_and_line_ups_give_no_false_alarms() {
    let documents = real_documents();
    for scheme in [Scheme::GUMBEL, Scheme::green(0.25, 2.0)] {
        let profile = profile(scheme, 2);
        let keys: Vec<Key> = decoys::random_keys(300, [29; 32]).map(Key::from).collect();
        let small: Vec<(bool, bool)> = keys
            .par_iter()
            .map(|key| {
                let plan = Plan {
                    e_process: true,
                    decoys: 19,
                    ..Plan::default()
                };
                let mut examination =
                    Examination::new(&profile, std::slice::from_ref(key), plan).unwrap();
                let mut raw = RawCells::new(2);
                for document in &documents[..400] {
                    raw.push(document, Exposure::NOTHING).unwrap();
                }
                examination.observe(&raw).unwrap();
                let findings = examination.finish().unwrap();
                let small = |test| {
                    let finding = findings
                        .iter()
                        .find(|finding| finding.test() == test)
                        .unwrap();
                    finding.log10_p.value() <= 0.05_f64.log10() + 1e-9
                };
                (small(Test::T3), small(Test::T5))
            })
            .collect();
        let t3 = small.iter().filter(|small| small.0).count();
        let t5 = small.iter().filter(|small| small.1).count();
        println!(
            "{}: p ≤ 0.05 for {t3} (T3) and {t5} (T5) of 300 keys",
            scheme.id()
        );
        assert!(
            t3 <= 36 && t5 <= 36,
            "{}: {t3} and {t5} of 300",
            scheme.id()
        );
        assert!(
            t5 >= 2,
            "{}: {t5} of 300: the line-up has no power",
            scheme.id()
        );
    }
}

/// What goes wrong without global de-duplication: the spread of z is far above 1, so that an
/// innocent text is accused far too often.
#[test]
fn counting_repeats_spreads_z_far_beyond_one() {
    let documents = real_documents();
    let window = 1;
    let marks = random_marks(&profile(Scheme::GUMBEL, window), KEYS, 23);

    let mut every = CellBatch::new(window, 1 << 20);
    for document in &documents {
        for cell in document.windows(window + 1) {
            every.push(&cell[..window], cell[window]);
        }
    }
    let spread_without = spread(&marks, |mark| {
        let mut words = vec![0; every.len()];
        mark.words(&every, &mut words);
        z(mark, every.len(), mark.law().sum(&words))
    });

    let each: Vec<DistinctCells> = documents
        .iter()
        .map(|document| distinct(std::slice::from_ref(document), window))
        .collect();
    let cells = each.iter().map(DistinctCells::len).sum();
    let spread_per_document = spread(&marks, |mark| {
        z(
            mark,
            cells,
            each.iter()
                .map(|document| document.score(&**mark.reading()))
                .sum(),
        )
    });

    let global = distinct(&documents, window);
    let spread_global = spread(&marks, |mark| {
        z(mark, global.len(), global.score(&**mark.reading()))
    });

    println!(
        "spread of z: {spread_without:.2} without de-duplication, {spread_per_document:.2} per document, {spread_global:.2} global"
    );
    assert!(spread_without > 3.0, "without: {spread_without}");
    assert!(
        spread_per_document > 2.0,
        "per document: {spread_per_document}"
    );
    assert!(
        (spread_global - 1.0).abs() < 0.15,
        "global: {spread_global}"
    );
}

fn spread(marks: &[Mark], z: impl Fn(&Mark) -> f64 + Sync) -> f64 {
    let zs: Vec<f64> = marks.par_iter().map(&z).collect();
    deviation(&zs)
}
