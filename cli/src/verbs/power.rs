//! `power`: how much must be asked.

mod marking;
mod pilot;

use self::marking::Marking;
use self::pilot::{PilotJson, WeightedJson};
use crate::args::{AccessName, CalibrationArgs, PowerArgs, PromptsName};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::render::power_text;
use hallmark_core::schemes::{Family, Parameters, Scheme};
use hallmark_detector::power::{
    self, Access, Calibration, Design, Growth, Outside, PowerError, Prompts, Setting, Status, Used,
    sample_size,
};
use serde::Serialize;
use std::io::Read;
use std::path::Path;

/// The result of `power`.
#[derive(Serialize)]
pub(crate) struct Planned {
    pub(crate) schema: &'static str,
    /// Version of this program.
    pub(crate) version: &'static str,
    pub(crate) scheme: &'static str,
    pub(crate) window: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gamma: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layers: Option<u32>,
    /// The level.
    pub(crate) alpha: f64,
    /// The power that was asked for.
    pub(crate) power: f64,
    /// The lift, as given or as the share leaves it.
    pub(crate) lift: f64,
    /// The share that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share: Option<f64>,
    /// Which study says what lift the share leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) calibration: Option<UsedJson>,
    /// Distinct fresh cells that are needed.
    pub(crate) cells: u64,
    /// The same by the normal approximation.
    pub(crate) normal_cells: u64,
    /// The smallest statistic over that many cells that is a finding.
    pub(crate) critical: f64,
    /// The power that is reached with them.
    pub(crate) reached: f64,
    /// Generated tokens that hold as many cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tokens: Option<u64>,
    /// How tokens were computed from cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) growth: Option<Growth>,
    /// Answers of the given length, or the pilot's, that hold as many tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answers: Option<u64>,
    /// The pilot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pilot: Option<PilotJson>,
    /// What weighing by the harvest gains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weighted: Option<WeightedJson>,
}

/// A row of a calibration, as results carry it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct UsedJson {
    /// The table.
    pub(crate) edition: String,
    pub(crate) row: String,
    pub(crate) student: String,
    pub(crate) status: Status,
    pub(crate) source: String,
    /// In what respects the question goes beyond what was studied.
    pub(crate) outside: Vec<Outside>,
}

impl UsedJson {
    pub(crate) fn new(table: &Calibration, used: &Used<'_>) -> Self {
        Self {
            edition: table.edition.clone(),
            row: used.row.name.clone(),
            student: used.row.student.clone(),
            status: used.row.status,
            source: used.row.source.clone(),
            outside: used.outside.clone(),
        }
    }
}

pub(crate) fn run(args: &PowerArgs, output: &Output) -> Outcome {
    let mark = Marking::of(args)?;
    let table = calibration(&args.calibration)?;
    let setting = setting(&mark.scheme, mark.window, mark.delta, &args.calibration);
    let (lift, calibration) = match (args.lift, args.share) {
        (None, Some(share)) => {
            let used = lift_of(&table, &setting, share)?;
            (used.lift, Some(UsedJson::new(&table, &used)))
        }
        (lift, _) => (lift.unwrap_or_default(), None),
    };
    let design = Design {
        law: mark.law,
        lift,
        alpha: args.alpha,
        power: args.power,
    };
    let size = sample_size(&design).map_err(|error| failure(&error))?;
    let pilot = pilot::read(args, mark.profile.as_ref(), output)?;
    let growth = match (&pilot, args.cells_per_token) {
        (Some(pilot), _) => pilot.piloted.growth.or(Growth::assumed(mark.window)),
        (None, Some(rate)) => Some(Growth::constant(rate).map_err(|error| failure(&error))?),
        (None, None) => Growth::assumed(mark.window),
    };
    let tokens = growth.map(|growth| growth.tokens(size.cells as f64));
    let answers = tokens.and_then(|tokens| match (&pilot, args.tokens_per_answer) {
        (Some(pilot), _) => pilot.answers(tokens),
        (None, Some(length)) => Some((tokens as u64).div_ceil(u64::from(length))),
        (None, None) => None,
    });
    let (read, weighted) = match pilot {
        None => (None, None),
        Some(pilot) => {
            let read = pilot.json();
            let weighted = pilot.weighted(&design).map_err(|error| failure(&error))?;
            (Some(read), weighted)
        }
    };
    let planned = Planned {
        schema: "hallmark/power/1",
        version: env!("CARGO_PKG_VERSION"),
        scheme: mark.scheme.id(),
        window: mark.window,
        gamma: mark.gamma(),
        layers: mark.layers(),
        alpha: args.alpha,
        power: args.power,
        lift,
        share: args.share,
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
    };
    output.result(|| power_text(&planned), &planned, &[] as &[()])?;
    Ok(Exit::Done)
}

