//! `calibrate`.

use super::InputArgs;
use hallmark::calibrate::Calibrating;
use std::path::PathBuf;

/// How often is my own unmarked text called marked, and my marked text?
///
/// Takes texts such as will be examined, without this key's mark, and counts how often p of `detect` is at or below each level: under
/// the key, and under random keys, where it may be no more often than the level says. With marked answers (--marked) it counts how
/// many of them are found, by length. Rates have 95% limits. Give the result to `detect --calibration`, which then quotes it.
#[derive(clap::Args)]
pub(crate) struct CalibrateArgs {
    /// The key file; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// Answers that this key marked, read as the other texts are; repeat it for several files
    #[arg(long, value_name = "FILE")]
    pub(crate) marked: Vec<PathBuf>,
    /// A length in tokens, of which the beginning of each text is taken; repeat it [default: 50, 100, 200, 400, 800]
    #[arg(long = "length", value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) lengths: Vec<u32>,
    /// A level; repeat it [default: 0.05, 0.01, 0.001, 0.0001, 0.000001]
    #[arg(long = "level", value_name = "A")]
    pub(crate) levels: Vec<f64>,
    /// Random keys [default: 1000; 50 for marks that are slow to read or whose keys are related]
    #[arg(long, value_name = "N")]
    pub(crate) keys: Option<u32>,
    /// Draws the random keys
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

impl CalibrateArgs {
    /// What the library is to count.
    pub(crate) fn how(&self) -> Calibrating {
        let usual = Calibrating::default();
        Calibrating {
            lengths: given(&self.lengths).unwrap_or(usual.lengths),
            levels: given(&self.levels).unwrap_or(usual.levels),
            keys: self.keys,
            seed: self.seed,
        }
    }
}

fn given<T: Clone>(values: &[T]) -> Option<Vec<T>> {
    (!values.is_empty()).then(|| values.to_vec())
}
