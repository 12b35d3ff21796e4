//! The sampler in chains that llama.cpp itself runs.

mod support;

use hallmark_core::marker::Marker;
use hallmark_llama_cpp::{Sampler, report};
use llama_cpp_sys_2 as llama;
use support::{Chain, candidates, logits, mark};

const K: i32 = 40;

/// What the marker alone chooses among the candidates that the same chain leaves.
fn by_marker(mut marker: Marker, temperature: f32, steps: usize, seed: u32) -> Vec<i32> {
    let ordinary = Chain::dist(K, temperature, seed);
    let tokens = (0..steps).map(|step| {
        let (drawn, left) = ordinary.apply(&mut candidates(&logits(step)));
        let token = if marker.is_open() {
            let ids: Vec<u32> = left.iter().map(|candidate| candidate.id as u32).collect();
            let mut logits: Vec<f32> = left.iter().map(|candidate| candidate.logit).collect();
            // Gumbel's choice does not depend on the ordinary randomness.
            let choice = marker
                .choose(&ids, &mut logits, 0.5)
                .expect("logits are usable");
            assert!(choice.marked);
            ids[choice.index] as i32
        } else {
            drawn.expect("dist selects")
        };
        marker
            .accept(token as u32)
            .expect("the token is in the vocabulary");
        token
    });
    tokens.collect()
}

#[test]
fn marked_tokens_are_the_markers_and_the_others_those_of_dist() {
    let mark = mark("gumbel");
    let marker = || mark.marker(&[]).expect("the mark is made here");
    let chain = Chain::marked(K, 0.8, Sampler::new(marker(), 11));
    let tokens = chain.run(0..200);
    assert_eq!(tokens, by_marker(marker(), 0.8, 200, 11));
    // SAFETY: the chain is alive.
    let report = unsafe { report(chain.0) }.expect("the chain has the sampler");
    assert_eq!((report.marked, report.unmarked, report.failed), (198, 2, 0));
    assert_ne!(tokens, Chain::dist(K, 0.8, 11).run(0..200));
}

#[test]
fn without_a_marker_every_token_is_that_of_dist() {
    for seed in 0..20 {
        let plain = Chain::marked(K, 0.8, Sampler::unmarked(seed)).run(0..100);
        assert_eq!(plain, Chain::dist(K, 0.8, seed).run(0..100), "seed {seed}");
        // Without truncation: the weights of a whole row, and unsorted candidates.
        let plain = Chain::marked(0, 1.3, Sampler::unmarked(seed)).run(0..20);
        assert_eq!(plain, Chain::dist(0, 1.3, seed).run(0..20), "seed {seed}");
    }
}

#[test]
fn probabilities_before_the_mark_are_those_of_dist() {
    let marked = Chain::marked(
        K,
        0.8,
        Sampler::new(mark("gumbel").marker(&[]).expect("made here"), 1),
    );
    let plain = Chain::dist(K, 0.8, 1);
    for step in 0..50 {
        let (token, left) = marked.apply(&mut candidates(&logits(step)));
        let (_, expected) = plain.apply(&mut candidates(&logits(step)));
        assert_eq!(left, expected, "step {step}");
        marked.accept(token.expect("a token is selected"));
    }
}

#[test]
fn temperature_0_is_untouched_under_every_scheme() {
    for scheme in ["gumbel", "dual-gumbel", "tournament", "green"] {
        let marker = mark(scheme).marker(&[]).expect("made here");
        let chain = Chain::marked(K, 0.0, Sampler::new(marker, 5));
        for (step, token) in chain.run(0..50).into_iter().enumerate() {
            let row = logits(step);
            let top = row.iter().copied().fold(f32::MIN, f32::max);
            assert_eq!(row[token as usize], top, "{scheme}, step {step}");
        }
    }
}

#[test]
fn greedy_takes_the_likeliest_but_for_a_bias() {
    for scheme in ["gumbel", "dual-gumbel", "tournament", "green"] {
        let marker = mark(scheme).marker(&[]).expect("made here");
        let chain = Chain::marked(K, 1.0, Sampler::new(marker, 5).greedy());
        let tokens = chain.run(0..50);
        let likeliest = tokens.iter().enumerate().all(|(step, &token)| {
            let row = logits(step);
            row.iter().all(|&logit| logit <= row[token as usize])
        });
        assert_eq!(likeliest, scheme != "green", "{scheme}");
    }
}

