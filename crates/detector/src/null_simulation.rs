//! Null simulation: text that nobody marked, under many random keys.

use crate::cells::RawCells;
use crate::dedup::DedupKind;
use crate::error::ExaminationError;
use crate::scores::decoys;
use crate::statistic::plain;
use hallmark_core::law::Law;
use hallmark_core::mark::{KeyMismatch, Mark};
use hallmark_core::profile::Profile;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What T1 did under keys that marked nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Calibration {
    /// Random keys.
    pub keys: u32,
    /// Distinct cells scored under each.
    pub cells: u64,
    /// Mean over the keys of z, the sum less its expectation over its standard deviation; 0 in
    /// expectation.
    pub z_mean: f64,
    /// Standard deviation of z over the keys; 1 in expectation.
    pub z_deviation: f64,
    /// Keys with p ≤ 0.05; at most a twentieth of them in expectation.
    pub at_most_5_percent: u32,
}

/// Scores `raw` under `keys` random keys drawn from `seed`.
///
/// # Errors
/// When there are more cells than the tails allow.
pub fn simulate(
    profile: &Profile,
    raw: &RawCells,
    keys: u32,
    seed: u64,
) -> Result<Calibration, ExaminationError> {
    let mut dedup = DedupKind::Exact.build(profile.window);
    let cells = raw.fresh().distinct(&mut *dedup)?;
    let count = cells.len() as u64;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let marks: Vec<_> = decoys::random_keys(keys, bytes)
        .map(|key| Mark::new(profile, &key.into()))
        .collect::<Result<_, KeyMismatch>>()?;
    let results: Vec<(f64, f64)> = marks
        .par_iter()
        .map(|mark| {
            let sum = cells.score(&**mark.reading());
            Ok((
                z(mark.law(), count, sum),
                plain::p_value(mark.law(), count, sum)?.value(),
            ))
        })
        .collect::<Result<_, ExaminationError>>()?;
    let n = f64::from(keys);
    let z_mean = results.iter().map(|result| result.0).sum::<f64>() / n;
    let squares: f64 = results
        .iter()
        .map(|result| (result.0 - z_mean).powi(2))
        .sum();
    let small = results
        .iter()
        .filter(|result| result.1 <= 0.05_f64.log10())
        .count();
    Ok(Calibration {
        keys,
        cells: count,
        z_mean,
        z_deviation: (squares / (n - 1.0)).sqrt(),
        at_most_5_percent: small as u32,
    })
}

impl Calibration {
    /// Whether mean, deviation and the count of small p-values are each within five standard errors
    /// of what they should be. With 400 keys each criterion gives a false alarm about once in a
    /// million simulations; with fewer keys the count's law is skew, and the alarm less rare.
    #[must_use]
    pub fn holds(&self) -> bool {
        let n = f64::from(self.keys);
        let small = f64::from(self.at_most_5_percent);
        self.z_mean.abs() < 5.0 / n.sqrt()
            && (self.z_deviation - 1.0).abs() < 5.0 / (2.0 * n).sqrt()
            && small < 0.05 * n + 5.0 * (0.0475 * n).sqrt() + 1.0
    }
}

/// The standardised sum of scores.
fn z(law: Law, cells: u64, sum: u64) -> f64 {
    let trials = (cells * law.trials()) as f64;
    let mean = law.null_mean() / law.trials() as f64;
    let variance = match law {
        Law::Exponential => 1.0,
        Law::Bernoulli { .. } | Law::Bits { .. } => mean * (1.0 - mean),
    };
    (sum as f64 / law.unit() as f64 - trials * mean) / (trials * variance).sqrt()
}
