//! GGUF models: the numbers are those of straightforward arithmetic, sampling in batches changes nothing, and files
//! that are not such models are refused with the reason.

mod small;

use std::error::Error;

use candle_core::quantized::GgmlDType;
use hallmark_lab::gguf::Gguf;
use hallmark_lab::{
    Chooser, LabError, LanguageModel, Limit, Sampling, Unmarked, generate, generate_until,
};
use small::{Small, VOCAB};

/// Largest error of a logit: keys and values are kept with 16 bits.
const ERROR: f64 = 2e-3;

fn prompts(count: u32) -> Vec<Vec<u32>> {
    (0..count)
        .map(|i| {
            (0..=i % 37)
                .map(|j| (i * 31 + j * 17) % VOCAB as u32)
                .collect()
        })
        .collect()
}

#[test]
fn logits_are_those_of_scalar_arithmetic() {
    for kind in [
        GgmlDType::F32,
        GgmlDType::F16,
        GgmlDType::Q8_0,
        GgmlDType::Q4_1,
    ] {
        for output in [false, true] {
            let small = Small::new(kind, output);
            let model = small.open().unwrap();
            // Longer than two blocks of cached keys, and not a whole number of them.
            let tokens: Vec<u32> = (0..41).map(|i| (i * i * 7 + 3) % VOCAB as u32).collect();
            let logits = model.logits(&tokens).unwrap();
            let expected = small.logits(&tokens);
            assert_eq!(logits.len(), expected.len());
            for (i, (&a, b)) in logits.iter().zip(expected).enumerate() {
                let error = (f64::from(a) - b).abs();
                assert!(error < ERROR, "{kind:?}, {}: {a} {b}", i / VOCAB);
            }
        }
    }
}

/// Samples and keeps the logits it was shown.
#[derive(Default)]
struct Recorder(Vec<(usize, Vec<f32>)>);

impl Chooser for Recorder {
    fn choose(
        &mut self,
        sequence: usize,
        logits: &mut [f32],
        uniform: f64,
    ) -> Result<u32, Box<dyn Error + Send + Sync>> {
        self.0.push((sequence, logits.to_vec()));
        Unmarked.choose(sequence, logits, uniform)
    }
}

fn answers(
    model: &Gguf,
    prompts: &[Vec<u32>],
    limit: Limit,
    chooser: &mut dyn Chooser,
) -> Vec<Vec<u32>> {
    let sampling = Sampling::default();
    generate_until(model, prompts, limit, &sampling, 7, chooser, &mut |_, _| {})
        .expect("a fine request")
}