#[test]
fn a_masked_candidate_is_never_selected() {
    for scheme in ["gumbel", "dual-gumbel", "tournament", "green"] {
        let marker = mark(scheme).marker(&[]).expect("made here");
        let chain = Chain::marked(0, 1.0, Sampler::new(marker, 5));
        for step in 0..200 {
            let mut row = logits(step);
            // All but three tokens, which depend on the step.
            for (token, logit) in row.iter_mut().enumerate() {
                if (token + step) % 331 != 0 {
                    *logit = f32::NEG_INFINITY;
                }
            }
            let (token, _) = chain.apply(&mut candidates(&row));
            let token = token.expect("a token is selected");
            assert!(row[token as usize].is_finite(), "{scheme}, step {step}");
            chain.accept(token);
        }
        // SAFETY: the chain is alive.
        let report = unsafe { report(chain.0) }.expect("the chain has the sampler");
        assert!(report.marked > 100, "{scheme}: {report:?}");
    }
}

#[test]
fn a_clone_goes_on_as_the_original_and_apart_from_it() {
    let chain = Chain::marked(
        K,
        0.8,
        Sampler::new(mark("tournament").marker(&[]).expect("made here"), 3),
    );
    chain.run(0..30);
    let other = chain.copy();
    let expected = chain.run(30..60);
    assert_eq!(other.run(30..60), expected);
    other.reset();
    assert_eq!(chain.run(60..90), {
        let again = Chain::marked(
            K,
            0.8,
            Sampler::new(mark("tournament").marker(&[]).expect("made here"), 3),
        );
        again.run(0..60);
        again.run(60..90)
    });
}

#[test]
fn llama_sampler_copy_takes_the_state_over() {
    let sampler = || Sampler::new(mark("gumbel").marker(&[]).expect("made here"), 3).into_raw();
    let (from, to) = (Chain(sampler()), Chain(sampler()));
    from.run(0..10);
    to.run(50..55);
    // SAFETY: both samplers are alive and of one kind.
    unsafe { llama::llama_sampler_copy(from.0, to.0) };
    assert_eq!(to.run(10..40), from.run(10..40));
}

#[test]
fn after_a_reset_the_same_tokens_come_again() {
    let chain = Chain::marked(
        K,
        0.8,
        Sampler::new(mark("green").marker(&[]).expect("made here"), 9),
    );
    let first = chain.run(0..60);
    chain.reset();
    // SAFETY: the chain is alive.
    let report = unsafe { report(chain.0) }.expect("the chain has the sampler");
    assert_eq!((report.marked, report.unmarked), (0, 0));
    assert_eq!(chain.run(0..60), first);
}

#[test]
fn a_prompt_that_the_host_accepts_is_not_the_answer() {
    let sampler = || Sampler::new(mark("gumbel").marker(&[]).expect("made here"), 4);
    let expected = Chain::marked(K, 0.8, sampler()).run(0..50);
    let chain = Chain::marked(K, 0.8, sampler().prompt_accepted(3));
    for _ in 0..2 {
        for token in [1, 2, 3] {
            chain.accept(token);
        }
        assert_eq!(chain.run(0..50), expected);
        chain.reset();
    }
}

#[test]
fn it_says_its_name_and_is_found_in_chains_only_where_it_is() {
    let raw = Sampler::unmarked(1).into_raw();
    // SAFETY: the sampler is alive; its name is a constant.
    let name = unsafe { std::ffi::CStr::from_ptr(llama::llama_sampler_name(raw)) };
    assert_eq!(name, c"hallmark");
    let chain = Chain::new(K, 1.0, raw);
    // SAFETY: the chains are alive.
    unsafe {
        assert!(report(chain.0).is_some());
        assert!(report(raw).is_some());
        assert!(report(Chain::dist(K, 1.0, 1).0).is_none());
        assert!(report(std::ptr::null_mut()).is_none());
    }
}
