//! T6, T8, T9 and the summary of cohorts within an examination.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Finding, Found, Order, Test};
use hallmark_detector::multiplicity::holm;
use hallmark_detector::statistic::cohorts::{Cohorts, SCREEN_RATE, Standing};
use hallmark_detector::statistic::logprobs::{Emphasis, Evidence, Masses};
use std::sync::Arc;

fn profile(scheme: &str) -> Profile {
    let extra = if scheme == "green" {
        "[green]\ngamma = 0.25\ndelta = 2.0"
    } else {
        ""
    };
    Profile::parse(&format!(
        "hallmark = 1\nname = \"t\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 1\n[tokenizer]\nvocab_size = 4096\n{extra}\n"
    ))
    .unwrap()
}

fn key(number: u8) -> Key {
    Key::from(CohortKey::from_bytes([number; 32]))
}

/// Answers that follow key 1 in every fifth step: the best of eight candidates.
fn answers(profile: &Profile) -> Vec<Vec<u32>> {
    let mark = Mark::new(profile, &key(1)).unwrap();
    let mut state = 1_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as u32 % 4096
    };
    (0..40)
        .map(|_| {
            let mut answer = vec![random()];
            while answer.len() < 100 {
                let candidates: Vec<u32> = (0..8).map(|_| random()).collect();
                let mut token = candidates[0];
                if answer.len() % 5 == 0 {
                    let mut batch = hallmark_core::cells::CellBatch::new(1, 8);
                    batch.fill(&answer[answer.len() - 1..], &candidates);
                    let mut words = vec![0; 8];
                    mark.words(&batch, &mut words);
                    let best = (0..8).max_by_key(|&i| mark.law().score(words[i])).unwrap();
                    token = candidates[best];
                }
                answer.push(token);
            }
            answer
        })
        .collect()
}

fn examine(profile: &Profile, blocks: usize) -> Vec<Finding> {
    let answers = answers(profile);
    let mut masses = Masses::new(1);
    for answer in &answers {
        let mut sequence = masses.sequence(Exposure::NOTHING);
        for pair in answer.windows(2) {
            sequence
                .position(&pair[..1], &[(pair[1], -0.7), ((pair[1] + 1) % 4096, -2.0)])
                .unwrap();
        }
    }
    let plan = Plan {
        e_process: true,
        controls: vec![key(3), key(2)],
        shape: profile.scheme.id() == "gumbel",
        logprobs: Some((
            Arc::new(Evidence::new(&masses, Emphasis::Plain)),
            *masses.counts(),
        )),
        ..Plan::default()
    };
    let mut examination = Examination::new(profile, &[key(1), key(2)], plan).unwrap();
    for block in answers.chunks(answers.len().div_ceil(blocks)) {
        let mut raw = RawCells::new(1);
        for answer in block {
            raw.push(answer, Exposure::NOTHING).unwrap();
        }
        examination.observe(&raw).unwrap();
    }
    examination.order(Order::Ids);
    examination.finish().unwrap()
}

/// Under the wrong key an adjusted p at or below 0.001 has a chance of at most 0.001 for each scheme.
#[test]
fn every_test_finds_the_key_and_only_it_is_named() {
    for scheme in ["gumbel", "green"] {
        let profile = profile(scheme);
        let findings = examine(&profile, 1);
        let of = |test: Test, number: u8| {
            let id = key(number).public_id().to_string();
            findings
                .iter()
                .filter(move |f| f.test() == test && f.key_id == id)
        };
        // Key 2 is its own control, which is passed over.
        assert_eq!(of(Test::T6, 1).count(), 2);
        assert_eq!(of(Test::T6, 2).count(), 1);
        let shapes = if scheme == "gumbel" { 1 } else { 0 };
        assert_eq!(of(Test::T8, 1).count(), shapes);
        for test in [Test::T1, Test::T6, Test::T9] {
            for finding in of(test, 1) {
                assert!(
                    finding.log10_p.value() < -6.0,
                    "{scheme} {test:?} {:?}",
                    finding.log10_p
                );
            }
        }
        let tried: Vec<_> = findings.iter().map(|f| f.log10_p).collect();
        let adjusted: Vec<_> = findings.iter().map(|f| f.log10_p_adjusted).collect();
        assert_eq!(adjusted, holm(&tried), "all tests are adjusted together");

        let Found::T6(contrast) = &of(Test::T6, 1).next().unwrap().found else {
            panic!("T6 is a contrast")
        };
        let effect = contrast.effect.unwrap();
        assert!(effect.smallest_visible > effect.null && effect.interval.low > effect.null);
        assert!(of(Test::T9, 1).all(
            |f| matches!(&f.found, Found::T9(found) if found.mass_smallest_visible.is_some())
        ));

        let law = Mark::new(&profile, &key(1)).unwrap().law();
        let cohorts = Cohorts::of(&findings, law, 1).unwrap();
        assert_eq!(cohorts.false_discovery_rate, SCREEN_RATE);
        let standings: Vec<Standing> = cohorts.keys.iter().map(|key| key.standing).collect();
        assert_eq!(standings, [Standing::Named, Standing::Neither]);
        let named = &cohorts.keys[0];
        assert!(named.named_by.contains(&Test::T1) && !named.named_by.contains(&Test::T6));
        assert_eq!(named.e_from, Test::T3);
        // Wider than T1's own interval, which holds for one key.
        let own = of(Test::T1, 1).next().unwrap().effect().unwrap();
        let together = named.effect.unwrap();
        assert_eq!(together.value, own.value);
        assert!(
            together.interval.low < own.interval.low && together.interval.high > own.interval.high
        );
    }
}

#[test]
fn log_probabilities_after_windows_of_another_length_are_refused() {
    let masses = Masses::new(2);
    let plan = Plan {
        logprobs: Some((
            Arc::new(Evidence::new(&masses, Emphasis::Plain)),
            *masses.counts(),
        )),
        ..Plan::default()
    };
    let error = Examination::new(&profile("green"), &[key(1)], plan).err();
    assert!(error.is_some_and(|error| error.to_string().contains("windows have 1 tokens")));
}

#[test]
fn findings_do_not_depend_on_blocks() {
    let profile = profile("gumbel");
    let json = |blocks| serde_json::to_string(&examine(&profile, blocks)).unwrap();
    assert_eq!(json(1), json(7));
}
