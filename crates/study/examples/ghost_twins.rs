//! How well ghost twins find a student that learned from what was sent: the table of `docs/tests/twins.md`.
//!
//! A teacher draws two answers to each of some prompts, and a coin says which is sent. A student learns from sent answers, mixed with answers to
//! other prompts, and gives both twins of each pair its log-probability per token; so does the model that it started from. A line for each
//! student and number of pairs:
//!
//! ```bash
//! cargo run --release -p hallmark-study --example ghost_twins -- 3 > docs/studies/twins.tsv
//! ```

use hallmark_detector::statistic::twins;
use hallmark_lab::{
    Exchange, LabError, Lessons, Sampling, TrainConfig, Transformer, Unmarked, assets, generate,
    random, train,
};

/// Answers that a student learns from.
const TRAINING: usize = 1024;
const PROMPT: usize = 12;
const ANSWER: usize = 48;
const BATCH: usize = 32;
/// Shares of the training answers that were sent to the account; 0 is an innocent student.
const SHARES: [f64; 3] = [0.0, 0.1, 1.0];
const PASSES: [usize; 2] = [1, 3];
const PAIRS: [usize; 3] = [50, 100, 1024];

fn main() -> Result<(), LabError> {
    let seeds = std::env::args().nth(1).and_then(|text| text.parse().ok());
    println!(
        "seed\tshare\tpasses\tpairs\tahead\tlog10_p_sign\tlog10_p_weighted\tlog10_e\tahead_ref\tlog10_p_sign_ref\tlog10_p_weighted_ref\tlog10_e_ref"
    );
    (1..=seeds.unwrap_or(1)).try_for_each(of_seed)
}

fn of_seed(seed: u64) -> Result<(), LabError> {
    let teacher = assets::teacher()?;
    let mut prompts = assets::prompts(seed, PROMPT, &assets::tokenizer()?)?;
    prompts.truncate(2 * TRAINING);
    let answers = |part: u64, prompts: &[Vec<u32>]| {
        let seed = random::derived(seed, part);
        let sampling = Sampling::default();
        generate(
            &teacher,
            prompts,
            ANSWER,
            &sampling,
            seed,
            &mut Unmarked,
            &mut |_, _| {},
        )
    };
    let (own, other) = prompts.split_at(TRAINING.min(prompts.len() / 2));
    let twins = [answers(1, own)?, answers(2, own)?];
    let elsewhere = answers(3, other)?;
    let mut coins = random::generator(seed, 4);
    let sent: Vec<usize> = own.iter().map(|_| random::below(&mut coins, 2)).collect();
    let base = assets::student_base()?;
    let by_base = scores(&base, own, &twins)?;
    for share in SHARES {
        for passes in PASSES {
            let count = (share * own.len() as f64) as usize;
            let of_account = (0..count).map(|at| (&own[at], &twins[sent[at]][at]));
            let rest = other.iter().zip(&elsewhere).take(own.len() - count);
            let lessons: Vec<Exchange> = of_account
                .chain(rest)
                .map(|(prompt, answer)| Exchange {
                    prompt: prompt.clone(),
                    answer: answer.clone(),
                })
                .collect();
            let config = TrainConfig {
                steps: (passes * lessons.len()).div_ceil(BATCH),
                batch: BATCH,
                seed,
                ..TrainConfig::default()
            };
            let mut student = assets::student_base()?;
            train(
                &mut student,
                &Lessons::Answers(&lessons),
                &config,
                &mut |_, _, _| {},
            )?;
            let by_student = scores(&student, own, &twins)?;
            // Of an innocent student all pairs count, of others those that it learned from.
            let learned = if count == 0 { own.len() } else { count };
            for pairs in PAIRS.into_iter().filter(|&pairs| pairs <= learned) {
                line(seed, share, passes, &sent[..pairs], &by_student, &by_base);
            }
        }
    }
    Ok(())
}

/// Mean log-probability of each answer's tokens, of both twins of each prompt.
fn scores(
    model: &Transformer,
    prompts: &[Vec<u32>],
    twins: &[Vec<Vec<u32>>; 2],
) -> Result<Vec<[f64; 2]>, LabError> {
    let mut all = vec![];
    for (at, prompt) in prompts.iter().enumerate() {
        all.push([
            score(model, prompt, &twins[0][at])?,
            score(model, prompt, &twins[1][at])?,
        ]);
    }
    Ok(all)
}

fn score(model: &Transformer, prompt: &[u32], answer: &[u32]) -> Result<f64, LabError> {
    let text = [prompt, answer].concat();
    let rows = model.logits(&text)?;
    let vocab = model.config().vocab;
    let mut sum = 0.0;
    for (at, &token) in text.iter().enumerate().skip(prompt.len()) {
        let row = &rows[(at - 1) * vocab..][..vocab];
        let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f64 = row.iter().map(|&logit| f64::from(logit - most).exp()).sum();
        sum += f64::from(row[token as usize] - most) - total.ln();
    }
    Ok(sum / answer.len().max(1) as f64)
}

fn line(
    seed: u64,
    share: f64,
    passes: usize,
    sent: &[usize],
    student: &[[f64; 2]],
    base: &[[f64; 2]],
) {
    let found = |less: f64| {
        let difference = |(at, &sent): (usize, &usize)| {
            let of = |side: usize| student[at][side] - less * base[at][side];
            Some(of(sent) - of(1 - sent))
        };
        let differences: Vec<Option<f64>> = sent.iter().enumerate().map(difference).collect();
        twins::test(&differences).map(|found| {
            format!(
                "{:.3}\t{:.1}\t{:.1}\t{:.1}",
                found.sent_larger as f64 / found.pairs.max(1) as f64,
                found.log10_p_sign.value(),
                found.log10_p_weighted.value(),
                found.log10_e.value()
            )
        })
    };
    let texts = [0.0, 1.0].map(|less| found(less).unwrap_or_else(|error| error.to_string()));
    println!(
        "{seed}\t{share}\t{passes}\t{}\t{}",
        sent.len(),
        texts.join("\t")
    );
}
