//! How much must be asked to see the key of a cohort that holds a part of the harvest.

use super::marking::Marking;
use crate::error::{Error, Result};
use hallmark_detector::power::{Design, Growth, sample_size};
use serde::{Deserialize, Serialize};

/// A cohort of a share of the harvest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CohortPlan {
    /// Its share of what was harvested.
    pub share: f64,
    /// What of the lift it leaves: that share of it.
    pub lift: f64,
    /// The level for it: the whole level over the number of cohorts, as Holm's adjustment begins.
    pub alpha: f64,
    /// Distinct fresh cells that its key needs.
    pub cells: u64,
    /// Generated tokens that hold as many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
}

/// Plans for each of these shares.
pub(super) fn plans(
    shares: &[f64],
    mark: &Marking,
    whole: &Design,
    alpha: f64,
    growth: Option<&Growth>,
) -> Result<Vec<CohortPlan>> {
    let each = alpha / shares.len().max(1) as f64;
    let plan = |&share: &f64| {
        let at = |error: Error| error.at(format_args!("--cohorts {share}"));
        if !(share > 0.0 && share <= 1.0) {
            return Err(at(Error::usage("allowed is above 0, at most 1").hint(
                "give each cohort's share of the harvest, such as 0.5,0.3,0.1",
            )));
        }
        let design = Design {
            lift: share * whole.lift,
            alpha: mark.level_of_law(each)?,
            ..*whole
        };
        let size = sample_size(&design).map_err(|error| at(error.into()))?;
        Ok(CohortPlan {
            share,
            lift: design.lift,
            alpha: each,
            cells: size.cells,
            tokens: growth.map(|growth| growth.tokens(size.cells as f64) as u64),
        })
    };
    shares.iter().map(plan).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallmark_core::schemes::Scheme;

    fn planned(shares: &[f64]) -> Vec<CohortPlan> {
        let mark = Marking::of_scheme(Scheme::green(0.25, 0.0), 2).expect("a scheme");
        let whole = Design {
            law: mark.profile.law(),
            lift: 0.02,
            alpha: 1e-6,
            power: 0.9,
        };
        let growth = Growth::constant(0.5).expect("a rate");
        plans(shares, &mark, &whole, 1e-6, Some(&growth)).expect("shares")
    }

    /// N/a², but for the level that more cohorts share and the whole numbers of a binomial.
    #[test]
    fn half_of_the_harvest_costs_four_times_as_much() {
        let whole = planned(&[1.0])[0].cells as f64;
        for share in [0.9, 0.5, 0.1] {
            let cost = planned(&[share])[0].cells as f64 / whole * share * share;
            assert!((cost - 1.0).abs() < 0.03, "{share}: {cost}");
        }
        let [one, other] = &planned(&[0.5, 0.5])[..] else {
            panic!("two cohorts");
        };
        assert_eq!(one, other);
        assert_eq!(one.alpha, 5e-7);
        assert!(one.cells > planned(&[0.5])[0].cells);
        assert_eq!(one.tokens, Some(2 * one.cells));
    }

    #[test]
    fn what_is_no_share_is_refused() {
        let mark = Marking::of_scheme(Scheme::GUMBEL, 2).expect("a scheme");
        let whole = Design {
            law: mark.profile.law(),
            lift: 0.02,
            alpha: 1e-6,
            power: 0.9,
        };
        for wrong in [0.0, -1.0, 1.5, f64::NAN] {
            let error = plans(&[wrong], &mark, &whole, 1e-6, None).expect_err("no share");
            assert!(error.to_string().contains("--cohorts"), "{error}");
        }
        assert!(plans(&[1e-9], &mark, &whole, 1e-6, None).is_err());
    }
}
