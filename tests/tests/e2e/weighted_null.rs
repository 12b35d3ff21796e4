//! The weighted tests on real text that nobody marked, under many random keys.

use crate::common::{profile, real_documents};
use crate::count_model::CountModel;
use crate::counted::counted;
use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Expectation, Finding, Test};
use hallmark_detector::scores::decoys;
use hallmark_detector::weights::{WeightRule, WeightSource, WindowWeights};
use hallmark_lab::assets::{self, Split};
use std::sync::Arc;

const KEYS: usize = 300;

/// The largest count of p ≤ α among 300 keys that chance gives: the upper quantile at 1e-6 of
/// Binomial(300, α).
const MOST: [(f64, usize); 3] = [(0.5, 191), (0.05, 36), (0.01, 15)];

/// Under H0 no weighted test gives p ≤ α more often than α, whether the weights come from
/// a background or from text that another key marked, and whether T2r expects from a control sample or from
/// shorter windows. T1, T2, T2r and T3 for two schemes, two sources and three α: 48 counts, each above its bound
/// by chance once in a million, so that the test fails by chance once in 20,000 runs with new seeds.
#[test]
fn weighted_tests_give_no_false_alarms_on_real_text() {
    let documents = real_documents();
    let (innocent, rest) = documents.split_at(400);
    let tokenizer = assets::tokenizer().unwrap();
    let train = assets::tokens(Split::Train, &tokenizer).unwrap();
    let train = &train[..4];
    let teacher = CountModel::train([(&train.to_vec(), 1.0)]);
    for scheme in [Scheme::GUMBEL, Scheme::green(0.25, 2.0)] {
        let profile = profile(scheme, 2);
        let marker = Key::from(CohortKey::from_bytes([99; 32]));
        let prompts: Vec<Vec<u32>> = rest.iter().take(300).map(|d| d[..8].to_vec()).collect();
        let mark = Mark::new(&profile, &marker).unwrap();
        let marked = teacher.answer(&prompts, 60, Some(&mark), 5);
        let background = counted(2, train, None);
        let prompts_counted = counted(2, rest, None);
        let marked_counted = counted(2, &marked, Some(marker.public_id()));
        let weights = |harvest| {
            let rule = WeightRule::default();
            WindowWeights::new(vec![harvest], Some(background.clone()), rule).unwrap()
        };
        for (weights, source, expectation) in [
            (
                weights(prompts_counted),
                WeightSource::Background,
                Expectation::Reference,
            ),
            (
                weights(marked_counted),
                WeightSource::OtherKeys,
                Expectation::ShorterWindow,
            ),
        ] {
            let plan = Plan {
                e_process: true,
                weights: Some(Arc::new(weights)),
                residual: Some(expectation),
                ..Plan::default()
            };
            let findings = examine(&profile, plan, innocent, rest);
            for test in [Test::T1, Test::T2, Test::T2r, Test::T3] {
                let own: Vec<&Finding> = findings.iter().filter(|f| f.test() == test).collect();
                assert_eq!(own.len(), KEYS);
                if test != Test::T1 {
                    assert!(own.iter().all(|finding| finding.weights() == Some(source)));
                }
                let counts = MOST.map(|(alpha, most)| {
                    let small = |f: &&&Finding| f.log10_p.value() <= alpha.log10();
                    let found = own.iter().filter(small).count();
                    let name = format!("{} {source:?} {test:?}", scheme.id());
                    assert!(found <= most, "{name}: {found} of {KEYS} at {alpha}");
                    found
                });
                println!(
                    "{} {source:?} {test:?}: p ≤ 0.5, 0.05, 0.01 for {counts:?} of {KEYS} keys",
                    scheme.id()
                );
                // The sums' p-values are nearly uniform: at least 105 of 300 are at most ½ but for a
                // chance below 1e-6.
                // T2's is twice the smaller of two, at most ½ with probability ¼ at least, and for 40 of 300; T2r's three times the smallest of
                // three: 1/6 at least, and 20 of 300.
                let least = match test {
                    Test::T3 => 0,
                    Test::T2 => 40,
                    Test::T2r => 20,
                    _ => 100,
                };
                assert!(counts[0] >= least, "{test:?}: no power");
            }
        }
    }
}

fn examine(
    profile: &Profile,
    plan: Plan,
    answers: &[Vec<u32>],
    reference: &[Vec<u32>],
) -> Vec<Finding> {
    let keys: Vec<Key> = decoys::random_keys(KEYS as u32, [31; 32])
        .map(Key::from)
        .collect();
    let raw = |documents: &[Vec<u32>]| {
        let mut raw = RawCells::new(profile.window);
        for document in documents {
            raw.push(document, Exposure::NOTHING).unwrap();
        }
        raw
    };
    let mut examination = Examination::new(profile, &keys, plan).unwrap();
    examination.observe(&raw(answers)).unwrap();
    examination.observe_reference(&raw(reference)).unwrap();
    examination.finish().unwrap()
}
