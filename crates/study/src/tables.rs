//! What the arms of a folder show, put together: one row for each kind of arm, over its seeds.

use crate::folder;
use crate::record::{ArmRecord, ExaminedRecord, Point};
use crate::tokens_to::{Saving, TARGET, saving, tokens_to};
use hallmark::Result;
use hallmark::json::{VERSION, formats};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// All tables of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// The name of this format.
    pub schema: formats::StudyTables,
    /// Version of this program.
    pub version: String,
    /// log10 p that tokens are counted to.
    pub target_log10_p: f64,
    /// One row for each kind of arm.
    pub rows: Vec<Row>,
    /// Wall seconds of the arms, without what they share.
    pub seconds: f64,
}

/// Arms that differ in their seeds only, asked one kind of prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Where they took place.
    pub world: String,
    /// The plan's group.
    pub group: String,
    /// The scheme.
    pub scheme: String,
    /// Its window.
    pub window: usize,
    /// Sub-keys of its key, where it has a ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring: Option<u32>,
    /// The share of training answers that was marked.
    pub share: f64,
    /// What is special about them.
    pub variant: String,
    /// Whether the students learnt from answers under the tested key.
    pub guilty: bool,
    /// `harvest` or `generic`.
    pub prompts: String,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Training answers.
    pub training_answers: usize,
    /// Those that were marked.
    pub marked_answers: usize,
    /// Answer tokens and scored cells in all, medians.
    pub tokens: f64,
    /// Scored cells.
    pub scored: f64,
    /// Mean score per cell less what a random key gives, as a share of it: median.
    pub lift: Option<f64>,
    /// Every test.
    pub tests: BTreeMap<String, TestRow>,
}

/// One test over the seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TestRow {
    /// log10 p on all answers: median, strongest, weakest.
    pub log10_p: Spread,
    /// Answer tokens to the target, where every seed reaches it.
    pub tokens: Option<Spread>,
    /// Seeds that reach it.
    pub reached: usize,
    /// How many times fewer tokens than T1, where this test reaches the target for every seed. A lower bound where T1 does not.
    pub saving: Option<Spread>,
    /// Seeds whose saving is a lower bound.
    pub saving_bounds: usize,
}

/// Values over the seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

/// Reads the examined arms of a folder.
///
/// # Errors
/// When a file is not as a study writes it.
pub fn tables(folder: &Path) -> Result<Tables> {
    let mut groups: BTreeMap<Kind, Vec<(ArmRecord, Vec<Point>)>> = BTreeMap::new();
    let mut seconds = 0.0;
    for (path, arm) in folder::arms(folder)? {
        let examined = path.join(folder::EXAMINED);
        if !examined.is_file() {
            continue;
        }
        seconds += arm.seconds;
        let examined: ExaminedRecord = folder::read_json(&examined)?;
        for (prompts, points) in examined.prompts {
            let members = groups.entry(Kind::of(&arm, prompts)).or_default();
            members.push((arm.clone(), points));
        }
    }
    Ok(Tables {
        schema: formats::StudyTables,
        version: VERSION.to_owned(),
        target_log10_p: TARGET,
        rows: groups
            .iter()
            .map(|(kind, members)| row(kind, members))
            .collect(),
        seconds,
    })
}

/// What arms of one row have in common. Shares are in millionths, so that they can be ordered.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    world: String,
    group: String,
    variant: String,
    prompts: String,
    scheme: String,
    window: usize,
    ring: Option<u32>,
    unmarked_millionths: u32,
}

impl Kind {
    fn of(arm: &ArmRecord, prompts: String) -> Self {
        Self {
            world: arm.world.clone(),
            group: arm.group.clone(),
            variant: arm.variant.clone(),
            prompts,
            scheme: arm.scheme.clone(),
            window: arm.window,
            ring: arm.ring,
            unmarked_millionths: 1_000_000 - (arm.share * 1e6).round() as u32,
        }
    }
}

fn row(kind: &Kind, members: &[(ArmRecord, Vec<Point>)]) -> Row {
    let arm = &members[0].0;
    let ends: Vec<&Point> = members
        .iter()
        .filter_map(|(_, points)| points.last())
        .collect();
    let median = |value: &dyn Fn(&Point) -> f64| {
        Spread::of(ends.iter().map(|point| value(point)).collect()).map_or(0.0, |all| all.median)
    };
    let lifts = ends
        .iter()
        .filter_map(|point| Some(point.effect? / point.null_effect? - 1.0));
    let names = ends.iter().flat_map(|point| point.log10_p.keys());
    let curves: Vec<&[Point]> = members.iter().map(|(_, points)| &points[..]).collect();
    Row {
        world: kind.world.clone(),
        group: kind.group.clone(),
        scheme: kind.scheme.clone(),
        window: kind.window,
        ring: kind.ring,
        share: arm.share,
        variant: kind.variant.clone(),
        guilty: arm.guilty,
        prompts: kind.prompts.clone(),
        seeds: members.iter().map(|(arm, _)| arm.seed).collect(),
        training_answers: arm.size.training_answers,
        marked_answers: arm.marked_answers,
        tokens: median(&|point| point.tokens as f64),
        scored: median(&|point| point.scored as f64),
        lift: Spread::of(lifts.collect()).map(|lifts| lifts.median),
        tests: names
            .filter_map(|name| Some((name.clone(), test_row(&curves, name)?)))
            .collect(),
    }
}

fn test_row(curves: &[&[Point]], test: &str) -> Option<TestRow> {
    // T9 is made on the first answers only: its last value is where it was made last.
    let log10_p = |points: &&[Point]| {
        points
            .iter()
            .rev()
            .find_map(|point| point.log10_p.get(test).copied())
    };
    let all: Vec<f64> = curves.iter().filter_map(log10_p).collect();
    let reached: Vec<f64> = curves
        .iter()
        .filter_map(|points| tokens_to(points, test, TARGET))
        .collect();
    let savings: Vec<Saving> = curves
        .iter()
        .map(|points| saving(points, test, "T1", TARGET))
        .collect();
    let known: Vec<f64> = savings
        .iter()
        .filter_map(|saving| saving.at_least())
        .collect();
    let bounds = savings
        .iter()
        .filter(|saving| matches!(saving, Saving::AtLeast(_)));
    let every = |values: Vec<f64>| (values.len() == curves.len()).then(|| Spread::of(values));
    Some(TestRow {
        log10_p: Spread::of(all)?,
        reached: reached.len(),
        tokens: every(reached).flatten(),
        saving: every(known).flatten(),
        saving_bounds: bounds.count(),
    })
}

impl Spread {
    /// None of no values.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        };
        Some(Self {
            median,
            least,
            most,
        })
    }
}
