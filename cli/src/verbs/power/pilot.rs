//! A pilot: what a few answers say of the many.

use crate::args::{InputArgs, PowerArgs, RuleName, WeightArgs};
use crate::evidence;
use crate::failure::{Failure, Outcome};
use crate::output::Output;
use crate::verbs::examine::weighing::{UsedIndex, weigh};
use hallmark_core::profile::Profile;
use hallmark_detector::power::{Design, Pilot, Piloted, PowerError, weighted_size};
use hallmark_detector::weights::{ASSUMED_SHARE, PRIOR};
use serde::Serialize;

/// What was read of the pilot.
#[derive(Serialize)]
pub(crate) struct PilotJson {
    pub(crate) answers: u64,
    pub(crate) tokens: u64,
    /// Distinct fresh cells.
    pub(crate) cells: u64,
}

/// What weighing by the harvest gains.
#[derive(Serialize)]
pub(crate) struct WeightedJson {
    /// Distinct fresh cells that T2 needs.
    pub(crate) cells: u64,
    /// T1's cells over T2's.
    pub(crate) gain: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answers: Option<u64>,
    /// The pilot's cells by weight.
    levels: Vec<LevelJson>,
    harvests: Vec<UsedIndex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<UsedIndex>,
}

#[derive(Serialize)]
struct LevelJson {
    weight: u16,
    cells: u64,
}

/// A pilot that was read, with the indexes that weighed it.
pub(super) struct Read {
    pub(super) piloted: Piloted,
    harvests: Vec<UsedIndex>,
    background: Option<UsedIndex>,
}

/// Reads the pilot, where there is one.
pub(super) fn read(
    args: &PowerArgs,
    profile: Option<&Profile>,
    output: &Output,
) -> Outcome<Option<Read>> {
    if args.pilot.is_empty() {
        return Ok(None);
    }
    let profile = profile.ok_or_else(|| {
        Failure::usage("a pilot is read with the mark's profile, and none is given")
            .hint("give --profile FILE instead of scheme and parameters")
    })?;
    let weighing = weigh(&weights(args), profile)?;
    let mut pilot = Pilot::new(profile.window, weighing.weights);
    evidence::read(
        &input(args),
        profile,
        output,
        |_| Ok(()),
        |raw| pilot.observe(&raw).map_err(Failure::usage),
    )?;
    Ok(Some(Read {
        piloted: pilot.finish(),
        harvests: weighing.harvests,
        background: weighing.background,
    }))
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
    pub(super) fn weighted(self, design: &Design) -> Result<Option<WeightedJson>, PowerError> {
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

fn input(args: &PowerArgs) -> InputArgs {
    InputArgs {
        inputs: args.pilot.clone(),
        tokenizer: args.tokenizer.clone(),
        fields: args.fields.clone(),
        skip_bad: 0,
        max_record_bytes: None,
        max_document_bytes: None,
        max_total_bytes: None,
        max_nesting: None,
        input_format: None,
    }
}

fn weights(args: &PowerArgs) -> WeightArgs {
    WeightArgs {
        harvests: args.harvests.clone(),
        background: args.background.clone(),
        rule: RuleName::Graded,
        assumed_share: args
            .share
            .filter(|share| *share < 1.0)
            .unwrap_or(ASSUMED_SHARE),
        weight_prior: PRIOR,
        weight_floor: false,
        references: vec![],
    }
}
