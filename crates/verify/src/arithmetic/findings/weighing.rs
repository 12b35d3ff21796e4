//! What weights were made from, and how: as the result itself says.

use super::super::examination::Examination;
use super::super::made::{is_weighed, marked_by};
use super::super::printed::{Printed, Read};
use super::super::table::Table;
use super::subject::Subject;

/// The least λ of T2's second form.
const OTHER_PRIOR: f64 = 20.0;

/// What the weights were made from, as seen by the finding's key.
pub(super) fn source(examined: Printed<'_>, finding: Printed<'_>) -> Read<&'static str> {
    let key_id = finding.text("key_id")?;
    let keys = examined.list("keys")?;
    let key = keys.iter().find(|key| key.text("key_id") == Ok(key_id));
    let root = key.and_then(|key| key.text("root_id").ok());
    let by = marked_by(examined, "harvests")?;
    let is_own = |id: &&str| *id == key_id || Some(*id) == root;
    Ok(match (by.iter().any(is_own), by.is_empty()) {
        (true, _) => "same-key",
        (false, false) => "other-keys",
        (false, true) => "background",
    })
}

/// Checks the source of a weighted finding's weights, and the rule with its parameters.
pub(super) fn check(table: &mut Table, subject: &Subject<'_>, examination: &Examination<'_>) {
    let (examined, finding) = (examination.printed, subject.finding);
    let plan = examined.at("plan");
    match is_weighed(plan) {
        Ok(true) => {}
        Ok(false) => {
            let none = finding.is_absent("weights") && finding.is_absent("weighting");
            return table.holds(subject.what("weights"), none, || {
                "nothing was weighed".to_owned()
            });
        }
        Err(why) => return table.fails(subject.what("weights"), why),
    }
    match source(examined, finding) {
        Ok(source) => table.same(subject.what("weights"), finding.text("weights"), source),
        Err(why) => table.fails(subject.what("weights"), why),
    }
    let ours = match Weighting::of(examined) {
        Ok(ours) => ours,
        Err(why) => return table.fails(subject.what("weighting"), why),
    };
    let printed = finding.at("weighting");
    table.same(
        subject.what("weighting's rule"),
        printed.text("rule"),
        ours.rule,
    );
    let floor = printed.at("floor").json().as_bool();
    table.same(
        subject.what("weighting's floor"),
        floor.ok_or_else(|| "`floor` is missing".to_owned()),
        ours.floor,
    );
    table.same(
        subject.what("weighting's harvest windows"),
        printed.whole("harvest_windows"),
        ours.harvest,
    );
    table.same(
        subject.what("weighting's background windows"),
        printed.whole("background_windows"),
        ours.background,
    );
    let graded = [
        ("assumed_share", ours.share),
        ("background_scale", ours.scale),
        ("prior", ours.prior),
    ];
    for (field, value) in graded {
        let what = subject.what(&format!("weighting's {field}"));
        match (ours.rule, printed.number_or_none(field)) {
            ("graded", Ok(Some(found))) => table.near(what, Ok(found), value, 1e-12),
            ("graded", Ok(None)) => table.fails(what, "it is missing"),
            (_, Ok(found)) => table.holds(what, found.is_none(), || "a filter has none".to_owned()),
            (_, Err(why)) => table.fails(what, why),
        }
    }
}

/// How windows were weighed.
pub(super) struct Weighting {
    pub(super) rule: &'static str,
    floor: bool,
    share: f64,
    scale: f64,
    prior: f64,
    harvest: u64,
    background: u64,
    has_background: bool,
}

impl Weighting {
    /// By the plan and the totals of the indexes.
    pub(super) fn of(examined: Printed<'_>) -> Read<Self> {
        let weighing = examined.at("plan.weighing");
        let by_background = weighing.text("rule")? == "background";
        let background = match examined.is_absent("background") {
            true => 0,
            false => examined.whole("background.windows")?,
        };
        let mut harvest = 0_u64;
        for index in examined.list_or_none("harvests")? {
            harvest = harvest.saturating_add(index.whole("windows")?);
        }
        // Weights by the background alone have it for a harvest.
        let (harvest, background) = if by_background {
            (background, 0)
        } else {
            (harvest, background)
        };
        let share = weighing.number("assumed_share")?;
        let rule = if weighing.text("rule")? == "filter" {
            "filter"
        } else {
            "graded"
        };
        let scale = match background {
            0 => 0.0,
            background => harvest as f64 * (1.0 - share) / share / background as f64,
        };
        Ok(Self {
            rule,
            floor: rule == "graded"
                && weighing
                    .at("floor")
                    .json()
                    .as_bool()
                    .ok_or("`floor` is missing")?,
            share,
            scale,
            prior: weighing.number("prior")?,
            harvest,
            background,
            has_background: !by_background && !examined.is_absent("background"),
        })
    }

    /// The heaviest weight that a window can have.
    pub(super) fn heaviest(&self) -> u16 {
        if self.rule == "graded" { 181 } else { 1 }
    }

    /// Forms of T2's weights that are tried.
    pub(super) fn forms(&self) -> usize {
        let second = self.rule == "graded" && (self.has_background || self.prior < OTHER_PRIOR);
        1 + usize::from(second)
    }

    /// λ of the second form.
    pub(super) fn second_prior(&self) -> f64 {
        self.prior.max(OTHER_PRIOR)
    }
}
