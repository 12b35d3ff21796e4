//! A pilot: what a few answers say of the many.

use super::marking::Marking;
use crate::error::{Error, Result};
use crate::progress::Step;
use crate::read::{self, Inputs};
use crate::weights::{UsedIndex, Weighing, weigh};
use hallmark_detector::power::{Design, Pilot, Piloted, weighted_size};
use serde::{Deserialize, Serialize};

/// A few answers of the suspect, and what may weigh them.
#[derive(Clone, Debug)]
pub struct PilotFiles {
    /// The answers.
    pub inputs: Inputs,
    /// The indexes.
    pub weighing: Weighing,
}

/// What was read of the pilot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PilotJson {
    /// Answers.
    pub answers: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// Distinct fresh cells.
    pub cells: u64,
}

/// What weighing by the harvest gains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WeightedJson {
    /// Distinct fresh cells that T2 needs.
    pub cells: u64,
    /// T1's cells over T2's.
    pub gain: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// Generated tokens that hold as many.
    pub tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// Answers of the pilot's length that hold as many.
    pub answers: Option<u64>,
    /// The pilot's cells by weight.
    pub levels: Vec<LevelJson>,
    /// The indexes of harvested text.
    pub harvests: Vec<UsedIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// The index of text at large.
    pub background: Option<UsedIndex>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
/// Cells of the pilot that share a weight.
pub struct LevelJson {
    /// The weight.
    pub weight: u16,
    /// How many cells have it.
    pub cells: u64,
}

/// A pilot that was read, with the indexes that weighed it.
pub(super) struct Read {
    pub(super) piloted: Piloted,
    harvests: Vec<UsedIndex>,
    background: Option<UsedIndex>,
}

/// Reads the pilot.
pub(super) fn read(
    files: &PilotFiles,
    mark: &Marking,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<Read> {
    if !mark.reads_text {
        return Err(
            Error::usage("a pilot is read with the mark's profile, and none is given")
                .hint("give --profile FILE instead of scheme and parameters"),
        );
    }
    let weighed = weigh(&files.weighing, &mark.profile, &[])?;
    let mut pilot = Pilot::new(mark.profile.window, weighed.weights);
    read::read(
        &files.inputs,
        &mark.profile,
        progress,
        |_| Ok(()),
        |raw| pilot.observe(&raw).map_err(Error::usage),
    )?;
    Ok(Read {
        piloted: pilot.finish(),
        harvests: weighed.harvests,
        background: weighed.background,
    })
}

impl Read {
    pub(super) fn json(&self) -> PilotJson {
        let Piloted {
            answers,
            tokens,
            cells,
            ..
        } = self.piloted;
        PilotJson {
            answers,
            tokens,
            cells,
        }
    }

    /// Answers that hold so many tokens, at the pilot's length.
    pub(super) fn answers(&self, tokens: f64) -> Option<u64> {
        self.piloted.answers_for(tokens)
    }

    /// What weighing gains, where a harvest was given.
    pub(super) fn weighted(self, design: &Design) -> Result<Option<WeightedJson>> {
        if self.harvests.is_empty() {
            return Ok(None);
        }
        let size = weighted_size(design, &self.piloted.levels)?;
        let tokens = self.piloted.growth.map(|growth| growth.tokens(size.cells));
        Ok(Some(WeightedJson {
            cells: size.cells.ceil() as u64,
            gain: size.gain,
            tokens: tokens.map(|tokens| tokens as u64),
            answers: tokens.and_then(|tokens| self.answers(tokens)),
            levels: self
                .piloted
                .levels
                .iter()
                .map(|level| LevelJson {
                    weight: level.weight,
                    cells: level.cells,
                })
                .collect(),
            harvests: self.harvests,
            background: self.background,
        }))
    }
}
