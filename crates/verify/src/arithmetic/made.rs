//! Which tests an examination by this plan has, and what stands in a result twice.

use super::cut::cut;
use super::printed::{Printed, Read};
use super::table::Table;

/// A finding by its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Named<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) test: &'a str,
    pub(crate) control_id: Option<&'a str>,
}

/// Compares what stands in a result and in its plan, and the tests that were made with those that the plan asks for: one that is
/// missing would be missing in Holm's adjustment.
pub(crate) fn same_as_plan(table: &mut Table, examined: Printed<'_>) {
    let plan = examined.at("plan");
    for name in ["profile", "keys", "controls", "decoy_seed"] {
        let (one, other) = (examined.at(name).json(), plan.at(name).json());
        let both_none = examined.is_absent(name) && other.as_array().is_some_and(Vec::is_empty);
        table.holds(
            format!("{name}: as in the plan"),
            one == other || both_none,
            || cut(&format!("{one}, and in the plan {other}")),
        );
    }
    let first = plan.list("keys").and_then(|keys| {
        let first = keys.first().ok_or("the plan has no key")?;
        first.text("key_id")
    });
    match first {
        Ok(first) => table.same(
            "key_id: the plan's first key",
            examined.text("key_id"),
            first,
        ),
        Err(why) => table.fails("key_id: the plan's first key", why),
    }
    let what = "which tests were made";
    match (asked(examined), found(examined)) {
        (Ok(asked), Ok(found)) => {
            let differs = asked
                .iter()
                .zip(&found)
                .find(|(asked, found)| asked != found);
            table.holds(what, asked == found, || {
                cut(&format!(
                    "{}, and by the plan {}; first {differs:?}",
                    found.len(),
                    asked.len()
                ))
            });
        }
        (Err(why), _) | (_, Err(why)) => table.fails(what, why),
    }
}

/// Keys, controls and indexes times findings, at most: what is looked up for each.
const MOST: usize = 30_000_000;

/// Whether a result is of a size that is read.
pub(crate) fn is_readable(examined: Printed<'_>) -> Result<(), String> {
    let count = |path: &str| examined.at(path).json().as_array().map_or(0, Vec::len);
    let lists = [
        "keys",
        "controls",
        "harvests",
        "first_visits",
        "not_made",
        "outcomes",
        "cohorts.keys",
        "plan.keys",
        "plan.controls",
    ];
    let named: usize = lists.map(count).iter().sum();
    let pairs = count("tests").max(count("plan.keys").saturating_mul(1 + count("plan.controls")));
    if pairs.max(named).saturating_mul(1 + named) > MOST {
        return Err(format!(
            "{named} keys, controls and indexes and {pairs} findings are more than are read"
        ));
    }
    Ok(())
}

/// The findings that are there.
fn found(examined: Printed<'_>) -> Read<Vec<Named<'_>>> {
    examined.list("tests")?.into_iter().map(Named::of).collect()
}

impl<'a> Named<'a> {
    /// The names of a finding.
    pub(crate) fn of(finding: Printed<'a>) -> Read<Self> {
        Ok(Self {
            key_id: finding.text("key_id")?,
            test: finding.text("test")?,
            control_id: finding.text_or_none("control_id")?,
        })
    }
}

/// The findings that the plan asks for, in their order.
fn asked(examined: Printed<'_>) -> Read<Vec<Named<'_>>> {
    let plan = examined.at("plan");
    let refused: Vec<&str> = examined
        .list_or_none("not_made")?
        .into_iter()
        .map(|one| one.text("test"))
        .collect::<Read<_>>()?;
    let scheme = plan.text("profile.scheme")?;
    let is_there = |list: &str| plan.list_or_none(list).map(|list| !list.is_empty());
    let weighed = is_weighed(plan)?;
    let residual = weighed || is_there("references")?;
    let logs = marked_by(examined, "first_visits")?;
    let controls = ids(plan, "controls")?;
    let mut asked = vec![];
    for key in plan.list("keys")? {
        let key_id = key.text("key_id")?;
        let mut add = |test, holds: bool, control_id| {
            if holds && !refused.contains(&test) {
                asked.push(Named {
                    key_id,
                    test,
                    control_id,
                });
            }
        };
        let own = [Some(key_id), key.text_or_none("root_id")?];
        add("T1", true, None);
        add("T2", weighed, None);
        add("T2r", residual, None);
        add("T3", scheme != "tournament", None);
        add("T3r", logs.iter().any(|id| own.contains(&Some(id))), None);
        add("T5", plan.whole("decoys")? > 0, None);
        for &control in controls.iter().filter(|&&control| control != key_id) {
            add("T6", true, Some(control));
        }
        let shape = plan.at("shape").json().as_bool();
        add(
            "T8",
            shape.ok_or("`shape` is not true or false")?
                && !matches!(scheme, "green" | "tournament"),
            None,
        );
        add("T9", is_there("logprobs")?, None);
    }
    Ok(asked)
}

/// Whether windows were weighed.
pub(crate) fn is_weighed(plan: Printed<'_>) -> Read<bool> {
    let weighing = plan.at("weighing");
    let by_background = weighing.text("rule")? == "background" && !weighing.is_absent("background");
    Ok(by_background || !weighing.list_or_none("harvests")?.is_empty())
}

/// The keys that marked the text of indexes.
pub(crate) fn marked_by<'a>(examined: Printed<'a>, list: &str) -> Read<Vec<&'a str>> {
    let indexes = examined.list_or_none(list)?;
    let named = indexes
        .into_iter()
        .map(|index| index.text_or_none("marked_by"));
    Ok(named
        .collect::<Read<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

fn ids<'a>(plan: Printed<'a>, list: &str) -> Read<Vec<&'a str>> {
    plan.list_or_none(list)?
        .into_iter()
        .map(|key| key.text("key_id"))
        .collect()
}
