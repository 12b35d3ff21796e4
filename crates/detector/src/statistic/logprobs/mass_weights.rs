//! T9's whole-number weights of cells, made from masses without a key.

use super::masses::{Mass, Masses, ONE};
use crate::tail::Group;
use hallmark_core::cells::TokenId;
use hallmark_core::mark::Unit;
use std::collections::{BTreeMap, HashSet};

/// A weight of 1.
pub const UNIT: i64 = 1 << 16;

/// Weights fall by 2^(1/8) from step to step, down to 2⁻¹² of the unit; smaller ones are 0.
const STEPS_IN_OCTAVE: f64 = 8.0;
const STEPS: i32 = 96;

/// How much each window counts, by how its probability is spread. A function of the masses alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Emphasis {
    /// Windows count in proportion to (1 − c)/c, where c = Σ p² is the chance that two draws after the window agree; at most
    /// what c = 1/16 gives. A mark moves the mass after a window by about 1 − c and the null's standard
    /// deviation is √c, so this weighs each window by its signal over its variance: one whose next token is certain says nothing.
    #[default]
    Diverse,
    /// Every window counts the same.
    Plain,
}

/// The cells with their weights, ordered by window and token: all that a key is confronted with.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub(super) window: usize,
    /// The tokens of all windows, one window after another.
    pub(super) windows: Vec<TokenId>,
    /// Where each window's cells end.
    pub(super) ends: Vec<usize>,
    pub(super) cells: Vec<Weighed>,
    pub(super) is_residual: bool,
}

/// One cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub(super) token: TokenId,
    /// In units of 1/[`UNIT`]; negative where a reference gives the token more.
    pub(super) weight: i32,
    /// The mean probability in units of 2⁻³², for the effect.
    pub(super) mass: u64,
}

impl Evidence {
    /// The suspect's own masses as weights: a(w, t) = ω(w)·p(t|w).
    #[must_use]
    pub fn new(masses: &Masses, emphasis: Emphasis) -> Self {
        Self::build(masses, false, |_, mass| {
            let emphasis = match emphasis {
                Emphasis::Plain => 1.0,
                Emphasis::Diverse => diversity(mass),
            };
            let weigh = |(token, mean): (TokenId, u64)| Weighed {
                token,
                weight: on_ladder(emphasis * mean as f64 / ONE),
                mass: mean,
            };
            Some(mass.means().map(weigh).collect())
        })
    }

    /// What the suspect's masses are above a reference model's: a(w, t) = p(t|w) − q(t|w), over windows that both have.
    ///
    /// The reference is a model that never saw marked text, ideally the suspect's own base model, on the same prompts. What is common to
    /// both cancels, and with it most of the null's variance. A token that one of them does not list counts 0 there. A poor
    /// reference costs power, never validity, as long as it was chosen without the key.
    #[must_use]
    pub fn against(masses: &Masses, reference: &Masses) -> Self {
        Self::build(masses, true, |window, mass| {
            let other = reference.by_window.get(window)?;
            let mut pairs: BTreeMap<TokenId, (u64, u64)> = BTreeMap::new();
            for (token, mean) in mass.means() {
                pairs.entry(token).or_default().0 = mean;
            }
            for (token, mean) in other.means() {
                pairs.entry(token).or_default().1 = mean;
            }
            let weigh = |(token, (own, other)): (TokenId, (u64, u64))| Weighed {
                token,
                weight: on_ladder((own as f64 - other as f64) / ONE),
                mass: own,
            };
            Some(pairs.into_iter().map(weigh).collect())
        })
    }

    fn build(
        masses: &Masses,
        is_residual: bool,
        cells_of: impl Fn(&[TokenId], &Mass) -> Option<Vec<Weighed>>,
    ) -> Self {
        let mut sorted: Vec<_> = masses.by_window.iter().collect();
        sorted.sort_unstable_by_key(|entry| entry.0);
        let mut evidence = Self {
            window: masses.window(),
            windows: vec![],
            ends: vec![],
            cells: vec![],
            is_residual,
        };
        for (window, mass) in sorted {
            let Some(mut cells) = cells_of(window, mass) else {
                continue;
            };
            cells.retain(|cell| cell.weight != 0);
            if cells.is_empty() {
                continue;
            }
            evidence.windows.extend_from_slice(window);
            evidence.cells.append(&mut cells);
            evidence.ends.push(evidence.cells.len());
        }
        evidence
    }

    /// The same with the first cell of each unit only, windows in order: what a function takes for one cell counts once.
    /// A unit depends on no key.
    #[must_use]
    pub fn first_of_units(&self, unit: &Unit) -> Self {
        let mut seen = HashSet::new();
        let mut first = Self {
            windows: vec![],
            ends: vec![],
            cells: vec![],
            ..*self
        };
        for (window, cells) in self.iter() {
            let before = first.cells.len();
            let mut is_first = |cell: &&Weighed| seen.insert(unit.of(window, cell.token));
            first
                .cells
                .extend(cells.iter().copied().filter(|cell| is_first(&cell)));
            if first.cells.len() > before {
                first.windows.extend_from_slice(window);
                first.ends.push(first.cells.len());
            }
        }
        first
    }

    /// Tokens in a window.
    #[must_use]
    pub fn window(&self) -> usize {
        self.window
    }

    /// Distinct windows that count.
    #[must_use]
    pub fn windows(&self) -> usize {
        self.ends.len()
    }

    /// Distinct cells that count.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// How many cells have each weight.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
        for cell in &self.cells {
            *counts.entry(i64::from(cell.weight)).or_default() += 1;
        }
        counts
            .into_iter()
            .map(|(weight, cells)| Group { weight, cells })
            .collect()
    }

    /// Each window with its cells.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&[TokenId], &[Weighed])> {
        (0..self.ends.len()).map(|at| self.at(at))
    }

    /// The window number `at` with its cells.
    pub(super) fn at(&self, at: usize) -> (&[TokenId], &[Weighed]) {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (
            &self.windows[at * self.window..(at + 1) * self.window],
            &self.cells[start..self.ends[at]],
        )
    }
}

/// ω = min(1, (1 − c)/(15c)).
fn diversity(mass: &Mass) -> f64 {
    let squares = mass.means().map(|(_, mean)| (mean as f64 / ONE).powi(2));
    let agree: f64 = squares.sum::<f64>().min(1.0);
    if agree <= 0.0 {
        return 0.0;
    }
    ((1.0 - agree) / (15.0 * agree)).min(1.0)
}

/// The nearest weight of the ladder, by ratio.
fn on_ladder(weight: f64) -> i32 {
    if weight == 0.0 {
        return 0;
    }
    let step = (-STEPS_IN_OCTAVE * libm::log2(weight.abs()))
        .round()
        .max(0.0);
    if step > f64::from(STEPS) {
        return 0;
    }
    let size = (UNIT as f64 * libm::exp2(-step / STEPS_IN_OCTAVE)).round() as i32;
    if weight < 0.0 { -size } else { size }
}
