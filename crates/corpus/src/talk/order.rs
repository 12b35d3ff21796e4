//! The order of turns: some services list the newest first.

use crate::tree::Tree;

/// Fields that say when a turn was said.
const TIMES: [&str; 9] = [
    "created_at",
    "createdAt",
    "create_time",
    "created",
    "timestamp",
    "timestamp_ms",
    "ts",
    "time",
    "date",
];

/// When a turn was said: of one kind, so that it can be compared.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Time<'t> {
    Number(f64),
    Text(&'t str),
}

/// Turns in the order in which they were said, where their times say that they stand in the opposite one; and whether they say that they
/// stand in neither.
pub(super) fn in_order(mut turns: Vec<Tree>) -> (Vec<Tree>, bool) {
    if TIMES.iter().any(|name| is_backwards(&turns, name)) {
        turns.reverse();
    }
    let is_out = TIMES.iter().any(|name| falls_somewhere(&turns, name));
    (turns, is_out)
}

/// Whether a turn's time is earlier than that of one before it, as far as they can be compared.
fn falls_somewhere(turns: &[Tree], name: &str) -> bool {
    let times: Vec<Time<'_>> = turns
        .iter()
        .filter_map(|turn| time(turn.get(name)?))
        .collect();
    let mut last_number = f64::NEG_INFINITY;
    let mut last_text = "";
    times.into_iter().any(|time| match time {
        Time::Number(number) => number < std::mem::replace(&mut last_number, number),
        Time::Text(text) => text < std::mem::replace(&mut last_text, text),
    })
}

/// Whether every turn has such a time, none is later than the one before it, and the last is earlier than the first.
fn is_backwards(turns: &[Tree], name: &str) -> bool {
    let times: Option<Vec<Time<'_>>> = turns.iter().map(|turn| time(turn.get(name)?)).collect();
    let Some(times) = times else {
        return false;
    };
    let is_number = |time: &Time<'_>| matches!(time, Time::Number(_));
    let numbers = times.iter().filter(|time| is_number(time)).count();
    let falls = times.windows(2).all(|pair| pair[1] <= pair[0]);
    let falls = falls && (numbers == 0 || numbers == times.len());
    falls && times.first() > times.last()
}

fn time(value: &Tree) -> Option<Time<'_>> {
    match value {
        Tree::Whole(number) => Some(Time::Number(*number as f64)),
        Tree::Number(number) => Some(Time::Number(*number)),
        // Dates whose order is that of their letters: the year first.
        Tree::Text(text) => {
            let begins = text.get(..4)?;
            let is_year = begins.bytes().all(|byte| byte.is_ascii_digit());
            is_year.then_some(Time::Text(text))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::parse;

    #[test]
    fn turns_whose_times_fall_are_turned_round() {
        for (turns, is_turned) in [
            (
                r#"[{"n": "a", "created_at": 3}, {"n": "b", "created_at": 2}]"#,
                true,
            ),
            (
                r#"[{"n": "a", "created_at": 2}, {"n": "b", "created_at": 3}]"#,
                false,
            ),
            (
                r#"[{"n": "a", "created_at": 2}, {"n": "b", "created_at": 2}]"#,
                false,
            ),
            (r#"[{"n": "a", "created_at": 3}, {"n": "b"}]"#, false),
            (
                r#"[{"n": "a", "timestamp": "2025-02-02T10:00:00Z"}, {"n": "b", "timestamp": "2025-02-02T09:00:00Z"}]"#,
                true,
            ),
            (
                r#"[{"n": "a", "time": "9 May"}, {"n": "b", "time": "8 May"}]"#,
                false,
            ),
            (
                r#"[{"n": "a", "time": "2025"}, {"n": "b", "time": 7}]"#,
                false,
            ),
        ] {
            let Tree::List(list) = parse(turns.as_bytes(), 9).unwrap().tree else {
                panic!("{turns}");
            };
            let first = in_order(list).0[0].text_at("n").map(str::to_owned);
            assert_eq!(first.as_deref() == Some("b"), is_turned, "{turns}");
        }
    }

    #[test]
    fn times_that_neither_rise_nor_fall_are_noticed() {
        for (times, is_out) in [
            (r#"[{"ts": 1}, {"ts": 3}, {"ts": 2}]"#, true),
            (r#"[{"ts": 3}, {"ts": 1}, {"ts": 2}]"#, true),
            (r#"[{"ts": 1}, {}, {"ts": 0}]"#, true),
            (
                r#"[{"date": "2025-03-02"}, {"date": "2025-03-01"}, {"date": "2025-03-04"}]"#,
                true,
            ),
            (r#"[{"ts": 1}, {"ts": 1}, {}, {"ts": 2}]"#, false),
            (r#"[{"ts": 3}, {"ts": 2}, {"ts": 1}]"#, false),
            (r#"[{"n": 3}, {"n": 1}]"#, false),
        ] {
            let Tree::List(list) = parse(times.as_bytes(), 9).unwrap().tree else {
                panic!("{times}");
            };
            assert_eq!(in_order(list).1, is_out, "{times}");
        }
    }
}
