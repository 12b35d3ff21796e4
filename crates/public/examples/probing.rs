//! What answers give away to whoever varies many cells at once.
//!
//! ```text
//! probing [QUESTIONS...]      default: 500 2000 10000 43200
//! ```
//!
//! A text has 250 places, and for each place there are two tokens: 500 cells, whose scores under the key are exponential and unknown.
//! Each question takes one of the two at random at every place, and is found, or not, as the detector decides: evidence s beyond the
//! level in decades, by the exact tail of the sum, and found if s ≥ d·U. The text is as much marked as helps whoever asks most: half of the
//! questions are found. What is learned of a place is how much more often one token's questions were found than the other's;
//! compared with the true differences of scores by their correlation, over 20 keys. Seeds are fixed.

use hallmark_detector::tail::gamma_upper;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::error::Error;

const PLACES: usize = 250;
const KEYS: u64 = 20;
const LEVEL: f64 = -6.0;
/// Units of scores in a nat.
const NAT: f64 = (1 << 24) as f64;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Result<Vec<usize>, _> = std::env::args().skip(1).map(|n| n.parse()).collect();
    let mut counts = given?;
    if counts.is_empty() {
        counts = vec![500, 2_000, 10_000, 43_200];
    }
    println!("| questions | bits at most | correlation, no dither | one decade | two decades |");
    println!("|---:|---:|---:|---:|---:|");
    for questions in counts {
        let mut row = format!("| {questions} | {questions} |");
        for decades in [0.0, 1.0, 2.0] {
            let mut sum = 0.0;
            for key in 0..KEYS {
                sum += learned(questions, decades, key)?;
            }
            row += &format!(" {:.2} |", sum / KEYS as f64);
        }
        println!("{row}");
    }
    Ok(())
}

/// The correlation of what is learned with what is true.
fn learned(questions: usize, decades: f64, key: u64) -> Result<f64, Box<dyn Error>> {
    let mut random = ChaCha12Rng::seed_from_u64(key);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let lift = lift(decades)?;
    let scores: Vec<[f64; 2]> = (0..PLACES)
        .map(|_| [0, 1].map(|_| -lift * (1.0 - uniform()).ln()))
        .collect();
    // The mean of the sum would be on the threshold; this text is moved onto it.
    let mean: f64 = scores
        .iter()
        .map(|pair| f64::midpoint(pair[0], pair[1]))
        .sum();
    let shift = lift * PLACES as f64 - mean;
    let (mut found, mut asked) = ([[0_u32; 2]; PLACES], [[0_u32; 2]; PLACES]);
    for _ in 0..questions {
        let chosen: Vec<usize> = (0..PLACES).map(|_| usize::from(uniform() < 0.5)).collect();
        let sum: f64 = scores
            .iter()
            .zip(&chosen)
            .map(|(pair, &one)| pair[one])
            .sum();
        let units = ((sum + shift).max(0.0) * NAT) as u64;
        let beyond = LEVEL - gamma_upper(PLACES as u64, units)?.value();
        // Every question is another text, with a dither of its own.
        let is_found = beyond >= decades * uniform();
        for (place, &one) in chosen.iter().enumerate() {
            asked[place][one] += 1;
            found[place][one] += u32::from(is_found);
        }
    }
    let rate = |place: usize, one: usize| {
        f64::from(found[place][one]) / f64::from(asked[place][one].max(1))
    };
    let guessed: Vec<f64> = (0..PLACES)
        .map(|place| rate(place, 1) - rate(place, 0))
        .collect();
    let truth: Vec<f64> = scores.iter().map(|pair| pair[1] - pair[0]).collect();
    Ok(correlation(&guessed, &truth))
}

/// The mean score of a cell at which half of the texts are found.
fn lift(decades: f64) -> Result<f64, Box<dyn Error>> {
    let (mut low, mut high) = (1.0, 4.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let units = (middle * PLACES as f64 * NAT) as u64;
        let beyond = LEVEL - gamma_upper(PLACES as u64, units)?.value();
        if beyond < decades / 2.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f64], y: &[f64], mean_x: f64, mean_y: f64| -> f64 {
        x.iter()
            .zip(y)
            .map(|(x, y)| (x - mean_x) * (y - mean_y))
            .sum()
    };
    product(a, b, mean_a, mean_b)
        / (product(a, a, mean_a, mean_a) * product(b, b, mean_b, mean_b)).sqrt()
}
