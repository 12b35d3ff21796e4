//! Which prompts to ask a suspect: those of a provider's own log whose answers were most the harvest's.
//!
//! A suspect shows what it learned where its answers pass through windows that it learned. So a prompt
//! is worth as much as the windows of its logged answer weigh ([`Weights`]), and a set of prompts as
//! much as its distinct windows, each counted once. Nothing here is given a key, and of a window's
//! following token nothing is known: no choice can depend on pairs of window and token.
//!
//! ```text
//! log entries → distinct prompts → draw of a pool, by score → greedy cover by new windows → prompts
//! ```
//!
//! The pool is drawn in one pass, with chances in proportion to scores, so memory does not grow with
//! the log but for eight bytes or so a distinct prompt.

mod cover;
mod logged;
mod pool;
mod weights;

pub use logged::Logged;
pub use weights::{Weights, WeightsError};

use cover::Worth;
use hallmark_core::cells::TokenId;
use hashbrown::HashSet;
use pool::Pool;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// How prompts are chosen.
pub enum Method<'a> {
    /// By the windows of their logged answers.
    Windows(Weights<'a>),
    /// Every distinct prompt with the same chance: the baseline.
    Uniform,
}

/// How many prompts, and which draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Prompts to choose.
    pub count: usize,
    /// Same seed, same choice.
    pub seed: u64,
}

/// One exchange of the log.
#[derive(Clone, Debug)]
pub struct LogEntry<P> {
    /// The prompt, as the caller wants it back.
    pub prompt: P,
    /// Equal for prompts that are the same.
    pub identity: Vec<u8>,
    /// The logged answer's tokens. Not used by [`Method::Uniform`].
    pub answer: Vec<TokenId>,
    /// What is shown to whoever is asked this prompt, piece by piece. Not used by
    /// [`Method::Uniform`].
    pub shown: Vec<Vec<TokenId>>,
    /// For each token of the answer, how many tokens before it stand in what is shown, in another form of its text. Empty where
    /// that was not compared.
    pub in_other_form: Vec<u8>,
}

/// A prompt that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen<P> {
    /// The prompt.
    pub prompt: P,
    /// What its logged answer says of it; `None` under [`Method::Uniform`].
    pub logged: Option<Logged>,
}

/// The prompts chosen, best first, and what they were chosen from.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection<P> {
    /// As many as asked for, or as there are; any first part of them is a choice, too.
    pub prompts: Vec<Chosen<P>>,
    /// Entries of the log that were looked at.
    pub considered: u64,
    /// Those whose prompt had come before.
    pub duplicates: u64,
    /// Prompts that were in the last draw.
    pub pool: usize,
}

impl<P> Selection<P> {
    /// The mean of the chosen prompts' exposure shares; `None` under [`Method::Uniform`].
    #[must_use]
    pub fn mean_exposure_share(&self) -> Option<f64> {
        let shares: Option<Vec<f64>> = self
            .prompts
            .iter()
            .map(|chosen| Some(chosen.logged?.exposure_share))
            .collect();
        let shares = shares.filter(|shares| !shares.is_empty())?;
        Some(shares.iter().sum::<f64>() / shares.len() as f64)
    }
}

/// Chooses prompts from a log that is passed through once.
pub struct Selector<'a, P> {
    method: Method<'a>,
    settings: Settings,
    seen: HashSet<u64>,
    pool: Pool<(P, Worth)>,
    considered: u64,
}

impl<'a, P: Send> Selector<'a, P> {
    /// Nothing looked at yet.
    #[must_use]
    pub fn new(method: Method<'a>, settings: Settings) -> Self {
        let room = match method {
            Method::Windows(_) => (settings.count * POOL_FACTOR).max(POOL_LEAST),
            Method::Uniform => settings.count,
        };
        Self {
            method,
            settings,
            seen: HashSet::new(),
            pool: Pool::new(room),
            considered: 0,
        }
    }

    /// Looks at some entries of the log. The same entries in the same order give the same choice,
    /// however they are cut into calls. Of equal prompts the first counts.
    pub fn consider(&mut self, entries: Vec<LogEntry<P>>) {
        self.considered += entries.len() as u64;
        let seed = self.settings.seed;
        let drawn: Vec<(u64, LogEntry<P>)> = entries
            .into_par_iter()
            .map(|entry| (draw(seed, &entry.identity), entry))
            .collect();
        let new: Vec<_> = drawn
            .into_iter()
            .filter(|(draw, _)| self.seen.insert(*draw))
            .collect();
        let method = &self.method;
        let weighed: Vec<_> = new
            .into_par_iter()
            .map(|(draw, entry)| {
                let worth = match method {
                    Method::Windows(weights) => weights.worth(&entry),
                    Method::Uniform => Worth::alike(),
                };
                (draw, (entry.prompt, worth))
            })
            .collect();
        for (draw, (prompt, worth)) in weighed {
            self.pool.offer(draw, worth.score(), (prompt, worth));
        }
    }

    /// The choice.
    #[must_use]
    pub fn select(self) -> Selection<P> {
        let duplicates = self.considered - self.seen.len() as u64;
        let drawn = self.pool.drawn();
        let pool = drawn.len();
        let (prompts, worths): (Vec<P>, Vec<Worth>) = drawn.into_iter().unzip();
        let order: Vec<(usize, Option<Logged>)> = match self.method {
            Method::Windows(_) => cover::greedy(&worths, self.settings.count)
                .into_iter()
                .map(|(place, gain)| (place, Some(worths[place].logged(gain))))
                .collect(),
            Method::Uniform => (0..pool).map(|place| (place, None)).collect(),
        };
        let mut prompts: Vec<Option<P>> = prompts.into_iter().map(Some).collect();
        Selection {
            prompts: order
                .into_iter()
                .filter_map(|(place, logged)| {
                    let prompt = prompts[place].take()?;
                    Some(Chosen { prompt, logged })
                })
                .collect(),
            considered: self.considered,
            duplicates,
            pool,
        }
    }
}

/// Prompts in the pool for each that is chosen: enough that the cover has a choice.
const POOL_FACTOR: usize = 4;
const POOL_LEAST: usize = 1000;

/// A number that stands for a prompt: its identity, and its luck in the draw. Two prompts in 13
/// million share one with a chance of 5e-6, and then one of them is not asked.
fn draw(seed: u64, identity: &[u8]) -> u64 {
    let digest = Sha256::new()
        .chain_update(b"hallmark probe v1:")
        .chain_update(seed.to_le_bytes())
        .chain_update(identity)
        .finalize();
    digest
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
