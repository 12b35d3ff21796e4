//! The processor under the contract of mistral.rs 0.8: `apply(&self, &Tensor, &[u32]) -> Result<Tensor>` with the context of
//! prompt and answer, before temperature and truncation, more than once a step where a grammar refuses.

use std::collections::HashSet;
use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use hallmark_core::keys::RootKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::sampling::{Candidates, Sampling};
use hallmark_mistralrs::{OnError, Processor, ProcessorError};

const VOCABULARY: usize = 1000;
const KEY: [u8; 32] = [0xa7; 32];
const SCHEMES: [&str; 4] = ["gumbel", "dual-gumbel", "tournament", "green"];
const PROMPT: [u32; 3] = [5, 6, 7];
const SEED: u64 = 12;

#[cfg(feature = "mistralrs")]
use mistralrs_core::CustomLogitsProcessor;

/// The trait as mistralrs-core 0.8.1 has it.
#[cfg(not(feature = "mistralrs"))]
trait CustomLogitsProcessor: Send + Sync {
    fn apply(&self, logits: &Tensor, context: &[u32]) -> candle_core::Result<Tensor>;
}

#[cfg(not(feature = "mistralrs"))]
impl CustomLogitsProcessor for Processor {
    fn apply(&self, logits: &Tensor, context: &[u32]) -> candle_core::Result<Tensor> {
        Self::apply(self, logits, context)
    }
}

/// What the engine does: processors, then the likeliest token (any sampler finds a token that all others are masked beside).
fn engine(
    processor: &Arc<dyn CustomLogitsProcessor>,
    logits: &[f32],
    context: &[u32],
) -> (u32, bool) {
    let row = processor
        .apply(&tensor(logits), context)
        .expect("a row")
        .to_vec1::<f32>()
        .expect("one row");
    let left = row.iter().filter(|logit| logit.is_finite()).count();
    let best = (0..row.len()).max_by(|&one, &other| row[one].total_cmp(&row[other]));
    (best.expect("a token") as u32, left == 1)
}

/// A request of so many steps, and which of them were marked. The engine's own sampler is the arg-max.
fn run(processor: Processor, steps: usize) -> (Vec<u32>, Vec<bool>) {
    let processor: Arc<dyn CustomLogitsProcessor> = Arc::new(processor);
    let (mut context, mut marked) = (PROMPT.to_vec(), Vec::new());
    for step in 0..steps {
        let (token, alone) = engine(&processor, &logits(step), &context);
        context.push(token);
        marked.push(alone);
    }
    (context.split_off(PROMPT.len()), marked)
}

fn mark(scheme: &str) -> Mark {
    let parameters = match scheme {
        "green" => "[green]\ngamma = 0.5\ndelta = 3.0\n",
        "tournament" => "[tournament]\nlayers = 10\n",
        _ => "",
    };
    let profile = Profile::parse(&format!(
        "hallmark = 1\nname = \"test\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
         [tokenizer]\nvocab_size = {VOCABULARY}\n{parameters}"
    ));
    let key = RootKey::from_bytes(KEY).default_cohort();
    Mark::new(&profile.expect("the profile is well formed"), &key.into()).expect("the key fits")
}

fn settings() -> Sampling {
    Sampling {
        temperature: 0.8,
        top_k: 40,
        top_p: 0.95,
        min_p: 0.01,
    }
}

fn processor(scheme: &str) -> Processor {
    Processor::new(&mark(scheme), settings(), SEED).expect("made here")
}

/// Logits in nats that differ by step and token, from −4 to 4.
fn logits(step: usize) -> Vec<f32> {
    let mut state = 1 + step as u64;
    let each = (0..VOCABULARY).map(|_| {
        // Knuth's MMIX generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32 * 8.0 - 4.0
    });
    each.collect()
}

fn tensor(row: &[f32]) -> Tensor {
    Tensor::new(row, &Device::Cpu).expect("a row")
}

