//! Trains one of the shipped checkpoints from the shipped corpus:
//!
//! ```text
//! cargo run --release -p hallmark-lab --example train_checkpoint -- teacher crates/lab/assets/teacher.safetensors
//! cargo run --release -p hallmark-lab --example train_checkpoint -- student-base crates/lab/assets/student-base.safetensors
//! ```
//!
//! Everything is seeded: the same code on the same kind of processor writes the same bytes, on any number of threads.

use std::error::Error;
use std::time::Instant;

use hallmark_lab::assets::{self, Split};
use hallmark_lab::{Config, Lessons, TrainConfig, Transformer, evaluate, train};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: train_checkpoint teacher|student-base OUT".into());
    };
    let vocab = 1024;
    let common = TrainConfig {
        learning_rate: 3e-3,
        weight_decay: 0.1,
        ..TrainConfig::default()
    };
    let (config, schedule) = match name.as_str() {
        "teacher" => (
            Config {
                layers: 4,
                width: 128,
                context: 256,
                vocab,
            },
            TrainConfig {
                steps: 1400,
                batch: 16,
                seed: 1,
                ..common
            },
        ),
        "student-base" => (
            Config {
                layers: 3,
                width: 128,
                context: 128,
                vocab,
            },
            TrainConfig {
                steps: 500,
                batch: 32,
                seed: 2,
                ..common
            },
        ),
        other => return Err(format!("no recipe for `{other}`").into()),
    };
    let tokenizer = assets::tokenizer()?;
    let documents = assets::tokens(Split::Train, &tokenizer)?;
    let held_out = assets::tokens(Split::Validation, &tokenizer)?;
    let tokens: usize = documents.iter().map(Vec::len).sum();
    println!(
        "{config:?}, {} parameters, {tokens} training tokens; {schedule:?}",
        config.parameters()
    );

    let mut model = Transformer::new(config, schedule.seed)?;
    let start = Instant::now();
    let mut recent = 0.0;
    let lessons = Lessons::Text {
        documents: &documents,
        length: config.context,
    };
    train(&mut model, &lessons, &schedule, &mut |done, all, loss| {
        recent += loss / 50.0;
        if done % 50 == 0 {
            let speed =
                (done * schedule.batch * config.context) as f64 / start.elapsed().as_secs_f64();
            println!("step {done} of {all}: loss {recent:.3} nats a token, {speed:.0} tokens/s");
            recent = 0.0;
        }
    })?;
    println!(
        "validation loss {:.3} nats a token",
        evaluate(&model, &held_out, config.context, usize::MAX)?
    );
    model.to_safetensors(out.as_ref())?;
    Ok(())
}
