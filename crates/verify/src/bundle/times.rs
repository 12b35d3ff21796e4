//! Times: the case's log goes forward, from the plan on. They are the machine's word; a log or a timestamp says more.

use crate::check::Check;
use crate::formats::{CaseLog, CasePlan};

pub(super) fn check(plan: &CasePlan, log: &CaseLog, checks: &mut Vec<Check>) {
    let what = "case-log.jsonl: its times do not fall, and none is before the plan's";
    let mut before = &plan.made[..];
    let entries = log.entries.iter().map(|entry| &entry.time[..]);
    for time in std::iter::once(before).chain(entries) {
        let (Some(earlier), Some(later)) = (moment(before), moment(time)) else {
            let detail = format!("{time:?} is no time as 2026-12-01T09:00:00Z");
            return checks.push(Check::fails(what, detail));
        };
        if later < earlier {
            return checks.push(Check::fails(what, format!("{time} stands behind {before}")));
        }
        before = time;
    }
    checks.push(Check::holds(what));
}

/// Seconds and their fraction as texts that have the order of the times: `2026-12-01T09:00:00` and `25` of `2026-12-01T09:00:00.25Z`.
fn moment(time: &str) -> Option<(&str, &str)> {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let time = time.strip_suffix('Z')?;
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let is_of_form = seconds.len() == FORM.len()
        && seconds.bytes().zip(FORM).all(|(found, &form)| match form {
            b'0' => found.is_ascii_digit(),
            mark => found == mark,
        });
    let is_fraction = fraction.bytes().all(|digit| digit.is_ascii_digit());
    (is_of_form && is_fraction).then(|| (seconds, fraction.trim_end_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_have_the_order_of_times() {
        let times = [
            "2026-11-30T09:00:00Z",
            "2026-11-30T09:00:00.05Z",
            "2026-11-30T09:00:00.5Z",
            "2026-11-30T09:00:00.51Z",
            "2026-11-30T09:00:01Z",
            "2026-12-01T00:00:00.000000001Z",
        ];
        assert!(times.is_sorted_by(|a, b| moment(a) < moment(b)));
        assert_eq!(
            moment("2026-11-30T09:00:00.50Z"),
            moment("2026-11-30T09:00:00.5Z")
        );
        for wrong in [
            "",
            "Z",
            "2026-11-30",
            "2026-11-30T09:00:00",
            "2026-11-30T09:00:00+01:00",
            "2026-11-30T09:00:00.xZ",
        ] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }
}
