//! What the mark costs in candle, against candle's own `LogitsProcessor`: one run, the same rows, steps in turn.
//!
//!     cargo run --release --example against-candle -- [ROWS]
//!
//! 131,072 tokens, top-k 40, temperature 0.8. Every step is at a position that carries the mark. On each row both samplers do
//! one step that is not measured and then two that are, in the order ABBA or BAAB by turns; a row's difference is that of the
//! two means. What is printed are medians over rows, with 95% intervals from order statistics.

use std::error::Error;
use std::time::Instant;

use candle_core::{Device, Tensor};
use candle_transformers::generation::{LogitsProcessor as Candles, Sampling as CandlesSampling};
use hallmark_candle::{LogitsProcessor, Sampling};
use hallmark_core::keys::RootKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;

const VOCABULARY: usize = 131_072;
const ROWS: usize = 16;
const SEED: u64 = 7;
const K: usize = 40;
const TEMPERATURE: f64 = 0.8;

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args()
        .nth(1)
        .map_or(Ok(400), |text| text.parse::<usize>())?;
    let rows = (0..ROWS).map(row).collect::<Result<Vec<_>, _>>()?;
    println!(
        "{VOCABULARY} tokens, top-k {K}, temperature {TEMPERATURE}; {count} rows; µs a step, median [95% interval]"
    );
    println!("| sampler | step | step of candle's beside it | difference | share |");
    println!("|---|---|---|---|---|");
    compare("without a marker", sampler(), &rows, count)?;
    for scheme in ["gumbel", "dual-gumbel", "green", "tournament"] {
        let marked = sampler().marked_by(mark(scheme)?.marker(&[])?);
        compare(scheme, marked, &rows, count)?;
    }
    Ok(())
}

fn sampler() -> LogitsProcessor {
    let (k, temperature) = (K, TEMPERATURE);
    LogitsProcessor::from_sampling(SEED, Sampling::TopK { k, temperature })
}

fn compare(
    name: &str,
    mut ours: LogitsProcessor,
    rows: &[Tensor],
    count: usize,
) -> Result<(), Box<dyn Error>> {
    let (k, temperature) = (K, TEMPERATURE);
    let mut theirs = Candles::from_sampling(SEED, CandlesSampling::TopK { k, temperature });
    let mut micros = [Vec::with_capacity(count), Vec::with_capacity(count)];
    for number in 0..count + count / 10 {
        let row = &rows[number % ROWS];
        let mut passed = [0.0; 2];
        for (turn, which) in [0, 1, 0, 1, 1, 0].into_iter().enumerate() {
            let which = (which + number) % 2;
            // A window that is new.
            ours.reset();
            ours.accept(1)?;
            ours.accept(number as u32)?;
            let started = Instant::now();
            std::hint::black_box(match which {
                0 => ours.sample(row)?,
                _ => theirs.sample(row)?,
            });
            if turn > 1 {
                passed[which] += started.elapsed().as_secs_f64() * 1e6 / 2.0;
            }
        }
        // The first tenth warms up.
        if number >= count / 10 {
            micros[0].push(passed[0]);
            micros[1].push(passed[1]);
        }
    }
    let [ours, theirs] = micros;
    let each = ours.iter().zip(&theirs);
    let differences: Vec<f64> = each.map(|(ours, theirs)| ours - theirs).collect();
    let (step, beside, difference) = (median(ours), median(theirs), median(differences));
    let [low, share, high] =
        [difference.1, difference.0, difference.2].map(|cost| 100.0 * cost / beside.0);
    println!(
        "| {name} | {} | {} | {} | {share:+.2}% [{low:+.2}, {high:+.2}] |",
        shown(step),
        shown(beside),
        shown(difference)
    );
    Ok(())
}

fn shown((median, low, high): (f64, f64, f64)) -> String {
    format!("{median:.1} [{low:.1}, {high:.1}]")
}

/// The median, and order statistics that hold it with a probability of 95%: the binomial's, by its normal approximation.
fn median(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let (count, half) = (values.len() as f64, values.len() / 2);
    let reach = (0.98 * count.sqrt()).ceil() as usize;
    (
        values[half],
        values[half.saturating_sub(reach)],
        values[(half + reach).min(values.len() - 1)],
    )
}

fn mark(scheme: &str) -> Result<Mark, Box<dyn Error>> {
    let parameters = match scheme {
        "green" => "[green]\ngamma = 0.5\ndelta = 2.0\n",
        "tournament" => "[tournament]\nlayers = 30\n",
        _ => "",
    };
    let profile = Profile::parse(&format!(
        "hallmark = 1\nname = \"cost\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
         [tokenizer]\nvocab_size = {VOCABULARY}\n{parameters}"
    ))?;
    let key = RootKey::from_bytes([1; 32]).default_cohort();
    Ok(Mark::new(&profile, &key.into())?)
}

/// Logits with a tail as a model's: minus the logarithm of a uniform number, in nats.
fn row(number: usize) -> candle_core::Result<Tensor> {
    let mut state = 1 + number as u64;
    let each = (0..VOCABULARY).map(|_| {
        // Knuth's MMIX generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        -(((state >> 40) as f32 + 0.5) / (1u64 << 24) as f32).ln()
    });
    Tensor::from_iter(each, &Device::Cpu)
}
