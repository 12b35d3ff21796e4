//! Whether a request is marked, and with what.

use crate::config::Answers;
use std::fmt;

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The label of its cohort; none takes the file's default.
    pub cohort: Option<&'a str>,
    /// Whether it is to be marked at all; none leaves that to the cohort.
    pub mark: Option<bool>,
    /// What the answer follows, as tokens.
    pub prompt: &'a [u32],
    /// Whether it decodes greedily: then only a mark that biases logits takes part.
    pub greedy: bool,
    /// Which of several answers to the prompt it is, from 0.
    pub answer: u32,
    /// What these answers share: then they have different sub-keys of a ring.
    pub group: Option<&'a str>,
    /// Its number in the gateway's sequence, where that counts across processes; otherwise the ledger counts.
    pub number: Option<u64>,
    /// Tokens for which room is made.
    pub capacity: usize,
    /// A seed of the ordinary randomness; without one it is the operating system's.
    pub seed: Option<u64>,
}

/// Why a request is not marked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmarked {
    /// It names no cohort, and there is no default.
    NoCohort,
    /// It asked for none.
    Off,
    /// It decodes greedily, and the mark would choose.
    Greedy,
    /// It is a later answer to a prompt.
    LaterAnswer,
    /// It names a cohort that is not there: to be refused where serving fails closed.
    UnknownCohort(String),
    /// Its position in the ledger, or its first step, could not be had: to be refused where serving fails closed.
    Failed(String),
}

impl Unmarked {
    /// A word for the ledger.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoCohort => "no-cohort",
            Self::Off => "off",
            Self::Greedy => "greedy",
            Self::LaterAnswer => "later-answer",
            Self::UnknownCohort(_) => "unknown-cohort",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether it should have been marked.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::UnknownCohort(_) | Self::Failed(_))
    }
}

impl fmt::Display for Unmarked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCohort => f.write_str("the request names no cohort, and there is no default"),
            Self::Off => f.write_str("the request asks for no mark"),
            Self::Greedy => {
                f.write_str("the request decodes greedily, and the mark does not bias logits")
            }
            Self::LaterAnswer => f.write_str("it is a later answer to the same prompt"),
            Self::UnknownCohort(label) => {
                let shown: String = label.chars().take(SHOWN).collect();
                write!(
                    f,
                    "no cohort is called {shown:?}: add it to [cohorts] of the serving file, or correct the request"
                )
            }
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Characters of an unknown label that an error repeats: it may be a key by mistake.
const SHOWN: usize = 24;

/// Which sub-key of `sub_keys` marks the answer, `first` being the group's own or drawn for the request.
pub(crate) fn sub_key(
    policy: Answers,
    answer: u32,
    first: u32,
    sub_keys: u32,
) -> Result<u32, Unmarked> {
    match policy {
        Answers::Each => Ok(first % sub_keys),
        Answers::First if answer > 0 => Err(Unmarked::LaterAnswer),
        Answers::First => Ok(first % sub_keys),
        Answers::SubKeys if answer >= sub_keys => Err(Unmarked::LaterAnswer),
        Answers::SubKeys => Ok((first % sub_keys + answer) % sub_keys),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn answers_of_a_group_have_different_sub_keys() {
        let keys: Result<BTreeSet<u32>, _> = (0..4)
            .map(|answer| sub_key(Answers::SubKeys, answer, 7, 4))
            .collect();
        assert_eq!(keys.map(|keys| keys.len()), Ok(4));
        assert_eq!(
            sub_key(Answers::SubKeys, 4, 7, 4),
            Err(Unmarked::LaterAnswer)
        );
    }

    #[test]
    fn later_answers_are_unmarked_where_the_policy_says_so() {
        assert_eq!(sub_key(Answers::First, 0, 0, 1), Ok(0));
        assert_eq!(sub_key(Answers::First, 1, 0, 1), Err(Unmarked::LaterAnswer));
        assert_eq!(sub_key(Answers::Each, 9, 0, 1), Ok(0));
    }

    #[test]
    fn a_long_label_is_not_repeated_whole() {
        let text = Unmarked::UnknownCohort("x".repeat(10_000)).to_string();
        assert!(text.len() < 200);
    }
}
