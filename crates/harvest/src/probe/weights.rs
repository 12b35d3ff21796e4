//! What a window is worth: much where the harvest held it often and other text seldom.

use super::LogEntry;
use super::cover::Worth;
use hallmark_core::windows::{self, WindowCounts, WindowHash};
use hashbrown::HashMap;

/// Weights of windows, from counts in the harvest and in a background.
///
/// A window weighs h/(h + b + 1). h is how often the harvest held it in other places than the answer
/// at hand (or how many other answers held it), since an answer says nothing of itself; b is how often background text of the harvest's
/// length would hold it; and the one is doubt, so that windows seen once or twice weigh less.
pub struct Weights<'a> {
    harvest: Vec<&'a dyn WindowCounts>,
    background: Option<&'a dyn WindowCounts>,
    /// Harvest windows for each background window.
    scale: f64,
}

impl<'a> Weights<'a> {
    /// Weights from the logs of one or more cohorts, added up, against a background.
    ///
    /// # Errors
    /// When there is no harvest, or windows differ in length.
    pub fn new(
        harvest: Vec<&'a dyn WindowCounts>,
        background: Option<&'a dyn WindowCounts>,
    ) -> Result<Self, WeightsError> {
        let window = harvest.first().ok_or(WeightsError::NoHarvest)?.window();
        if let Some(other) = harvest
            .iter()
            .copied()
            .chain(background)
            .find(|counts| counts.window() != window)
        {
            return Err(WeightsError::Windows {
                first: window,
                other: other.window(),
            });
        }
        let total: u64 = harvest.iter().map(|counts| counts.total()).sum();
        let scale = background.map_or(0.0, |counts| total as f64 / counts.total().max(1) as f64);
        Ok(Self {
            harvest,
            background,
            scale,
        })
    }

    /// What a prompt is worth by its logged answer.
    pub(super) fn worth<P>(&self, entry: &LogEntry<P>) -> Worth {
        let window = self.harvest[0].window();
        let mut own: HashMap<WindowHash, (u32, bool)> = HashMap::new();
        let mut reach = entry.in_other_form.iter().skip(window);
        windows::each(&entry.answer, window, |hash| {
            let (count, is_shown) = own.entry(hash).or_default();
            *count += 1;
            *is_shown |= reach
                .next()
                .is_some_and(|&reach| usize::from(reach) >= window);
        });
        for piece in &entry.shown {
            for shown in piece.windows(window) {
                if let Some((_, is_shown)) = own.get_mut(&WindowHash::of(shown)) {
                    *is_shown = true;
                }
            }
        }
        let distinct = own.len();
        let mut fresh: Vec<(WindowHash, u32)> = own
            .into_iter()
            .filter_map(|(hash, (count, is_shown))| (!is_shown).then_some((hash, count)))
            .collect();
        fresh.sort_unstable();
        let weights = self.weigh(&fresh);
        let windows = fresh.into_iter().map(|(hash, _)| hash).zip(weights);
        Worth::new(windows, distinct)
    }

    /// The weights of windows that occur so often in the answer at hand, in units of 1/65,535.
    fn weigh(&self, own: &[(WindowHash, u32)]) -> Vec<u16> {
        let windows: Vec<WindowHash> = own.iter().map(|&(hash, _)| hash).collect();
        let mut harvest = vec![0_u64; windows.len()];
        let mut counts = vec![0; windows.len()];
        for source in &self.harvest {
            source.counts(&windows, &mut counts);
            for (sum, &count) in harvest.iter_mut().zip(&counts) {
                *sum += u64::from(count);
            }
        }
        counts.fill(0);
        if let Some(background) = self.background {
            background.counts(&windows, &mut counts);
        }
        let once = self.harvest.iter().all(|source| source.once_an_answer());
        let weight = |((harvest, background), (_, own)): ((u64, u32), &(WindowHash, u32))| {
            let own = if once { 1 } else { u64::from(*own) };
            let harvest = harvest.saturating_sub(own) as f64;
            let background = f64::from(background) * self.scale;
            (harvest / (harvest + background + 1.0) * f64::from(u16::MAX)).round() as u16
        };
        harvest
            .into_iter()
            .zip(counts)
            .zip(own)
            .map(weight)
            .collect()
    }
}

/// Counts that cannot be weighed against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// No index of a harvest.
    #[error("no harvest was given, so no window can be told from another")]
    NoHarvest,
    /// Windows of different lengths have nothing in common.
    #[error("one index counts windows of {first} tokens and another of {other}")]
    Windows {
        /// Tokens in a window of the first.
        first: usize,
        /// Tokens in a window of another.
        other: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Counted, MarkedBy};
    use hallmark_core::cells::TokenId;

    fn counted(answers: &[&[TokenId]]) -> Counted {
        let mut counted = Counted::new(2, MarkedBy::Unmarked);
        answers.iter().for_each(|answer| counted.push(answer));
        counted
    }

    #[test]
    fn a_window_weighs_by_other_answers_and_against_the_background() {
        // Of the answer at hand, [1, 2] is in three other places, [2, 3] in none, [3, 9] nowhere.
        let answer = [1, 2, 3, 9, 0];
        let harvest = counted(&[&answer, &[1, 2, 0], &[1, 2, 0, 1, 2, 0]]);
        let weigh = |background: Option<&dyn WindowCounts>| {
            let weights = Weights::new(vec![&harvest], background).unwrap();
            let own = [[1, 2], [2, 3], [3, 9]].map(|window| (WindowHash::of(&window), 1));
            weights.weigh(&own)
        };
        assert_eq!(weigh(None), [49_151, 0, 0]);
        // Ten windows there against eight here, four of them this one: b = 4 · 0.8.
        let background = counted(&[&[1, 2, 1, 2, 1, 2, 1, 2, 3, 4, 5, 6]]);
        let expected = (65_535.0 * 3.0 / (3.0 + 4.0 * 0.8 + 1.0_f64)).round() as u16;
        assert_eq!(harvest.total(), 8);
        assert_eq!(weigh(Some(&background)), [expected, 0, 0]);
    }

    #[test]
    fn windows_that_the_prompt_shows_are_worth_nothing() {
        let harvest = counted(&[&[1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]]);
        let weights = Weights::new(vec![&harvest], None).unwrap();
        let worth = |shown: &[&[u32]], in_other_form: &[u8]| {
            let entry = LogEntry {
                prompt: (),
                identity: vec![],
                answer: vec![1, 2, 3, 4, 5],
                shown: shown.iter().map(|piece| piece.to_vec()).collect(),
                in_other_form: in_other_form.to_vec(),
            };
            weights.worth(&entry).logged(0)
        };
        let whole = worth(&[], &[]);
        let part = worth(&[&[7, 2, 3, 4], &[1], &[2, 1]], &[]);
        assert_eq!(worth(&[], &[0, 1, 1, 2, 3]), part);
        assert_eq!((whole.windows, whole.exposure_share), (3, 0.0));
        assert_eq!((part.windows, part.exposure_share), (1, 2.0 / 3.0));
        assert!((whole.score - 1.5).abs() < 1e-4 && (part.score - 0.5).abs() < 1e-4);
    }

    #[test]
    fn indexes_must_fit_each_other() {
        let (two, three) = (counted(&[]), Counted::new(3, MarkedBy::Unmarked));
        assert_eq!(
            Weights::new(vec![], None).err(),
            Some(WeightsError::NoHarvest)
        );
        assert_eq!(
            Weights::new(vec![&two], Some(&three)).err(),
            Some(WeightsError::Windows { first: 2, other: 3 })
        );
    }
}
