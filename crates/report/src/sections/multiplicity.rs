//! Everything that was tried counts.

use super::column::{number, words};
use crate::page::{Block, Table};
use crate::words::{Names, above, below, count, decimals, fixed, log10_e, p};
use hallmark::examine::Examined;
use hallmark_detector::finding::Test;
use hallmark_detector::statistic::cohorts::Standing;

/// How p-values were adjusted, and which keys stand out among all.
pub(crate) fn multiplicity(examined: &Examined, names: &Names<'_>) -> Vec<Block> {
    let counted = examined
        .tests
        .iter()
        .filter(|test| test.unproven.is_empty())
        .count();
    let rest = examined.tests.len() - counted;
    let mut text = format!(
        "Adjusted p-values count {} findings under all {} keys that were given to this examination (Holm's method), at the level {}.",
        count(counted as u64),
        count(examined.keys.len() as u64),
        fixed(examined.level)
    );
    if rest > 0 {
        text.push_str(&format!(
            " {} more rest on a condition that does not hold or that nothing shows: they are adjusted among themselves and decide nothing.",
            count(rest as u64)
        ));
    }
    text.push_str(" Keys, settings or answers that were tried and not given to it are not counted; that there were none is for a person to show.");
    let mut blocks = vec![Block::paragraph(text)];
    let cohorts = &examined.cohorts;
    if cohorts.keys.len() < 2 {
        return blocks;
    }
    blocks.push(
        Table::of(
            format!(
                "The keys together. \"Named\" is wrong for any of them with probability at most {}; of those only \"screened\", up to {} may be wrong on average, so that it is a place to look further and no finding. Intervals hold for all keys at once.",
                fixed(cohorts.level),
                fixed(cohorts.false_discovery_rate)
            ),
            [
                words("Key"),
                words("Standing"),
                words("Named by"),
                number("Smallest adjusted p"),
                number("log10 E"),
                words("Effect, as a difference"),
            ],
            &cohorts.keys,
            |cohort| {
                let standing = match cohort.standing {
                    Standing::Named => "named",
                    Standing::Screened => "screened",
                    Standing::Neither => "neither",
                };
                let tests: Vec<String> = cohort.named_by.iter().map(Test::to_string).collect();
                let effect = cohort.effect.map_or_else(
                    || "–".to_owned(),
                    |effect| {
                        format!(
                            "{} ({} to {})",
                            decimals(effect.value - effect.null, 4),
                            below(effect.interval.low - effect.null),
                            above(effect.interval.high - effect.null)
                        )
                    },
                );
                vec![
                    names.key(&cohort.key_id),
                    standing.into(),
                    if tests.is_empty() { "–".to_owned() } else { tests.join(", ") }.into(),
                    p(cohort.log10_p_adjusted).into(),
                    format!("{} ({})", log10_e(cohort.log10_e, 2), cohort.e_from).into(),
                    effect.into(),
                ]
            },
        )
        .into(),
    );
    blocks
}
