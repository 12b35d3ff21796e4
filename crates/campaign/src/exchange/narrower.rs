//! Narrower exchanges under which a group must agree as well, so that timetables are habits.

use super::classes::Within;
use super::look::{Looked, Looks};
use super::room::Count;

/// Least weeks of a window in which hours of one hour of the week are exchanged: one week has none.
const WEEKLY: u32 = 2;

/// Most surrogates of each window: a window's evidence is below 1000 then, so that what happened within one window alone puts nobody on a list at
/// rate 0.001.
const SURROGATES: u32 = 999;

/// log10 of what a window must show by itself for a group to agree in it, about 5.
const SHOWN: f64 = 0.7;

/// log10 of the group's evidence within the hour of the week, so that a timetable that alternates by the day is a habit, and within one week, so
/// that one that was changed in between is; and whether it agrees in one window alone, of two or more.
pub(super) fn narrower(looks: &Looks<'_>) -> (Vec<f64>, bool) {
    let of = |within: Within, weeks: u32, what: &str| -> Looked {
        let surrogates = looks.how.surrogates.min(SURROGATES);
        looks.look(
            &mut looks.rooms(weeks, within),
            what,
            surrogates,
            Count::Group,
        )
    };
    let weeks = looks.how.weeks.max(WEEKLY);
    let weekly = of(Within::HourOfWeek, weeks, "hour of the week");
    let long = of(Within::HourOfWeek, 2 * weeks, "hour of the week, long");
    let of_week = of(Within::HourOfDay, 1, "one week");
    // A window that is not over has hardly two hours of one hour of the week.
    let whole = (looks.traffic.weeks - looks.traffic.proposing) / weeks;
    let alone = weekly.alone.iter().take(whole as usize);
    let is_once = whole > 1 && alone.filter(|&&e| e >= SHOWN).count() < 2;
    let both = weekly.group.average(&long.group);
    (vec![both.log10_e(), of_week.group.log10_e()], is_once)
}
