//! From answers to findings: what is left out, what is kept, and that nothing depends on how the
//! work is cut up.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{Family, Scheme};
use hallmark_detector::cells::{CellsError, Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::document;
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Finding, Test, Warning};
use hallmark_detector::scores::decoys;
use hallmark_detector::statistic::admission::Refusal;
use hallmark_detector::tail::Log10P;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::HashSet;

const SCHEMES: [Scheme; 4] = [
    Scheme::GUMBEL,
    Scheme::DUAL_GUMBEL,
    Scheme::green(0.3, 1.0),
    Scheme::tournament(7),
];

fn profile(scheme: Scheme, window: usize) -> Profile {
    let tokenizer = TokenizerRef {
        vocab_size: 50,
        sha256: None,
    };
    Profile {
        name: "test".to_owned(),
        scheme,
        window,
        ring: 1,
        tokenizer,
    }
}

fn mark_of(profile: &Profile, key: u8) -> Mark {
    Mark::new(profile, &Key::from(CohortKey::from_bytes([key; 32]))).unwrap()
}

type Answers = Vec<(Vec<u32>, Vec<Vec<u32>>)>;

fn answers() -> impl Strategy<Value = Answers> {
    let tokens = || vec(0u32..6, 0..60);
    vec((tokens(), vec(vec(0u32..6, 0..8), 0..3)), 1..20)
}

fn raw(answers: &[(Vec<u32>, Vec<Vec<u32>>)], window: usize) -> RawCells {
    let mut raw = RawCells::new(window);
    for (answer, shown) in answers {
        raw.push(answer, Exposure::known(shown)).unwrap();
    }
    raw
}

/// The distinct fresh cells by the definition, with sets of whole cells.
fn by_definition(answers: &Answers, window: usize) -> (usize, Vec<Vec<u32>>) {
    let (mut fresh, mut seen, mut kept) = (0, HashSet::new(), vec![]);
    for (answer, shown) in answers {
        for cell in answer.windows(window + 1) {
            let exposed = shown
                .iter()
                .any(|piece| piece.windows(window).any(|w| w == &cell[..window]));
            if !exposed {
                fresh += 1;
                if seen.insert(cell.to_vec()) {
                    kept.push(cell.to_vec());
                }
            }
        }
    }
    (fresh, kept)
}

proptest! {
    #[test]
    fn cells_scores_and_line_ups_follow_the_definition(
        answers in answers(),
        window in 1usize..=4,
        scheme in 0usize..4,
    ) {
        let (fresh_count, kept) = by_definition(&answers, window);
        let profile = profile(SCHEMES[scheme], window);
        let fresh = raw(&answers, window).fresh();
        prop_assert_eq!(fresh.len(), fresh_count);
        let distinct = fresh.distinct(&mut *DedupKind::Compact.build(window)).unwrap();
        prop_assert_eq!(distinct.len(), kept.len());

        let marks = decoys::draw(&profile, &Key::from(CohortKey::from_bytes([5; 32])), 5, 3).unwrap();
        for mark in marks {
            let mut expected = 0;
            for cell in &kept {
                let mut batch = hallmark_core::cells::CellBatch::new(window, 1);
                batch.push(&cell[..window], cell[window]);
                let mut word = [0];
                mark.words(&batch, &mut word);
                expected += u64::from(mark.law().score(word[0]));
            }
            prop_assert_eq!(distinct.score(&**mark.reading()), expected);
        }
    }

    /// The findings are the same bytes however the answers are cut into blocks, on any number of
    /// threads, and with the compact as with the exact set.
    #[test]
    fn findings_do_not_depend_on_blocks_threads_or_the_set(
        answers in answers(),
        window in 1usize..=2,
        cut in 1usize..6,
        scheme in 0usize..4,
    ) {
        let profile = profile(SCHEMES[scheme], window);
        let keys = [1, 2].map(|key| Key::from(CohortKey::from_bytes([key; 32])));
        let run = |cut: usize, dedup: DedupKind, threads: usize| {
            let e_process = SCHEMES[scheme].row().family != Family::Tournament;
            let plan = Plan { e_process, decoys: 9, decoy_draw: 4, dedup, ..Plan::default() };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut examination = Examination::new(&profile, &keys, plan).unwrap();
                for block in answers.chunks(cut) {
                    examination.observe(&raw(block, window)).unwrap();
                }
                serde_json::to_string(&examination.finish().unwrap()).unwrap()
            })
        };
        let whole = run(answers.len(), DedupKind::Exact, 1);
        prop_assert_eq!(&run(cut, DedupKind::Exact, 2), &whole);
        prop_assert_eq!(&run(cut, DedupKind::Compact, 3), &whole);
    }

    #[test]
    fn a_filter_sees_windows_and_keeps_whole_windows(answers in answers(), window in 1usize..=3) {
        let count = |keep: &dyn Fn(&[u32]) -> bool| {
            let fresh = raw(&answers, window).fresh().filter(|w| keep(w));
            fresh.distinct(&mut *DedupKind::Exact.build(window)).unwrap().len()
        };
        let even = count(&|w| w[0] % 2 == 0);
        let odd = count(&|w| w[0] % 2 == 1);
        prop_assert_eq!(even + odd, count(&|_| true));
    }
}

