//! T3r's weights: of every cell, by when its window was visited first and by how often the suspect produced it.

use crate::eprocess::{FOLLOW, KINDS, step};
use crate::statistic::counted::expected::{Expected, by_window, hashes};
use crate::statistic::counted::lift::{Counts, posterior, slope};
use crate::statistic::counted::packed::{self, Packed};
use crate::weights::ASSUMED_SHARE;
use hallmark_core::law::Law;
use hallmark_core::visits::{FirstVisits, time};
use hallmark_core::windows::{WindowCounts, WindowHash};

/// What a log visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inputs {
    /// Windows: all parts of the mark are bet on at once.
    Windows,
    /// Windows under so many sub-keys, each of which is one part of the mark.
    UnderSubKeys(u32),
}

/// A cell whose window the log visited: when, and the step of each kind of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visited {
    /// The code of the time.
    pub(super) code: u8,
    /// The sub-key under which it was visited; 0 without a ring.
    pub(super) input: u8,
    /// [`NO_BET`] for a weight that is none.
    pub(super) steps: [u8; KINDS],
    pub(super) cell: Packed,
}

/// What a first visit says of all cells of its window.
struct Visit {
    code: u8,
    input: u8,
    omega: f64,
    /// ρ.
    share: f64,
}

/// No step.
pub(super) const NO_BET: u8 = u8::MAX;

/// Everything that decides weights, the same for all pieces.
pub(super) struct Weigher<'a> {
    pub(super) expected: Expected<'a>,
    pub(super) visits: &'a dyn FirstVisits,
    pub(super) background: Option<&'a dyn WindowCounts>,
    pub(super) law: Law,
}

/// Multiples of ρ at which a suspect may follow the marked choice.
const SHARES: [f64; FOLLOW] = [4.0, 0.4, 0.04];

/// Windows read after which a first visit weighs less.
const LATE: f64 = 10_000.0;

/// Counts below which a residual is damped: counts of a real model spread more than P̂ says.
const DAMPING: f64 = 20.0;

/// The same for residuals that follow, where no posterior is to be had.
const DAMPING_FOLLOW: f64 = 2.0;

/// The largest ρ that a posterior takes at its word.
const MOST: f64 = 0.95;

impl Weigher<'_> {
    /// What the log visits.
    pub(super) fn inputs(&self) -> Inputs {
        match self.visits.sub_keys() {
            1 => Inputs::Windows,
            sub_keys => Inputs::UnderSubKeys(sub_keys),
        }
    }

    /// When the log visited each window, by sub-key.
    fn codes(&self, windows: &[WindowHash]) -> Vec<Vec<Option<u8>>> {
        let read = |windows: &[WindowHash]| {
            let mut codes = vec![None; windows.len()];
            self.visits.codes(windows, &mut codes);
            codes
        };
        match self.inputs() {
            Inputs::Windows => vec![read(windows)],
            Inputs::UnderSubKeys(sub_keys) => (0..sub_keys)
                .map(|number| {
                    let under = windows.iter().map(|window| window.under(number));
                    read(&under.collect::<Vec<_>>())
                })
                .collect(),
        }
    }

    /// Every cell of a piece whose window was visited and that has a bet of some kind; under each sub-key that visited it.
    pub(super) fn weigh(&self, piece: &[Packed]) -> Vec<Visited> {
        let windows = by_window(piece).map(|run| packed::window(run[0]));
        let windows = hashes(windows, self.visits.window());
        let codes = self.codes(&windows);
        let mut held = vec![0; windows.len()];
        if let Some(background) = self.background {
            background.counts(&windows, &mut held);
        }
        let expected = self.expected.near(piece);
        let mut visited = Vec::with_capacity(piece.len());
        let mut visits = Vec::with_capacity(codes.len());
        for (at, (run, held)) in by_window(piece).zip(held).enumerate() {
            let inputs = codes.iter().zip(0..);
            visits.clear();
            visits.extend(
                inputs.filter_map(|(codes, input)| Some(self.visit(codes[at]?, input, held))),
            );
            if visits.is_empty() {
                continue;
            }
            let window = packed::window(run[0]);
            expected.each(run, |token, count, probability| {
                for visit in &visits {
                    let counts = Counts {
                        produced: f64::from(count),
                        visits: run.len() as f64,
                        probability,
                        share: visit.share,
                    };
                    let weights = self.weights(counts, visit.omega);
                    let steps = weights.map(|weight| step(weight).unwrap_or(NO_BET));
                    if steps != [NO_BET; KINDS] {
                        visited.push(Visited {
                            code: visit.code,
                            input: visit.input,
                            steps,
                            cell: packed::cell(window, token),
                        });
                    }
                }
            });
        }
        visited
    }

    fn visit(&self, code: u8, input: u8, held: u32) -> Visit {
        let omega = 1.0 / libm::sqrt(1.0 + time(code) / LATE);
        Visit {
            code,
            input,
            omega,
            share: self.share(code, held).unwrap_or(omega),
        }
    }

    /// ρ = 1/(1 + (1 − s)/s · τ·(B + ½)/ΣB) with a background, for a window that was visited first after τ windows were read:
    /// visits at rate r come first after 1/r, on average.
    fn share(&self, code: u8, held: u32) -> Option<f64> {
        let background = self.background?;
        let rate = (f64::from(held) + 0.5) / background.total().max(1) as f64;
        Some(1.0 / (1.0 + (1.0 - ASSUMED_SHARE) / ASSUMED_SHARE * time(code) * rate))
    }

    /// The weights of one cell: it follows the marked choice, four times as often as ρ, less, and much less; it leans towards it.
    fn weights(&self, counts: Counts, omega: f64) -> [f64; KINDS] {
        let mean = counts.visits * counts.probability;
        let relative = |damping| (counts.produced - mean) / (counts.produced + mean + damping);
        let follow = |multiple: f64| {
            let share = (multiple * counts.share).min(MOST);
            match self.law {
                Law::Exponential => posterior(Counts { share, ..counts }),
                Law::Bernoulli { .. } | Law::Bits { .. } => share * relative(DAMPING_FOLLOW),
            }
        };
        let lean = omega
            * relative(DAMPING)
            * match self.law {
                Law::Exponential => slope(counts.probability),
                Law::Bernoulli { .. } | Law::Bits { .. } => 1.0,
            };
        let [most, less, least] = SHARES.map(follow);
        [most, less, least, lean]
    }
}
