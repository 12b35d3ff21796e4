//! Without a mark the sampler is candle's own, token by token.

use candle_core::{Device, Tensor};
use candle_transformers::generation::{LogitsProcessor as Candles, Sampling as CandlesSampling};
use hallmark_candle::{LogitsProcessor, Sampling};

#[path = "support/mod.rs"]
mod support;
use support::logits;

/// Settings in both types.
fn settings() -> Vec<(Sampling, CandlesSampling)> {
    let mut all = vec![(Sampling::ArgMax, CandlesSampling::ArgMax)];
    for temperature in [0.3, 1.0, 1.7] {
        all.push((
            Sampling::All { temperature },
            CandlesSampling::All { temperature },
        ));
        for k in [1, 40, 999, 1000, 5000] {
            all.push((
                Sampling::TopK { k, temperature },
                CandlesSampling::TopK { k, temperature },
            ));
            for p in [0.2, 0.9, 1.0] {
                let ours = Sampling::TopKThenTopP { k, p, temperature };
                all.push((ours, CandlesSampling::TopKThenTopP { k, p, temperature }));
            }
        }
        for p in [-1.0, 0.0, 0.05, 0.5, 0.95, 1.0, 2.0] {
            all.push((
                Sampling::TopP { p, temperature },
                CandlesSampling::TopP { p, temperature },
            ));
        }
    }
    all
}

fn rows() -> Vec<Tensor> {
    let row = |step| Tensor::new(logits(step), &Device::Cpu).expect("a row");
    (0..30).map(row).collect()
}

#[test]
fn the_same_seed_gives_the_same_tokens() {
    let rows = rows();
    for (seed, (ours, theirs)) in settings().into_iter().enumerate() {
        let name = format!("{ours:?}");
        let mut ours = LogitsProcessor::from_sampling(seed as u64, ours);
        let mut theirs = Candles::from_sampling(seed as u64, theirs);
        for row in &rows {
            assert_eq!(
                ours.sample(row).expect("ours"),
                theirs.sample(row).expect("theirs"),
                "{name}"
            );
        }
    }
}

#[test]
fn so_do_changed_probabilities() {
    let rows = rows();
    let change = |row: &mut [f32]| {
        row.iter_mut()
            .step_by(3)
            .for_each(|probability| *probability = 0.0);
    };
    for (seed, (ours, theirs)) in settings().into_iter().enumerate() {
        let name = format!("{ours:?}");
        let mut ours = LogitsProcessor::from_sampling(seed as u64, ours);
        let mut theirs = Candles::from_sampling(seed as u64, theirs);
        for row in &rows {
            let (ours, theirs) = (ours.sample_f(row, change), theirs.sample_f(row, change));
            // Where one token survives and is changed to nothing, both refuse.
            assert_eq!(ours.ok(), theirs.ok(), "{name}");
        }
    }
}

#[test]
fn optional_settings_are_read_as_candle_reads_them() {
    let rows = rows();
    for temperature in [None, Some(0.0), Some(1e-8), Some(0.8)] {
        for top_p in [None, Some(0.5), Some(1.0)] {
            let mut ours = LogitsProcessor::new(5, temperature, top_p);
            let mut theirs = Candles::new(5, temperature, top_p);
            for row in &rows {
                let (ours, theirs) = (
                    ours.sample(row).expect("ours"),
                    theirs.sample(row).expect("theirs"),
                );
                assert_eq!(ours, theirs, "{temperature:?} {top_p:?}");
            }
        }
    }
}

#[test]
fn noise_from_the_device_follows_the_probabilities() {
    // Two tokens with probabilities 0.9 and 0.1 at temperature 2. candle seeds no CPU generator, so tokens cannot be compared.
    let row = Tensor::new(&[0.0f32, -2.0 * 9f32.ln()], &Device::Cpu).expect("a row");
    let mut sampler =
        LogitsProcessor::from_sampling(1, Sampling::GumbelSoftmax { temperature: 2.0 });
    let draws = 2000;
    let second = (0..draws)
        .filter(|_| sampler.sample(&row).expect("a token") == 1)
        .count();
    // Mean 200, standard deviation 13.4: outside 120..=280 with probability 2e-9.
    assert!((120..=280).contains(&second), "{second}");
}
