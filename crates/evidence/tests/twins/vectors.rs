//! `vectors/twins.py` computes the same in plain Python.

use hallmark_core::keys::{Commitment, RootKey};
use hallmark_evidence::twins::{Draw, Side};
use std::fmt::Write as _;

#[test]
fn the_draw_is_that_of_the_documents() {
    let seed = RootKey::from_bytes([7; 32]).twins("2026q4").unwrap();
    let drawn = |share| {
        let draw = Draw::new(&seed, share).unwrap();
        let mut text = String::new();
        for number in 0..40 {
            match draw.sent(&format!("r{number}")) {
                None => text.push('-'),
                Some(side) => write!(text, "{side}").unwrap(),
            }
        }
        text
    };
    assert_eq!(drawn(0.5), "---bb--aa-a---ab-----b-babbbaabbb--b---a");
    assert_eq!(drawn(1.0), "babbbabaabaaabababbaabababbbaabbbabbabaa");
    let draw = Draw::new(&seed, 1.0).unwrap();
    let shown = |bytes: [u8; 32]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert_eq!(
        shown(draw.answer("r1", Side::A, "ü answer")),
        "763828a85890a6b0171a1f8a06c20579d21f5200b3c3788a8f206219119cbdc3"
    );
    assert_eq!(
        shown(draw.answer("r1", Side::B, "ü answer")),
        "cd818c5c5d663eda106362ba8488587b3c0618c92ffaa2aa048e2a0329aa04f4"
    );
    assert_eq!(
        shown(draw.prompt("r1", "ü answer")),
        "a512f106c2a0be3f1dde990480247b4a38819225711ecacfa0197dfa8b2b61f2"
    );
    assert_eq!(
        shown(*Commitment::to_twins(&seed, &[9; 32]).as_bytes()),
        "4c0732fecf28edd966ff16482ebf99857768bcfe7b4fa873fdc6e65724563295"
    );
    for wrong in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(Draw::new(&seed, wrong).is_err());
    }
}

/// False-alarm rate: each count is within five standard deviations with a chance above 1 - 1e-6, and the seed is fixed.
#[test]
fn coins_are_fair_and_shares_are_shares() {
    let seed = RootKey::from_bytes([3; 32]).twins("x").unwrap();
    let draw = Draw::new(&seed, 0.1).unwrap();
    let all: Vec<Side> = (0..200_000)
        .filter_map(|number| draw.sent(&format!("request-{number}")))
        .collect();
    assert!(all.len().abs_diff(20_000) < 671, "{}", all.len());
    let a = all.iter().filter(|side| **side == Side::A).count();
    assert!(a.abs_diff(all.len() / 2) < 354, "{a} of {}", all.len());
}