#[test]
fn marked_tokens_are_the_markers_and_other_rows_are_left_alone() {
    let (tokens, marked) = run(processor("gumbel"), 100);
    let mut marker = mark("gumbel").marker(&PROMPT).expect("made here");
    let mut candidates = Candidates::default();
    for (step, &token) in tokens.iter().enumerate() {
        assert_eq!(marked[step], marker.is_open(), "step {step}");
        if marker.is_open() {
            // Gumbel's choice does not depend on ordinary randomness.
            let choice = marker.sample_row(&mut logits(step), &settings(), &mut candidates, 0.5);
            assert_eq!(
                choice.expect("logits are usable").index as u32,
                token,
                "step {step}"
            );
        }
        marker.accept(token).expect("in the vocabulary");
    }
    assert_eq!(marked.iter().filter(|&&marked| marked).count(), 98);
    let first = processor("gumbel")
        .apply(&tensor(&logits(0)), &PROMPT)
        .expect("a row");
    assert_eq!(first.to_vec1::<f32>().expect("one row"), logits(0));
}

#[test]
fn calls_in_any_order_and_number_give_the_same() {
    for scheme in SCHEMES {
        let (tokens, _) = run(processor(scheme), 60);
        let context: Vec<u32> = PROMPT.iter().chain(&tokens).copied().collect();
        let asked: Arc<dyn CustomLogitsProcessor> = Arc::new(processor(scheme).after(PROMPT.len()));
        // Backwards, each twice.
        for step in (2..60).rev() {
            let context = &context[..PROMPT.len() + step];
            for _ in 0..2 {
                assert_eq!(
                    engine(&asked, &logits(step), context).0,
                    tokens[step],
                    "{scheme} step {step}"
                );
            }
        }
    }
}

#[test]
fn a_second_call_under_a_grammar_chooses_among_what_it_allows() {
    for scheme in SCHEMES {
        let asked: Arc<dyn CustomLogitsProcessor> = Arc::new(processor(scheme));
        let mut context = PROMPT.to_vec();
        for step in 0..60 {
            let (first, _) = engine(&asked, &logits(step), &context);
            // The grammar refuses the first token, and all even ones.
            let mut left = logits(step);
            for (token, logit) in left.iter_mut().enumerate() {
                if token % 2 == 0 || token as u32 == first {
                    *logit = f32::NEG_INFINITY;
                }
            }
            let (second, _) = engine(&asked, &left, &context);
            assert!(left[second as usize].is_finite(), "{scheme} step {step}");
            context.push(second);
        }
    }
}

#[test]
fn choices_of_one_request_do_not_disturb_each_other() {
    let shared: Arc<dyn CustomLogitsProcessor> = Arc::new(processor("gumbel"));
    let alone: [Arc<dyn CustomLogitsProcessor>; 2] =
        [Arc::new(processor("gumbel")), Arc::new(processor("gumbel"))];
    let mut contexts = [PROMPT.to_vec(), PROMPT.to_vec()];
    for step in 0..60 {
        for (which, context) in contexts.iter_mut().enumerate() {
            let logits = logits(2 * step + which);
            let (token, _) = engine(&shared, &logits, context);
            assert_eq!(
                token,
                engine(&alone[which], &logits, context).0,
                "choice {which} step {step}"
            );
            context.push(token);
        }
    }
    assert_ne!(contexts[0], contexts[1]);
}

#[test]
fn temperature_0_is_untouched_but_by_a_bias() {
    for scheme in SCHEMES {
        let greedy = Sampling {
            temperature: 0.0,
            ..Sampling::default()
        };
        let processor = Processor::new(&mark(scheme), greedy, SEED).expect("made here");
        let (tokens, marked) = run(processor, 60);
        let likeliest = tokens.iter().enumerate().all(|(step, &token)| {
            let row = logits(step);
            row.iter().all(|&logit| logit <= row[token as usize])
        });
        assert_eq!(likeliest, scheme != "green", "{scheme}");
        assert_eq!(marked.contains(&true), scheme == "green", "{scheme}");
    }
}

