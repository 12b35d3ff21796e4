//! Trains a checkpoint on the corpus' training documents.
use std::time::Instant;

use hallmark_lab::{Config, Lessons, TrainConfig, Transformer, assets, evaluate, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = std::collections::HashMap::new();
    for argument in std::env::args().skip(1) {
        let (name, value) = argument.split_once('=').ok_or("settings are name=value")?;
        settings.insert(name.to_owned(), value.to_owned());
    }
    let number = |name: &str, default: f64| -> f64 { settings.get(name).map_or(default, |v| v.parse().unwrap()) };
    let tokenizer = assets::Tokenizer::from_json(&std::fs::read(&settings["tokenizer"])?)?;
    let text = assets::tokens(assets::Split::Train, &tokenizer)?;
    let held = assets::tokens(assets::Split::Validation, &tokenizer)?;
    let vocab = 1 + *text.iter().chain(&held).flatten().max().ok_or("no text")? as usize;
    let config = Config {
        layers: number("layers", 4.0) as usize,
        width: number("width", 128.0) as usize,
        context: number("context", 96.0) as usize,
        vocab: vocab.next_multiple_of(16),
    };
    let seed = number("seed", 1.0) as u64;
    let mut model = Transformer::new(config, seed)?;
    let schedule = TrainConfig {
        steps: number("steps", 1000.0) as usize,
        batch: number("batch", 32.0) as usize,
        learning_rate: number("rate", 3e-3),
        weight_decay: number("decay", 0.1),
        seed,
    };
    println!("{config:?} {} parameters, {} tokens; {schedule:?}", config.parameters(), text.iter().map(Vec::len).sum::<usize>());
    let start = Instant::now();
    let mut mean = 0.0;
    train(&mut model, &Lessons::Text { documents: &text, length: config.context }, &schedule, &mut |done, all, loss| {
        mean += loss;
        if done % 50 == 0 {
            let speed = (done * schedule.batch * config.context) as f64 / start.elapsed().as_secs_f64();
            println!("{done}/{all} {:.3} {speed:.0} tokens/s", mean / 50.0);
            mean = 0.0;
        }
    })?;
    println!("validation {:.3}", evaluate(&model, &held, config.context, 400)?);
    model.to_safetensors(settings["out"].as_ref())?;
    Ok(())
}