/// More prompts than places, of many lengths, with answers that end at different times: places are used again.
#[test]
fn sequences_stepped_together_get_the_logits_they_would_get_alone() {
    let model = Small::new(GgmlDType::F32, false).open().unwrap();
    let batch = model.batch(50);
    let prompts = prompts((batch.shards * batch.slots + 70) as u32);
    let limit = Limit {
        tokens: 12,
        stop: Some(5),
    };
    let mut recorder = Recorder::default();
    let answers = answers(&model, &prompts, limit, &mut recorder);
    let early = answers.iter().filter(|answer| answer.len() < 12).count();
    assert!(early > 10 && early < prompts.len(), "{early}");
    assert!(answers.iter().all(|answer| !answer.contains(&5)));
    for (sequence, (prompt, answer)) in prompts.iter().zip(&answers).enumerate().step_by(9) {
        let text: Vec<u32> = prompt.iter().chain(answer).copied().collect();
        let alone = model.logits(&text).unwrap();
        let alone = alone.chunks(VOCAB).skip(prompt.len() - 1);
        let seen: Vec<_> = recorder.0.iter().filter(|(s, _)| *s == sequence).collect();
        assert_eq!(seen.len(), (answer.len() + 1).min(12));
        for ((_, together), alone) in seen.iter().zip(alone) {
            for (a, b) in together.iter().zip(alone) {
                assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let model = Small::new(GgmlDType::F32, false).open().unwrap();
    let prompts = prompts(300);
    let limit = Limit {
        tokens: 9,
        stop: Some(5),
    };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| answers(&model, &prompts, limit, &mut Unmarked))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn progress_ends_at_the_whole() {
    let model = Small::new(GgmlDType::F32, false).open().unwrap();
    let limit = Limit {
        tokens: 6,
        stop: Some(5),
    };
    let mut seen = Vec::new();
    generate_until(
        &model,
        &prompts(40),
        limit,
        &Sampling::default(),
        1,
        &mut Unmarked,
        &mut |done, total| seen.push((done, total)),
    )
    .unwrap();
    assert!(seen.is_sorted());
    assert_eq!(seen.last(), Some(&(240, 240)));
}

#[test]
fn the_context_is_a_limit() {
    let model = Small::new(GgmlDType::F32, false).open().unwrap();
    let context = model.context();
    let ask = |prompt: usize, tokens| {
        generate(
            &model,
            &[vec![1; prompt]],
            tokens,
            &Sampling::default(),
            1,
            &mut Unmarked,
            &mut |_, _| {},
        )
    };
    assert_eq!(ask(context - 4, 5).unwrap()[0].len(), 5);
    assert!(matches!(
        ask(context - 4, 6),
        Err(LabError::Sequence { .. })
    ));
    assert!(model.logits(&vec![1; context]).is_ok());
    for wrong in [vec![], vec![1; context + 1], vec![VOCAB as u32]] {
        assert!(matches!(
            model.logits(&wrong),
            Err(LabError::Sequence { .. })
        ));
    }
}

#[test]
fn a_question_is_written_as_the_template_says() {
    let small = Small::new(GgmlDType::F32, false);
    let encode = |text: &str| text.bytes().map(u32::from).collect::<Vec<_>>();
    let model = small.open().unwrap();
    let chat = model.chat().expect("the file has a template");
    assert_eq!(chat.system(), Some("Be kind."));
    assert_eq!((chat.end(), model.end()), (2, Some(2)));
    let asked = chat.ask("Who?", encode);
    let mut expected = vec![1];
    expected.extend(encode("system\nBe kind."));
    expected.push(2);
    expected.extend(encode("\n"));
    expected.push(1);
    expected.extend(encode("user\nWho?"));
    expected.push(2);
    expected.extend(encode("\n"));
    expected.push(1);
    expected.extend(encode("assistant\n"));
    assert_eq!(asked, expected);
    let plain = small.without("tokenizer.chat_template").open().unwrap();
    assert!(plain.chat().is_none());
}

#[test]
fn files_that_are_not_such_models_are_refused_with_the_reason() {
    let small = || Small::new(GgmlDType::F32, false);
    let refused = |small: Small, part: &str| {
        let error = small.open().expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    };
    refused(
        small().with_text("general.architecture", "gemma"),
        "`gemma`",
    );
    refused(
        small().with_text("llama.rope.scaling.type", "yarn"),
        "`yarn`",
    );
    refused(
        small().without("llama.block_count"),
        "llama.block_count`: is missing",
    );
    refused(
        small().with_number("llama.block_count", 3),
        "blk.2.attn_q.weight`: is missing",
    );
    refused(
        small().with_number("llama.block_count", 1),
        "blk.1.attn_k.weight`: belongs to a variant",
    );
    refused(
        small().with_number("llama.attention.head_count_kv", 4),
        "does not divide",
    );
    refused(
        small().with_number("llama.attention.head_count_kv", 0),
        "not from 1",
    );
    refused(
        small().with_number("llama.attention.head_count_kv", 3),
        "the metadata make it [48, 64]",
    );
    refused(
        small().with_number("llama.attention.key_length", 24),
        "multiples of 16",
    );
    refused(
        small().with_number("llama.rope.dimension_count", 8),
        "rope.dimension_count",
    );
    refused(
        small().with_number("tokenizer.ggml.eos_token_id", 9999),
        "outside the vocabulary",
    );
    refused(
        small().with_text("llama.embedding_length", "64"),
        "is not a whole number",
    );
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let bytes = Small::new(GgmlDType::Q8_0, false).bytes();
    let read = |bytes: &[u8]| Gguf::read(&mut std::io::Cursor::new(bytes)).map(|_| ());
    assert!(read(&bytes).is_ok());
    for cut in (0..bytes.len())
        .step_by(997)
        .chain([1, 4, 8, bytes.len() - 64])
    {
        assert!(
            matches!(read(&bytes[..cut]), Err(LabError::Gguf(_))),
            "{cut}"
        );
    }
    // Changed bytes of the head may give another model or none, but no panic.
    for at in 0..2000 {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        let _ = read(&damaged);
    }
    let other = read(b"{\"model\": 1}").unwrap_err().to_string();
    assert!(
        other.starts_with("GGUF model: not a readable GGUF file") && !other.contains('\n'),
        "{other}"
    );
    let missing = Gguf::open("/nowhere/model.gguf").unwrap_err().to_string();
    assert!(missing.contains("/nowhere/model.gguf"), "{missing}");
}

/// The file that `make_gguf_logits.py` wrote by numpy alone, from the SmolLM2-135M-Instruct that `HALLMARK_SMOLLM2`
/// names. Logits are of the order of ten.
#[test]
fn smollm2_has_the_logits_that_numpy_finds() {
    let Some(path) = std::env::var_os("HALLMARK_SMOLLM2") else {
        eprintln!("skipped: HALLMARK_SMOLLM2 names no model");
        return;
    };
    let model = Gguf::open(path).unwrap();
    let vocab = model.vocab();
    let mut logits = Vec::new();
    let mut largest: f64 = 0.0;
    for line in include_str!("data/smollm2_logits.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if words[0] == "prompt" {
            let tokens: Vec<u32> = words[1..].iter().map(|id| id.parse().unwrap()).collect();
            logits = model.logits(&tokens).unwrap();
            continue;
        }
        let position: usize = words[1].parse().unwrap();
        let row = &logits[position * vocab..][..vocab];
        let mean_of =
            |power: i32| row.iter().map(|&x| f64::from(x).powi(power)).sum::<f64>() / vocab as f64;
        let found = match words[0] {
            "logit" => f64::from(row[words[2].parse::<usize>().unwrap()]),
            "mean" => mean_of(1),
            "rms" => mean_of(2).sqrt(),
            other => panic!("a line of kind {other}"),
        };
        let expected: f64 = words.last().unwrap().parse().unwrap();
        largest = largest.max((found - expected).abs());
    }
    println!("largest error {largest}");
    assert!(largest > 0.0 && largest < 0.01, "{largest}");
}