/// The table that the flags ask for.
pub(crate) fn calibration(args: &CalibrationArgs) -> Outcome<Calibration> {
    let Some(path) = &args.calibration else {
        return Ok(Calibration::built_in());
    };
    let text = read_table(path)?;
    Calibration::parse(&text).map_err(|error| {
        Failure::usage(format_args!("calibration {}: {error}", shown(path)))
            .hint("docs/tests/power.md describes the format")
    })
}

/// What is to be looked up in a calibration.
pub(crate) fn setting(
    scheme: &Scheme,
    window: usize,
    delta: Option<f64>,
    args: &CalibrationArgs,
) -> Setting {
    let name = match scheme.row().family {
        Family::Gumbel => power::SchemeName::Gumbel,
        Family::DualGumbel => power::SchemeName::DualGumbel,
        Family::Green => power::SchemeName::Green,
        Family::Tournament => power::SchemeName::Tournament,
    };
    let gamma = match scheme.parameters() {
        Parameters::Green { gamma, .. } => Some(gamma),
        _ => None,
    };
    Setting {
        scheme: name,
        window,
        gamma,
        delta,
        access: match args.access {
            AccessName::Closed => Access::Closed,
            AccessName::Open => Access::Open,
        },
        prompts: match args.prompts {
            PromptsName::Harvest => Prompts::Harvest,
            PromptsName::Generic => Prompts::Generic,
        },
    }
}

fn lift_of<'a>(table: &'a Calibration, setting: &Setting, share: f64) -> Outcome<Used<'a>> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(Failure::usage(format_args!(
            "--share {share}: allowed is above 0, at most 1"
        ))
        .hint("give a share, for instance 0.01 for one in a hundred"));
    }
    table.lift(setting, share).ok_or_else(|| Failure {
        exit: Exit::TooLittle,
        ..Failure::usage(format_args!(
            "no study in the table {:?} has this scheme, window, access and kind of prompts: this is outside what was calibrated",
            table.edition
        ))
        .hint("give --lift from a study of your own, or --calibration FILE")
    })
}

/// The longest calibration that is read, in bytes.
const MAX_TABLE: u64 = 1 << 20;

fn read_table(path: &Path) -> Outcome<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path);
    file.and_then(|file| file.take(MAX_TABLE + 1).read_to_string(&mut text))
        .map_err(|error| {
            Failure::io("read the calibration", path, &error).hint("check the path")
        })?;
    if text.len() as u64 > MAX_TABLE {
        return Err(
            Failure::usage(format_args!("{} is no calibration", shown(path)))
                .hint("a calibration is a short TOML text: see docs/tests/power.md"),
        );
    }
    Ok(text)
}

fn failure(error: &PowerError) -> Failure {
    let hint = match error {
        PowerError::TooManyCells { .. } => {
            "plan for prompts of the harvest's own domain, for weights by the harvest, or for a larger lift"
        }
        PowerError::NoWeight => {
            "give the index of what the suspect may have learned from, or a pilot on its subject"
        }
        _ => "correct the value",
    };
    Failure::usage(error).hint(hint)
}
