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

/// Turns in the order in which they were said, where their times say that they stand in the opposite one.
pub(super) fn in_order(mut turns: Vec<Tree>) -> Vec<Tree> {
    if TIMES.iter().any(|name| is_backwards(&turns, name)) {
        turns.reverse();
    }
    turns
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
            let first = in_order(list)[0].text_at("n").map(str::to_owned);
            assert_eq!(first.as_deref() == Some("b"), is_turned, "{turns}");
        }
    }
}