#[test]
fn truncation_holds_under_every_scheme() {
    for scheme in SCHEMES {
        let (tokens, marked) = run(processor(scheme), 100);
        assert!(
            marked.iter().filter(|&&marked| marked).count() > 90,
            "{scheme}"
        );
        for (step, &token) in tokens.iter().enumerate() {
            let row = logits(step);
            let above = row
                .iter()
                .filter(|&&logit| logit > row[token as usize])
                .count();
            assert!(above < 40, "{scheme} step {step}");
        }
    }
}

#[test]
fn shape_and_type_stay() {
    let context = [PROMPT.as_slice(), &[1, 2]].concat();
    for dtype in [DType::F32, DType::F16, DType::BF16] {
        let row = tensor(&logits(0))
            .to_dtype(dtype)
            .expect("rounded")
            .reshape((1, 1, VOCABULARY))
            .expect("one row");
        let masked = processor("gumbel")
            .after(PROMPT.len())
            .apply(&row, &context)
            .expect("a row");
        assert_eq!((masked.dims(), masked.dtype()), (row.dims(), dtype));
        let masked: Vec<f32> = masked
            .to_dtype(DType::F32)
            .expect("exact")
            .flatten_all()
            .expect("one row")
            .to_vec1()
            .expect("one row");
        assert_eq!(masked.iter().filter(|logit| logit.is_finite()).count(), 1);
    }
}

#[test]
fn what_cannot_be_marked_goes_on_or_is_refused() {
    let context = [PROMPT.as_slice(), &[1, 2]].concat();
    let mut bad = logits(0);
    bad[17] = f32::NAN;
    let going_on = processor("gumbel").after(PROMPT.len());
    assert_eq!(going_on.last_error(), None);
    let row = going_on
        .apply(&tensor(&bad), &context)
        .expect("goes on")
        .to_vec1::<f32>()
        .expect("one row");
    assert!(row[17].is_nan() && row[..17] == bad[..17]);
    let error = going_on.last_error().expect("the error is kept");
    assert!(
        matches!(error, ProcessorError::Marker { position: 2, .. }),
        "{error}"
    );
    let refused = processor("gumbel")
        .after(PROMPT.len())
        .on_error(OnError::Refuse);
    let error = refused
        .apply(&tensor(&bad), &context)
        .expect_err("refused")
        .to_string();
    assert!(error.contains("token 17 is NaN"), "{error}");
}

#[test]
fn another_requests_context_is_not_marked() {
    let processor = processor("gumbel");
    processor
        .apply(&tensor(&logits(0)), &PROMPT)
        .expect("goes on");
    for context in [&[5, 6][..], &[8, 9, 10, 11, 12]] {
        let row = processor
            .apply(&tensor(&logits(0)), context)
            .expect("goes on");
        assert_eq!(row.to_vec1::<f32>().expect("one row"), logits(0));
        assert!(matches!(
            processor.last_error(),
            Some(ProcessorError::OtherRequest { expected: 3, .. })
        ));
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let bad = Sampling {
        top_p: 0.0,
        ..Sampling::default()
    };
    let error = Processor::new(&mark("gumbel"), bad, SEED).expect_err("refused");
    assert!(error.to_string().contains("top_p"), "{error}");
}

#[test]
fn the_key_is_never_shown() {
    let processor = processor("gumbel");
    let context = [PROMPT.as_slice(), &[901, 902]].concat();
    processor
        .apply(&tensor(&logits(0)), &context)
        .expect("a row");
    let shown = format!("{processor:?}{processor:#?}").to_lowercase();
    let secrets = HashSet::from([
        format!("{KEY:?}"),
        "a7a7".into(),
        "167, 167".into(),
        "901".into(),
    ]);
    assert!(
        secrets.iter().all(|secret| !shown.contains(secret)),
        "{shown}"
    );
}
