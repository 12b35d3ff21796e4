//! What a test says beside its statistic and p-value.

use super::column::number;
use crate::page::{Block, Table, Text};
use crate::words::{above, below, count, decimals, fixed, log10_e, p};
use hallmark_detector::finding::{
    ContrastMeasure, Expectation, Finding, Found, Leaning, Level, Order, ResidualCounts, T3, T3r,
    T6, T8, T9,
};

/// Facts and tables of one finding; nothing for T1 and T5, which have theirs elsewhere.
pub(super) fn details(finding: &Finding) -> Vec<Block> {
    let mut facts: Vec<(String, String)> = match &finding.found {
        Found::T1(found) => found
            .decoys
            .map(|decoys| {
                (
                    "Compared with other keys on the same text".to_owned(),
                    count(decoys),
                )
            })
            .into_iter()
            .collect(),
        Found::T2(found) => vec![fact("Bound of the tail", format!("{:?}", found.method))],
        Found::T2r(found) => {
            let mut facts = residual(&found.counts);
            facts.push(fact(
                "Form that came to least, of three (p is tripled)",
                leaning(found.leaning),
            ));
            facts.push(fact("Bound of the tail", format!("{:?}", found.method)));
            facts
        }
        Found::T3(found) => e_process(found),
        Found::T3r(found) => own_log(found),
        Found::T5(found) => vec![fact(
            "Largest sum of a decoy",
            decimals(found.best_decoy, 2),
        )],
        Found::T6(found) => contrast(found),
        Found::T8(found) => shape(found),
        Found::T9(found) => log_probabilities(found),
    };
    if let Some(unmarked) = finding.log10_p_unmarked {
        facts.push(fact(
            "p for text that no key of this engine marked",
            p(unmarked),
        ));
    }
    facts.extend(weights(finding));
    let mut blocks = vec![];
    if !facts.is_empty() {
        let named = facts.into_iter().map(|(name, value)| {
            (
                Text::words(format!("{}: {name}", finding.test())),
                Text::words(value),
            )
        });
        blocks.push(Block::Facts(named.collect()));
    }
    if !finding.levels().is_empty() {
        blocks.push(levels(finding).into());
    }
    blocks
}