/// T5 ranks each key's sum among the sums of decoys drawn from that key alone.
#[test]
fn the_line_up_ranks_a_key_among_its_own_decoys() {
    let profile = profile(Scheme::GUMBEL, 1);
    let keys = [1, 2].map(|key| Key::from(CohortKey::from_bytes([key; 32])));
    let answers: Answers = (0..9)
        .map(|i| ((0..50).map(|j| (i * j + i) % 50).collect(), vec![]))
        .collect();
    let plan = Plan {
        decoys: 99,
        decoy_draw: 7,
        ..Plan::default()
    };
    let mut examination = Examination::new(&profile, &keys, plan).unwrap();
    examination.observe(&raw(&answers, 1)).unwrap();
    let findings = examination.finish().unwrap();
    let mut set = DedupKind::Exact.build(1);
    let distinct = raw(&answers, 1).fresh().distinct(&mut *set).unwrap();
    // Each key's decoys are its own: whoever is shown one key can repeat its line-up.
    for (key, finding) in keys
        .iter()
        .zip(findings.iter().filter(|f| f.test() == Test::T5))
    {
        let decoys: Vec<u64> = decoys::draw(&profile, key, 99, 7)
            .unwrap()
            .iter()
            .map(|mark| distinct.score(&**mark.reading()))
            .collect();
        let own = distinct.score(&**Mark::new(&profile, key).unwrap().reading());
        let rank = 1 + decoys.iter().filter(|&&decoy| decoy >= own).count();
        assert_eq!(finding.statistic(), rank as f64);
        assert!((finding.log10_p.value() - (rank as f64 / 100.0).log10()).abs() < 1e-9);
    }
    let plan = Plan {
        decoys: 500_001,
        ..Plan::default()
    };
    let error = Examination::new(&profile, &keys, plan).err().unwrap();
    assert!(matches!(error, ExaminationError::Decoys { keys: 2, .. }));
}

#[test]
fn token_ids_that_would_share_cells_are_refused() {
    let mut raw = RawCells::new(2);
    let error = raw.push(&[1, 2, 0xFF_FFFF], Exposure::NOTHING).unwrap_err();
    assert_eq!(error, CellsError::Token { token: 0xFF_FFFF });
    assert!(raw.push(&[1], Exposure::known(&[vec![1 << 24]])).is_err());
    assert!(raw.is_empty() && raw.tokens() == 0);
}

#[test]
fn without_cells_every_p_value_is_one_and_the_finding_warns() {
    for scheme in SCHEMES {
        let profile = profile(scheme, 2);
        let plan = Plan {
            e_process: scheme.row().family != Family::Tournament,
            decoys: 9,
            ..Plan::default()
        };
        let mut examination =
            Examination::new(&profile, &[Key::from(CohortKey::from_bytes([1; 32]))], plan).unwrap();
        let mut short = RawCells::new(2);
        short.push(&[1, 2], Exposure::UNKNOWN).unwrap();
        examination.observe(&short).unwrap();
        for finding in examination.finish().unwrap() {
            assert_eq!(finding.scored, 0);
            assert_eq!(finding.log10_p, Log10P::ONE, "{:?}", finding.test());
            assert!(finding.warnings.contains(&Warning::TooFewCells));
            assert!(finding.warnings.contains(&Warning::ExposureUnknown));
            assert!(finding.effect().is_none());
        }
    }
}

#[test]
fn a_tournament_has_no_e_process_and_the_others_do() {
    for scheme in SCHEMES {
        let profile = profile(scheme, 1);
        let plan = Plan {
            e_process: true,
            ..Plan::default()
        };
        let key = Key::from(CohortKey::from_bytes([1; 32]));
        let examination = Examination::new(&profile, &[key], plan);
        if scheme.row().family == Family::Tournament {
            let Some(ExaminationError::Refused(refused)) = examination.err() else {
                panic!("a tournament's e-process was not refused");
            };
            assert_eq!((refused.test, refused.why), (Test::T3, Refusal::NoEProcess));
            continue;
        }
        let findings = examination.unwrap().finish().unwrap();
        let tests: Vec<Test> = findings.iter().map(Finding::test).collect();
        assert_eq!(tests, [Test::T1, Test::T3]);
    }
}

#[test]
fn a_document_counts_its_own_repeats_once() {
    let profile = profile(Scheme::green(0.3, 1.0), 1);
    let mark = mark_of(&profile, 1);
    let once =
        document::score(&raw(&[(vec![1, 2, 3, 4, 5], vec![])], 1), &**mark.reading()).unwrap();
    let twice = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5];
    let twice = document::score(&raw(&[(twice.to_vec(), vec![])], 1), &**mark.reading()).unwrap();
    assert_eq!(once.scored, 4);
    assert_eq!(twice.scored, 5, "only the cell 5 → 1 is new");
    assert_eq!(twice.tokens, 10);
}
