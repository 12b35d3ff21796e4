//! A step of many requests: the same as each request's own step, and a bad row spoils no other.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::batch::{Row, bias_rows, choose_rows, step_rows};
use hallmark_core::keys::CohortKey;
use hallmark_core::mark::Mark;
use hallmark_core::marker::{Marker, MarkerError};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::row::RowError;
use hallmark_core::schemes::Scheme;

const VOCABULARY: usize = 60;
const REQUESTS: usize = 7;

fn mark(scheme: Scheme) -> Mark {
    let profile = Profile {
        name: "test".to_owned(),
        scheme,
        window: 2,
        ring: 1,
        tokenizer: TokenizerRef {
            vocab_size: VOCABULARY as u32,
            sha256: None,
        },
    };
    Mark::new(&profile, &CohortKey::from_bytes([1; 32]).into()).unwrap()
}

fn logits(step: usize) -> Vec<Vec<f32>> {
    let logit = |request: usize, token: usize| ((step * 31 + request * 7 + token * 13) % 17) as f32;
    (0..REQUESTS)
        .map(|request| (0..VOCABULARY).map(|token| logit(request, token)).collect())
        .collect()
}

fn markers(mark: &Mark) -> Vec<Marker> {
    (0..REQUESTS).map(|_| mark.marker(&[]).unwrap()).collect()
}

#[test]
fn a_step_of_many_is_the_step_of_each() {
    for scheme in [
        Scheme::GUMBEL,
        Scheme::DUAL_GUMBEL,
        Scheme::green(0.25, 2.0),
        Scheme::tournament(30),
    ] {
        let mark = mark(scheme);
        let (mut together, mut alone) = (markers(&mark), markers(&mark));
        for step in 0..40 {
            let mut all = logits(step);
            let mut rows: Vec<Row<'_>> = together
                .iter_mut()
                .zip(&mut all)
                .map(|(marker, logits)| Row::new(marker, logits, 0.3))
                .collect();
            // Rows may be split among threads.
            let (some, others) = rows.split_at_mut(3);
            choose_rows(some);
            assert!(some.iter().all(|row| row.token().is_some()));
            step_rows(others);
            let tokens: Vec<u32> = rows.iter().map(|row| row.token().unwrap()).collect();
            for (marker, &token) in together.iter_mut().zip(&tokens).take(3) {
                marker.accept(token).unwrap();
            }
            for ((marker, mut logits), &token) in alone.iter_mut().zip(logits(step)).zip(&tokens) {
                let choice = marker.choose_row(&mut logits, 0.3).unwrap();
                assert_eq!(choice.index as u32, token);
                marker.accept(token).unwrap();
            }
        }
        for (a, b) in together.iter().zip(&alone) {
            assert_eq!(a.tokens(), b.tokens());
        }
    }
}

#[test]
fn a_bad_row_says_so_in_its_place_and_the_others_go_on() {
    let mark = mark(Scheme::GUMBEL);
    let mut requests = markers(&mark);
    let mut all = logits(1);
    all[2][5] = f32::NAN;
    all[4].fill(f32::NEG_INFINITY);
    let mut rows: Vec<Row<'_>> = requests
        .iter_mut()
        .zip(&mut all)
        .map(|(marker, logits)| Row::new(marker, logits, 0.3))
        .collect();
    step_rows(&mut rows);
    let failed: Vec<(usize, MarkerError)> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| Some((at, row.outcome.clone()?.err()?)))
        .collect();
    assert_eq!(
        failed,
        [
            (2, MarkerError::Row(RowError::NaN { token: 5 })),
            (4, MarkerError::Row(RowError::AllMasked)),
        ]
    );
    let lengths: Vec<usize> = requests
        .iter()
        .map(|marker| marker.tokens().len())
        .collect();
    assert_eq!(lengths, [1, 1, 0, 1, 0, 1, 1]);
}

#[test]
fn biases_of_many_are_those_of_each() {
    let mark = mark(Scheme::green(0.25, 2.0));
    let (mut together, mut alone) = (markers(&mark), markers(&mark));
    for marker in together.iter_mut().chain(&mut alone) {
        marker.accept(3).unwrap();
        marker.accept(4).unwrap();
    }
    let (mut all, mut each) = (logits(2), logits(2));
    let mut rows: Vec<Row<'_>> = together
        .iter_mut()
        .zip(&mut all)
        .map(|(marker, logits)| Row::new(marker, logits, 0.3))
        .collect();
    let mut marked = vec![];
    bias_rows(&mut rows, |at, outcome| marked.push((at, outcome.unwrap())));
    assert_eq!(
        marked,
        (0..REQUESTS).map(|at| (at, true)).collect::<Vec<_>>()
    );
    for (marker, logits) in alone.iter_mut().zip(&mut each) {
        marker.bias_row(logits).unwrap();
    }
    assert_eq!(all, each);
}