fn fact(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn weights(finding: &Finding) -> Vec<(String, String)> {
    let mut facts = vec![];
    if let Some(source) = finding.weights() {
        facts.push(fact("weights made from", source.to_string()));
    }
    if let Some(how) = finding.weighting() {
        let parts = [
            Some(format!("rule {}", how.rule)),
            how.assumed_share
                .map(|share| format!("assumed share {}", fixed(share))),
            how.background_scale
                .map(|scale| format!("background scale {}", fixed(scale))),
            how.prior.map(|prior| format!("prior {}", fixed(prior))),
            how.floor
                .then(|| "smallest weight for windows that no harvest held".to_owned()),
            Some(format!(
                "{} windows in harvests",
                count(how.harvest_windows)
            )),
            Some(format!(
                "{} in the background",
                count(how.background_windows)
            )),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        facts.push(fact("weighting", parts.join("; ")));
    }
    facts
}

fn levels(finding: &Finding) -> Table {
    Table::of(
        format!("{}: cells and their mean score by weight.", finding.test()),
        [number("Weight"), number("Cells"), number("Mean score")],
        finding.levels(),
        |level: &Level| {
            vec![
                decimals(level.weight as f64, 0).into(),
                count(level.cells).into(),
                decimals(level.mean_score, 6).into(),
            ]
        },
    )
}

fn leaning(leaning: Leaning) -> &'static str {
    match leaning {
        Leaning::Follow => "as if the suspect followed the marked choice",
        Leaning::Lean => "as if the suspect leaned towards the marked choice",
    }
}

fn residual(counts: &ResidualCounts) -> Vec<(String, String)> {
    let expectation = match counts.expectation {
        Expectation::Reference => "a control sample without the mark",
        Expectation::ShorterWindow => "the suspect's own answers after shorter windows",
    };
    vec![
        fact("expected counts come from", expectation),
        fact(
            "the suspect's fresh cells, with repeats",
            count(counts.produced),
        ),
        fact("the control sample's", count(counts.reference)),
        fact(
            "cells that count for and against the mark",
            format!("{} and {}", count(counts.above), count(counts.below)),
        ),
        fact(
            "equal answers, counted once",
            count(counts.identical_answers),
        ),
    ]
}

fn e_process(found: &T3) -> Vec<(String, String)> {
    let order = match found.order {
        Order::Unproven => "nothing here",
        Order::OneAnswer => "there is one answer",
        Order::Ids => "the records' ids ascend",
        Order::Log => "the collection's log",
        Order::Hash => "a hash of their content, under a seed that was fixed beforehand",
    };
    vec![
        fact(
            "largest log10 E",
            format!(
                "{} after {} cells",
                log10_e(found.supremum.log10_e, 4),
                count(found.supremum.cells)
            ),
        ),
        fact("log10 E at the end, the e-value", log10_e(found.log10_e, 4)),
        fact("what says that the order was fixed without the key", order),
    ]
}

fn own_log(found: &T3r) -> Vec<(String, String)> {
    let mut facts = vec![
        fact(
            "log10 E at the log's end, the e-value",
            log10_e(found.log10_e, 4),
        ),
        fact(
            "largest on the way, to look at only",
            format!(
                "{} after {} cells",
                log10_e(found.supremum.log10_e, 4),
                count(found.supremum.cells)
            ),
        ),
        fact(
            "bets that follow and that lean, log10 E",
            format!(
                "{} and {}",
                log10_e(found.log10_e_follow, 4),
                log10_e(found.log10_e_lean, 4)
            ),
        ),
        fact(
            "windows of the log that were read",
            count(found.windows_read),
        ),
    ];
    facts.extend(
        found
            .background_windows
            .map(|windows| fact("windows of the background", count(windows))),
    );
    facts.extend(residual(&found.counts));
    facts
}

fn contrast(found: &T6) -> Vec<(String, String)> {
    let mut facts = vec![
        fact("control key", found.control_id.clone()),
        fact("cells whose scores differ", count(found.discordant)),
    ];
    if let Some(effect) = found.effect {
        let what = match effect.measure {
            ContrastMeasure::GreenRateDifference => "difference of the green rates",
            ContrastMeasure::MeanScoreRatio => "ratio of the mean scores",
            ContrastMeasure::OneBitRateDifference => "difference of the rates of one bits",
        };
        facts.push(fact(
            what,
            format!(
                "{} (95% interval {} to {}), {} if neither key matters more; {} would have been found in nine cases of ten",
                decimals(effect.value, 4),
                below(effect.interval.low),
                above(effect.interval.high),
                fixed(effect.null),
                decimals(effect.smallest_visible, 4)
            ),
        ));
        facts.push(fact(
            "under this key and under the control",
            format!(
                "{} and {}",
                decimals(effect.tested, 4),
                decimals(effect.control, 4)
            ),
        ));
    }
    facts
}

fn shape(found: &T8) -> Vec<(String, String)> {
    let mut facts = vec![fact("ranks looked at", count(found.looked_at))];
    if let Some(strongest) = found.strongest {
        facts.push(fact(
            "what stands out most",
            format!(
                "{} cells score {} nats or more, where {} are expected",
                count(strongest.cells),
                decimals(strongest.score, 2),
                decimals(strongest.expected, 2)
            ),
        ));
    }
    facts
}

fn log_probabilities(found: &T9) -> Vec<(String, String)> {
    let interval = found.mass_interval.map_or_else(String::new, |interval| {
        format!(
            " (95% interval {} to {})",
            below(interval.low),
            above(interval.high)
        )
    });
    let mut facts = vec![
        fact("distinct windows", count(found.windows)),
        fact(
            "mean score of the suspect's own probability",
            format!(
                "{}{interval}, {} without dependence on the key",
                decimals(found.mass, 4),
                decimals(found.mass_null, 4)
            ),
        ),
        fact("log10 E", log10_e(found.log10_e, 4)),
        fact("bound of the tail", format!("{:?}", found.method)),
    ];
    if let Some(visible) = found.mass_smallest_visible {
        facts.push(fact(
            "would have been found in nine cases of ten",
            format!("{} or more", decimals(visible, 4)),
        ));
    }
    if let Some(hoeffding) = found.log10_p_hoeffding {
        facts.push(fact("p by Hoeffding's bound, as a check", p(hoeffding)));
    }
    if found.residual {
        facts.push(fact("weights are", "differences to a reference model"));
    }
    facts
}
