//! What happens at steps that cannot be marked.

#[expect(dead_code, reason = "the other test file uses the rest")]
mod support;

use std::sync::Arc;

use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::mark::{Habits, Sampler as Scheme, Scratch};
use hallmark_core::row::RowError;
use hallmark_llama_cpp::{OnError, Report, Sampler, StepError, report, select};
use support::{Chain, KEY, VOCABULARY, candidates, logits, mark};

fn sampler() -> Sampler {
    Sampler::new(mark("gumbel").marker(&[]).expect("made here"), 2)
}

/// Three tokens into an answer, so that positions are open.
fn chain(sampler: Sampler) -> Chain {
    let chain = Chain::marked(0, 1.0, sampler);
    for token in [1, 2, 3] {
        chain.accept(token);
    }
    chain
}

fn report_of(chain: &Chain) -> Report {
    // SAFETY: the chain is alive.
    unsafe { report(chain.0) }.expect("the chain has the sampler")
}

/// Rows that cannot be sampled from as they are, each with a word of its error.
fn bad_rows() -> Vec<(Vec<f32>, &'static str)> {
    let with = |value: f32| {
        let mut row = logits(0);
        row[17] = value;
        row
    };
    vec![
        (with(f32::NAN), "token 17 is NaN"),
        (with(f32::INFINITY), "token 17 is +inf"),
        (vec![f32::NEG_INFINITY; VOCABULARY], "all tokens are masked"),
        (vec![f32::NAN; VOCABULARY], "token 0 is NaN"),
    ]
}

#[test]
fn the_request_goes_on_and_the_reason_is_told() {
    for (row, reason) in bad_rows() {
        let chain = chain(sampler());
        let (token, _) = chain.apply(&mut candidates(&row));
        let token = token.expect("a token is selected");
        let usable = row.iter().any(|logit| logit.is_finite());
        assert!(
            !usable || row[token as usize] > f32::NEG_INFINITY,
            "{reason}: {token}"
        );
        let found = report_of(&chain);
        assert_eq!(found.failed, 1);
        let text = found.last_error.expect("the error is kept").to_string();
        assert!(text.contains(reason) && text.contains("step 3"), "{text}");
        // The next step is marked again.
        chain.accept(token);
        chain.run(1..2);
        assert_eq!(report_of(&chain).marked, 1);
    }
}

#[test]
fn a_request_can_be_refused_instead() {
    for (row, reason) in bad_rows() {
        let chain = chain(sampler().on_error(OnError::Refuse));
        assert_eq!(chain.apply(&mut candidates(&row)).0, None);
        // SAFETY: the chain is alive.
        let error = unsafe { select(chain.0, &mut candidates(&row)) }.expect_err("it is refused");
        assert!(error.to_string().contains(reason), "{error}");
        // SAFETY: the chain is alive.
        let token = unsafe { select(chain.0, &mut candidates(&logits(1))) };
        assert!(token.is_ok());
    }
}

#[test]
fn tokens_outside_the_vocabulary_are_sampled_without_the_mark() {
    for (id, reason) in [(-5, "candidate -5"), (i32::MAX, "token id 2147483647")] {
        let chain = chain(sampler());
        let mut left = candidates(&[1.0, 2.0]);
        left[1].id = id;
        assert!(chain.apply(&mut left).0.is_some());
        let found = report_of(&chain);
        let text = found.last_error.expect("the error is kept").to_string();
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn an_accepted_token_outside_the_vocabulary_is_told() {
    let chain = chain(sampler());
    chain.accept(-1);
    assert_eq!(report_of(&chain).failed, 0);
    chain.accept(i32::MAX);
    assert_eq!(report_of(&chain).failed, 1);
    chain.run(0..3);
    assert_eq!(report_of(&chain).marked, 3);
}

#[test]
fn no_candidates_are_an_error() {
    let chain = chain(sampler());
    // SAFETY: the chain is alive.
    let error = unsafe { select(chain.0, &mut []) };
    assert_eq!(error, Err(StepError::NoCandidates { step: 3 }));
}

struct Panics;

impl Scheme for Panics {
    fn max_token(&self) -> TokenId {
        TokenId::MAX
    }

    fn choose(
        &self,
        _: &CellBatch,
        _: &mut [f32],
        _: f64,
        _: &mut Scratch,
    ) -> Result<usize, RowError> {
        panic!("a fault on purpose")
    }

    fn choose_row(
        &self,
        _: &[TokenId],
        _: &mut [f32],
        _: f64,
        _: &mut Scratch,
    ) -> Result<usize, RowError> {
        panic!("a fault on purpose")
    }
}

#[test]
fn a_panic_does_not_reach_c_and_ends_the_mark_only() {
    let mark = mark("gumbel").made_by(Arc::new(Panics), Habits::NATIVE);
    let marker = || mark.marker(&[]).expect("made here");
    let going_on = chain(Sampler::new(marker(), 2));
    going_on.run(0..5);
    let found = report_of(&going_on);
    assert_eq!((found.marked, found.failed, found.unmarked), (0, 1, 4));
    let text = found.last_error.expect("the error is kept").to_string();
    assert!(text.contains("a fault on purpose"), "{text}");
    let refused = chain(Sampler::new(marker(), 2).on_error(OnError::Refuse));
    // SAFETY: the chain is alive.
    let error = unsafe { select(refused.0, &mut candidates(&logits(0))) };
    assert!(
        matches!(error, Err(StepError::Panicked { .. })),
        "{error:?}"
    );
}

#[test]
fn the_key_is_never_shown() {
    let chain = chain(sampler());
    chain.apply(&mut candidates(&vec![f32::NAN; VOCABULARY]));
    for shown in [
        format!("{:?}", sampler()),
        format!("{:#?}", sampler()),
        format!("{:?}", report_of(&chain)),
    ] {
        assert!(
            !shown.to_lowercase().contains("a7a7") && !shown.contains("167, 167"),
            "{shown}"
        );
        assert!(!shown.contains(&format!("{KEY:?}")), "{shown}");
    }
}
