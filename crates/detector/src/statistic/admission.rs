//! The wall: which tests a mark may have, and why not the others.
//!
//! A test's p-value rests on how scores depend on each other when the key is random. That is a property of the engine's function,
//! so it is asked of the [`Mark`] here, once, before anything is observed; nothing else decides it. The table of all
//! schemes and the derivations are in `docs/tests/marks.md`, and a test holds the two against each other.

use crate::finding::{MAX_WINDOW, Test};
use hallmark_core::law::Law;
use hallmark_core::mark::{Mark, Null};

/// Why a mark may not have a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// `SynthID`, `TextSeal`.
    #[error(
        "its keys are related: text that was marked under another key scores high, and only T1 compares the key with others"
    )]
    RelatedKeys,
    /// Green lists.
    #[error(
        "tokens of one green list depend on each other, which only sums of positive weights allow for"
    )]
    DependentLists,
    /// Lists and three-bricks.
    #[error("what counts once depends on the key, so that keys see different cells")]
    KeyedUnits,
    /// Tournaments.
    #[error("bits of a tournament have no e-process")]
    NoEProcess,
    /// Schemes other than Gumbel's.
    #[error("its scores have few levels: no word stands out")]
    FewLevels,
    /// `SGLang`'s hash of the window.
    #[error(
        "two windows can share what its function consumes, and its first windows reach into the prompt: an index of first visits tells neither"
    )]
    SharedInputs,
    /// Rings of keys.
    #[error(
        "its requests are marked with several sub-keys, and probabilities are summed under one"
    )]
    SubKeys,
    /// Windows that T2r cannot pack.
    #[error("its windows have more than {MAX_WINDOW} tokens")]
    LongWindow,
}

/// A test that a mark may not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{test} cannot be made of {scheme}: {why}")]
pub struct Refused {
    /// The test.
    pub test: Test,
    /// The mark's scheme.
    pub scheme: &'static str,
    /// Why.
    pub why: Refusal,
}

/// Every test that a mark may have or not.
pub const TESTS: [Test; 9] = [
    Test::T1,
    Test::T2,
    Test::T2r,
    Test::T3,
    Test::T3r,
    Test::T5,
    Test::T6,
    Test::T8,
    Test::T9,
];

/// Whether `mark` may have `test`.
///
/// # Errors
/// Why not.
pub fn admits(mark: &Mark, test: Test) -> Result<(), Refused> {
    refusal(mark, test).map_or(Ok(()), |why| {
        Err(Refused {
            test,
            scheme: mark.scheme(),
            why,
        })
    })
}

fn refusal(mark: &Mark, test: Test) -> Option<Refusal> {
    if test == Test::T1 {
        return None;
    }
    let law = mark.law();
    if test == Test::T9 && mark.sub_keys() > 1 {
        return Some(Refusal::SubKeys);
    }
    match (mark.null(), test) {
        (Null::RelatedKeys(_) | Null::ShiftedTable(_), _) => Some(Refusal::RelatedKeys),
        (_, Test::T3) if matches!(law, Law::Bits { .. }) => Some(Refusal::NoEProcess),
        (_, Test::T8) if law != Law::Exponential => Some(Refusal::FewLevels),
        (Null::Lists, Test::T2r | Test::T3r | Test::T6 | Test::T9) => Some(Refusal::DependentLists),
        (_, Test::T2r | Test::T3r | Test::T5 | Test::T6 | Test::T9) if !mark.shares_units() => {
            Some(Refusal::KeyedUnits)
        }
        (_, Test::T3r) if mark.unit().is_some() => Some(Refusal::SharedInputs),
        (_, Test::T2r | Test::T3r) if mark.window() > MAX_WINDOW => Some(Refusal::LongWindow),
        _ => None,
    }
}
