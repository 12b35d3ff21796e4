//! `power`: how much must be asked.

mod calibration;
mod cohorts;
mod marking;
mod pilot;

pub use calibration::{Calibrated, UsedJson};
pub use cohorts::CohortPlan;
pub use marking::Marking;
pub use pilot::{LevelJson, PilotFiles, PilotJson, WeightedJson};

use crate::error::{Error, Result};
use crate::json::{VERSION, formats};
use crate::progress::Step;
use hallmark_detector::power::{Calibration, Design, Growth, Setting, Used, sample_size};
use serde::{Deserialize, Serialize};

/// The result of `power`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The name of this format.
    pub schema: formats::Power,
    /// Version of this program.
    pub version: String,
    /// The scheme.
    pub scheme: String,
    /// Tokens in a window.
    pub window: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// Green lists: the share of the vocabulary that is green.
    pub gamma: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// Tournaments: the number of layers.
    pub layers: Option<u32>,
    /// The level.
    pub alpha: f64,
    /// The power that was asked for.
    pub power: f64,
    /// The lift, as given or as the share leaves it.
    pub lift: f64,
    /// The share that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Which study says what lift the share leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<UsedJson>,
    /// Distinct fresh cells that are needed.
    pub cells: u64,
    /// The same by the normal approximation.
    pub normal_cells: u64,
    /// The smallest statistic over that many cells that is a finding.
    pub critical: f64,
    /// The power that is reached with them.
    pub reached: f64,
    /// Generated tokens that hold as many cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// How tokens were computed from cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<Growth>,
    /// Answers of the given length, or the pilot's, that hold as many tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u64>,
    /// The pilot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pilot: Option<PilotJson>,
    /// What weighing by the harvest gains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighted: Option<WeightedJson>,
    /// What the keys of cohorts need, each of which holds a share of the harvest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cohorts: Vec<CohortPlan>,
}

/// What is to be seen, and how.
#[derive(Clone, Debug)]
pub struct Planning {
    /// What is marked with.
    pub mark: Marking,
    /// How strong the mark is.
    pub strength: Strength,
    /// The level.
    pub alpha: f64,
    /// How often a mark of that strength is to be found.
    pub power: f64,
    /// Which studies say what lift a share leaves.
    pub calibration: Calibrated,
    /// A few answers of the suspect.
    pub pilot: Option<PilotFiles>,
    /// New distinct cells for each generated token, without a pilot.
    pub cells_per_token: Option<f64>,
    /// Tokens in an answer, without a pilot.
    pub tokens_per_answer: Option<u32>,
    /// Shares of the harvest that cohorts hold, each with a key of its own.
    pub cohorts: Vec<f64>,
}

/// How strong a mark is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strength {
    /// By how much it lifts the green rate, the mean score in nats, or the rate of one bits.
    Lift(f64),
    /// The share of the suspect's training text that was marked.
    Share(f64),
}

/// How many answers are needed to see a mark?
///
/// # Errors
/// When a value is out of range, nothing was calibrated for it, or a file cannot be read.
pub fn plan(planning: &Planning, progress: &mut dyn FnMut(Step<'_>)) -> Result<Planned> {
    let Planning {
        mark,
        alpha,
        power,
        cells_per_token,
        tokens_per_answer,
        ..
    } = planning;
    if mark.profile.ring > 1 {
        return Err(Error::usage(format_args!(
            "profile {:?} has a ring of {} keys, among which the lift of each cell is shared",
            mark.profile.name, mark.profile.ring
        ))
        .hint("no study says what lift a ring leaves: plan for a profile without one, and see docs/studies/rings.md for the price"));
    }
    let table = planning.calibration.table()?;
    let setting = planning.calibration.setting(&mark.profile, mark.delta);
    let (lift, share, calibration) = match planning.strength {
        Strength::Lift(lift) => (lift, None, None),
        Strength::Share(share) => {
            let used = lift_of(&table, &setting, share)?;
            (used.lift, Some(share), Some(UsedJson::new(&table, &used)))
        }
    };
    let design = Design {
        law: mark.profile.law(),
        lift,
        alpha: mark.level_of_law(*alpha)?,
        power: *power,
    };
    let size = sample_size(&design)?;
    let files = planning.pilot.as_ref();
    let pilot = files.map(|files| pilot::read(files, mark, progress));
    let pilot = pilot.transpose()?;
    let window = mark.profile.window;
    let growth = match (&pilot, cells_per_token) {
        (Some(pilot), _) => pilot.piloted.growth.or(Growth::assumed(window)),
        (None, Some(rate)) => Some(Growth::constant(*rate)?),
        (None, None) => Growth::assumed(window),
    };
    let cohorts = cohorts::plans(&planning.cohorts, mark, &design, *alpha, growth.as_ref())?;
    let tokens = growth.map(|growth| growth.tokens(size.cells as f64));
    let answers = tokens.and_then(|tokens| match (&pilot, tokens_per_answer) {
        (Some(pilot), _) => pilot.answers(tokens),
        (None, Some(length)) => Some((tokens as u64).div_ceil(u64::from(*length))),
        (None, None) => None,
    });
    let (read, weighted) = match pilot {
        None => (None, None),
        Some(pilot) => (Some(pilot.json()), pilot.weighted(&design)?),
    };
    Ok(Planned {
        schema: formats::Power,
        version: VERSION.to_owned(),
        scheme: mark.profile.scheme.id().to_owned(),
        window,
        gamma: mark.gamma(),
        layers: mark.layers(),
        alpha: *alpha,
        power: *power,
        lift,
        share,
        calibration,
        cells: size.cells,
        normal_cells: size.normal_cells.ceil() as u64,
        critical: size.critical,
        reached: size.power,
        tokens: tokens.map(|tokens| tokens as u64),
        growth,
        answers,
        pilot: read,
        weighted,
        cohorts,
    })
}

fn lift_of<'a>(table: &'a Calibration, setting: &Setting, share: f64) -> Result<Used<'a>> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(Error::usage("allowed is above 0, at most 1")
            .at(format_args!("--share {share}"))
            .hint("give a share, for instance 0.01 for one in a hundred"));
    }
    table.lift(setting, share).ok_or_else(|| {
        Error::outside(format_args!(
            "no study in the table {:?} has this scheme, window, access and kind of prompts: this is outside what was calibrated",
            table.edition
        ))
        .hint("give --lift from a study of your own, or --calibration FILE")
    })
}
