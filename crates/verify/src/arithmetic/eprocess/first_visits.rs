//! T3r: bets on the words of windows when a log visits them first (`docs/tests/first-visits.md`, `docs/replay.md`).

use super::looks::Looked;
use super::process::mean;
use crate::arithmetic::cells::Visits;
use crate::arithmetic::mark::{Law, Mark};
use crate::arithmetic::numbers::Double;
use crate::arithmetic::tail::LATTICE;
use std::collections::BTreeMap;

/// The process along the log, and its halves at the end.
pub(crate) struct Visited {
    /// After each code of the time.
    pub(crate) looked: Looked,
    /// log10 E of the bets that follow, as if all the stake were theirs.
    pub(crate) follow: f64,
    /// The same of those that lean.
    pub(crate) lean: f64,
}

/// Steps of one sign, from 2^(−56/4).
const SIZES: usize = Visits::STEPS / 2;
const LEAST: i32 = -56;

/// Strengths: 2⁻⁶ to 2.
const STRENGTHS: [i32; 8] = [-6, -5, -4, -3, -2, -1, 0, 1];

/// Units by which a Gumbel score is raised under a bet below 0.
const RAISED: f64 = 47.0;

/// Words of one step: how many, and what they score.
#[derive(Clone, Copy, Default)]
struct Sums {
    words: u64,
    score: u64,
}

/// Sums by kind and step.
type Totals = Vec<[Sums; Visits::STEPS]>;

/// Runs the process over cells with the scores of their words; why not, where a step is none.
pub(crate) fn visited(mark: &Mark, cells: &Visits, values: &[u32]) -> Result<Visited, String> {
    let known = |&step: &u8| step == Visits::NO_BET || usize::from(step) < Visits::STEPS;
    if let Some(off) = cells.steps.iter().flatten().find(|&step| !known(step)) {
        return Err(format!("{off} is no step of a weight"));
    }
    let bet_on = |at: usize| cells.steps.iter().any(|steps| steps[at] != Visits::NO_BET);
    if let Some(at) = (0..cells.codes.len()).find(|&at| !bet_on(at)) {
        return Err(format!("cell {at} has no bet"));
    }
    let mut by_code: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (at, &code) in cells.codes.iter().enumerate() {
        by_code.entry(code).or_default().push(at);
    }
    let each = values
        .len()
        .checked_div(cells.codes.len())
        .unwrap_or(1)
        .max(1);
    let bets = STRENGTHS.map(|strength| {
        (0..Visits::STEPS)
            .map(|step| bet(mark, step, 2.0_f64.powi(strength)))
            .collect::<Vec<_>>()
    });
    let mut totals: Totals = vec![[Sums::default(); Visits::STEPS]; Visits::KINDS];
    let mut seen = 0;
    let mut visited = Visited {
        looked: Looked {
            looks: vec![(0, 0.0)],
        },
        follow: 0.0,
        lean: 0.0,
    };
    for at_once in by_code.values() {
        for &at in at_once {
            let scores = &values[at * each..(at + 1) * each];
            let score: u64 = scores.iter().copied().map(u64::from).sum();
            for (totals, steps) in totals.iter_mut().zip(&cells.steps) {
                if let Some(sums) = totals.get_mut(usize::from(steps[at])) {
                    sums.words += each as u64;
                    sums.score += score;
                }
            }
        }
        seen += at_once.len() as u64;
        let of_kind = |totals: &[Sums; Visits::STEPS]| {
            bets.each_ref()
                .map(|bets| product(mark, bets, totals))
                .to_vec()
        };
        let follow = mean(
            &totals[..Visits::KINDS - 1]
                .iter()
                .flat_map(of_kind)
                .collect::<Vec<_>>(),
        );
        let lean = mean(&of_kind(&totals[Visits::KINDS - 1]));
        visited.follow = follow.to_log10();
        visited.lean = lean.to_log10();
        let log10_e = mean(&[follow, lean]).to_log10();
        visited.looked.looks.push((seen, log10_e));
    }
    Ok(visited)
}

/// ln of a bet's factor: for each word that is not counted (of Gumbel: each), and for each unit of score.
#[derive(Clone, Copy)]
struct Bet {
    other: Double,
    score: Double,
}

/// The bet of a step at a strength; nothing where it is none.
fn bet(mark: &Mark, step: usize, strength: f64) -> Option<Bet> {
    let k = (step % SIZES) as i32 + LEAST;
    // The quarters of an octave as f64, as the documents have them.
    let quarter = 2.0_f64.powf(f64::from(k.rem_euclid(4)) / 4.0);
    let size = strength * quarter * 2.0_f64.powi(k.div_euclid(4));
    let d = if step < SIZES { size } else { -size };
    Some(match mark.law {
        Law::Exponential => {
            let d = Double::from(d.max(-0.9));
            let mean = Double::ONE + d;
            let tilt = d / mean;
            let raised = match d < Double::ZERO {
                true => (tilt * Double::from(RAISED)).scale(-24),
                false => Double::ZERO,
            };
            Bet {
                other: raised - mean.ln(),
                score: tilt.scale(-24),
            }
        }
        Law::Below(threshold) => {
            let (green, all) = (threshold as f64, LATTICE as f64);
            let rate = (green + d * all).clamp(0.1 * green, all - 0.1 * (all - green)) as u64;
            if rate == threshold {
                return None;
            }
            let ratio = |over: u64, under: u64| (Double::from(over) / Double::from(under)).ln();
            Bet {
                other: ratio(LATTICE - rate, LATTICE - threshold),
                score: ratio(rate.max(1), threshold),
            }
        }
        Law::Ones(_) => {
            let d = Double::from(d.clamp(-0.9, 0.9));
            Bet {
                other: (Double::ONE - d).ln(),
                score: (Double::ONE + d).ln(),
            }
        }
    })
}

/// ln of the product of all factors of one kind at one strength.
fn product(mark: &Mark, bets: &[Option<Bet>], totals: &[Sums; Visits::STEPS]) -> Double {
    let mut ln = Double::ZERO;
    for (bet, sums) in bets.iter().zip(totals) {
        let (Some(bet), 1..) = (bet, sums.words) else {
            continue;
        };
        let others = match mark.law {
            Law::Exponential => sums.words,
            Law::Below(_) | Law::Ones(_) => sums.words * mark.trials() - sums.score,
        };
        ln = ln + bet.other * Double::from(others) + bet.score * Double::from(sums.score);
    }
    ln
}
