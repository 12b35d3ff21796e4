//! `power`.

use super::SchemeName;
use clap::ValueEnum;
use hallmark::Inputs;
use hallmark::power::{Calibrated, PilotFiles};
use hallmark::weights::Weighing;
use hallmark_detector::power::{Access, Prompts};
use hallmark_detector::weights::ASSUMED_SHARE;
use std::path::PathBuf;

/// How many answers are needed to see a mark?
///
/// Gives the number of distinct cells that T1 needs to find a mark of a given strength at a given
/// level, by the exact tails, and about how many tokens hold them. The strength is given as a lift
/// (--lift), or as the share of the suspect's training text that was marked (--share); what lift a
/// share leaves is taken from a table of studies, and the result says which one.
///
/// With a pilot (--pilot), a few answers of the suspect, the tokens are computed as its cells grow;
/// and with an index of the harvest (--harvest), what weighing by it (T2) gains is predicted from
/// the windows that the pilot shows. No key is used.
#[derive(clap::Args)]
pub(crate) struct PowerArgs {
    /// Take scheme, window and parameters from this profile file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scheme", "gamma", "layers", "window"])]
    pub(crate) profile: Option<PathBuf>,
    /// The scheme [default: green where --gamma is given]
    #[arg(long, value_enum, required_unless_present_any = ["profile", "gamma"])]
    pub(crate) scheme: Option<SchemeName>,
    /// `green`: the share of green cells without a mark
    #[arg(long, value_name = "G")]
    pub(crate) gamma: Option<f64>,
    /// `tournament`: its layers
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=32))]
    pub(crate) layers: Option<u32>,
    /// Tokens in a window
    #[arg(long, value_name = "H", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) window: u8,
    /// How much the mark lifts the green rate, the mean score in nats, or the rate of one bits
    #[arg(
        long,
        value_name = "D",
        required_unless_present = "share",
        conflicts_with = "share"
    )]
    pub(crate) lift: Option<f64>,
    /// The share of the suspect's training text that was marked, above 0, at most 1
    #[arg(long, value_name = "R")]
    pub(crate) share: Option<f64>,
    /// Shares of the harvest that cohorts hold, each with a key of its own, such as 0.5,0.3,0.1: what each key needs, at the level over their number
    #[arg(long, value_name = "A,…", value_delimiter = ',')]
    pub(crate) cohorts: Vec<f64>,
    /// The level: the largest p-value that counts as a finding. Divide it by the number of tests
    /// that share it
    #[arg(long, value_name = "A", default_value_t = 1e-6)]
    pub(crate) alpha: f64,
    /// How often a mark of that strength is to be found
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub(crate) power: f64,
    #[command(flatten)]
    pub(crate) calibration: CalibrationArgs,
    /// A pilot: files of answers, as `examine` reads them
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "profile")]
    pub(crate) pilot: Vec<PathBuf>,
    /// An index of harvested text, made by `index make`; repeat it, and the counts add up
    #[arg(long = "harvest", value_name = "FILE", num_args = 1.., requires = "pilot")]
    pub(crate) harvests: Vec<PathBuf>,
    /// An index of text at large
    #[arg(long, value_name = "FILE", requires = "harvests")]
    pub(crate) background: Option<PathBuf>,
    /// The marking model's tokenizer.json, where it is not the built-in model's
    #[arg(long, value_name = "FILE", requires = "pilot")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// Where a field is found in the pilot's records of another layout
    #[arg(long = "field", value_name = "NAME=PATH", requires = "pilot")]
    pub(crate) fields: Vec<String>,
    /// New distinct cells for each generated token [default: 0.27, the lowest published for windows
    /// of two; none is assumed for windows of one]
    #[arg(long, value_name = "C", conflicts_with = "pilot")]
    pub(crate) cells_per_token: Option<f64>,
    /// Tokens in an answer, to count answers too
    #[arg(long, value_name = "T", conflicts_with = "pilot", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) tokens_per_answer: Option<u32>,
}

/// Which studies say what lift a share leaves.
#[derive(clap::Args)]
pub(crate) struct CalibrationArgs {
    /// A table of studies to use instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// How the suspect is reached: `closed` gives text only, `open` gives weights or
    /// log-probabilities
    #[arg(long, value_enum, default_value_t = AccessName::Closed)]
    pub(crate) access: AccessName,
    /// What the suspect is asked: prompts of the harvest's own domain, or any
    #[arg(long, value_enum, default_value_t = PromptsName::Generic)]
    pub(crate) prompts: PromptsName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccessName {
    Closed,
    Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PromptsName {
    Harvest,
    Generic,
}

impl PowerArgs {
    /// The pilot, where there is one.
    pub(crate) fn pilot(&self) -> Option<PilotFiles> {
        (!self.pilot.is_empty()).then(|| PilotFiles {
            inputs: Inputs {
                tokenizer: self.tokenizer.clone(),
                fields: self.fields.clone(),
                ..Inputs::of(self.pilot.clone())
            },
            weighing: Weighing {
                harvests: self.harvests.clone(),
                background: self.background.clone(),
                assumed_share: self
                    .share
                    .filter(|share| *share < 1.0)
                    .unwrap_or(ASSUMED_SHARE),
                ..Weighing::default()
            },
        })
    }
}

impl CalibrationArgs {
    /// Which studies the flags name.
    pub(crate) fn calibrated(&self) -> Calibrated {
        Calibrated {
            table: self.calibration.clone(),
            access: match self.access {
                AccessName::Closed => Access::Closed,
                AccessName::Open => Access::Open,
            },
            prompts: match self.prompts {
                PromptsName::Harvest => Prompts::Harvest,
                PromptsName::Generic => Prompts::Generic,
            },
        }
    }
}
