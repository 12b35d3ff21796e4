//! One key against another on the same cells: the counts, and their exact test.

use crate::tail::{Group, HALF, Log10P, TailError, binomial_upper, weighted_upper};
use hallmark_core::law::Law;

/// One tested key against one control: all that the test and the effect need. Integers, so that the order of cells is
/// of no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paired {
    pub(super) law: Law,
    pub(super) cells: u64,
    pub(super) tested_sum: u64,
    pub(super) control_sum: u64,
    /// Cells by the size of the difference, in steps; those where the tested key is ahead.
    pub(super) ahead: Vec<u64>,
    /// The same where the control is ahead.
    pub(super) behind: Vec<u64>,
    /// Bits of tournament words that are one under the tested key only, and under the control only.
    pub(super) bits: [u64; 2],
    /// Whether scores are means of several words'.
    pub(super) is_mixed: bool,
}

/// Differences of Gumbel scores are rounded to multiples of 1/16 nat.
const STEP: u32 = 1 << 20;

/// More than the largest difference in steps: 32 ln 2 is 354.9 sixteenths.
const GUMBEL_STEPS: usize = 356;

impl Paired {
    /// No cells yet; scores of this law.
    #[must_use]
    pub fn new(law: Law) -> Self {
        Self::of_parts(law, 1)
    }

    /// The same for cells that have so many words each.
    pub(super) fn of_parts(law: Law, parts: usize) -> Self {
        let sizes = match law {
            Law::Exponential => GUMBEL_STEPS,
            Law::Bernoulli { .. } => parts + 1,
            Law::Bits { layers } => parts * layers as usize + 1,
        };
        Self {
            law,
            cells: 0,
            tested_sum: 0,
            control_sum: 0,
            ahead: vec![0; sizes],
            behind: vec![0; sizes],
            bits: [0; 2],
            is_mixed: false,
        }
    }

    /// Adds the words of the same cells under the tested key and under the control.
    ///
    /// # Panics
    /// When there are not as many of one as of the other.
    pub fn add(&mut self, tested: &[u32], control: &[u32]) {
        assert_eq!(tested.len(), control.len(), "words of the same cells");
        let law = self.law;
        let mask = match law {
            Law::Bits { layers } => u32::MAX >> (32 - layers),
            Law::Exponential | Law::Bernoulli { .. } => 0,
        };
        for (&own, &other) in tested.iter().zip(control) {
            self.add_scores(law.score(own), law.score(other));
            self.bits[0] += u64::from((own & !other & mask).count_ones());
            self.bits[1] += u64::from((other & !own & mask).count_ones());
        }
        self.cells += tested.len() as u64;
    }

    /// Adds cells that have several words each: a cell's score is the mean of its words' by the parts' weights, rounded
    /// down; the sum where they are counts that weigh alike, of which a mean would round nearly all away. Such scores have no effect with an
    /// interval.
    pub(super) fn add_weighted(
        &mut self,
        weights: &[u32],
        tested: &Vec<&[u32]>,
        control: &Vec<&[u32]>,
    ) {
        let law = self.law;
        let alike = weights.windows(2).all(|pair| pair[0] == pair[1]);
        let whole: u64 = match law {
            Law::Bernoulli { .. } | Law::Bits { .. } if alike => {
                weights.iter().map(|&one| u64::from(one)).sum::<u64>() / weights.len() as u64
            }
            _ => weights.iter().map(|&weight| u64::from(weight)).sum(),
        };
        let cells = tested.first().map_or(0, |words| words.len());
        for cell in 0..cells {
            let score = |rows: &[&[u32]]| {
                let rows = rows.iter().zip(weights);
                let terms = rows
                    .map(|(words, &weight)| u64::from(weight) * u64::from(law.score(words[cell])));
                (terms.sum::<u64>() / whole) as u32
            };
            self.add_scores(score(tested), score(control));
        }
        self.cells += cells as u64;
        self.is_mixed = true;
    }

    fn add_scores(&mut self, tested: u32, control: u32) {
        let (half, shift) = self.rounding();
        let size = ((tested.abs_diff(control) + half) >> shift) as usize;
        if tested >= control {
            self.ahead[size] += 1;
        } else {
            self.behind[size] += 1;
        }
        self.tested_sum += u64::from(tested);
        self.control_sum += u64::from(control);
    }

    /// What is added to a difference before it is shifted to steps, and by how much.
    fn rounding(&self) -> (u32, u32) {
        match self.law {
            Law::Exponential => (STEP / 2, STEP.ilog2()),
            Law::Bernoulli { .. } | Law::Bits { .. } => (0, 0),
        }
    }

    /// Adds what another saw of other cells.
    pub(super) fn merge(&mut self, other: &Self) {
        let add = |own: &mut [u64], more: &[u64]| {
            own.iter_mut().zip(more).for_each(|(a, b)| *a += b);
        };
        add(&mut self.ahead, &other.ahead);
        add(&mut self.behind, &other.behind);
        add(&mut self.bits, &other.bits);
        self.is_mixed |= other.is_mixed;
        self.cells += other.cells;
        self.tested_sum += other.tested_sum;
        self.control_sum += other.control_sum;
    }

    /// Distinct cells.
    #[must_use]
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// Cells whose scores differ by a step or more: those that count.
    #[must_use]
    pub fn discordant(&self) -> u64 {
        self.groups().map(|group| group.cells).sum()
    }

    /// The difference of the two sums of scores per cell that differs, in the printed unit: T6's statistic is the sum of
    /// the rounded differences (green cells, nats or one bits) of the tested key over the control.
    #[must_use]
    pub fn statistic(&self) -> f64 {
        let sum: i128 = (1..self.ahead.len())
            .map(|size| {
                size as i128 * (i128::from(self.ahead[size]) - i128::from(self.behind[size]))
            })
            .sum();
        let steps_in_unit = match self.law {
            Law::Exponential => 16.0,
            Law::Bernoulli { .. } | Law::Bits { .. } => 1.0,
        };
        sum as f64 / steps_in_unit
    }

    /// The p-value against "the answers depend on the tested key no more than on the control": an upper bound.
    ///
    /// # Errors
    /// More cells than the tails allow.
    pub fn p_value(&self) -> Result<Log10P, TailError> {
        let groups: Vec<Group> = self.groups().collect();
        // The sum of the sizes where the tested key is ahead; under the null each size counts with a fair coin.
        let ahead: i128 = (1..self.ahead.len())
            .map(|size| size as i128 * i128::from(self.ahead[size]))
            .sum();
        match groups[..] {
            [] => Ok(Log10P::ONE),
            [Group { weight, cells }] => {
                let count = self.ahead[weight as usize];
                binomial_upper(cells, count, HALF)
            }
            _ => weighted_upper(Law::Bernoulli { threshold: HALF }, &groups, ahead)
                .map(|tail| tail.log10_p),
        }
    }

    fn groups(&self) -> impl Iterator<Item = Group> {
        (1..self.ahead.len()).filter_map(|size| {
            let cells = self.ahead[size] + self.behind[size];
            let weight = size as i64;
            (cells > 0).then_some(Group { weight, cells })
        })
    }
}
