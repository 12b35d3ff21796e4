//! How long an endpoint asks to wait, in each form in use: headers and fields that hold a span or a moment, and sentences.

use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// Headers that may say it, beside all that name a limit's reset.
pub(crate) fn is_about_waiting(header: &str) -> bool {
    let name = header.to_ascii_lowercase();
    name.contains("retry-after") || name.contains("ratelimit")
}

/// How long a response asks to wait, if it does; `body` is what it says of its error.
///
/// What is said for this request comes before what is said of limits.
pub(crate) fn told(
    headers: &[(String, String)],
    body: Option<&Value>,
    now: Timestamp,
) -> Option<Duration> {
    let header = |name: &str| {
        let found = headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let asked = ["retry-after-ms", "x-ms-retry-after-ms"]
        .iter()
        .find_map(|name| wait(header(name)?, Unit::Milliseconds, now))
        .or_else(|| wait(header("retry-after")?, Unit::Seconds, now));
    asked
        .or_else(|| body.and_then(|body| in_body(body, now)))
        .or_else(|| reset(headers, now))
        .or_else(|| body.and_then(sentence))
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
}

/// A number of the unit, a span (`1m30.5s`, `20ms`), or a moment: a date, or seconds or milliseconds since 1970.
fn wait(value: &str, unit: Unit, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(number) = value.parse::<f64>() {
        let since_1970 = now.as_millisecond() as f64 / 1e3;
        let seconds = match unit {
            _ if number > 1e11 => number / 1e3 - since_1970,
            Unit::Seconds if number > 1e9 => number - since_1970,
            Unit::Seconds => number,
            Unit::Milliseconds => number / 1e3,
        };
        // A moment that has passed asks for no wait; a span below nothing says nothing.
        let seconds = if number > 1e9 {
            seconds.max(0.0)
        } else {
            seconds
        };
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let moment = || {
        let date = jiff::fmt::rfc2822::parse(value)
            .ok()
            .map(|date| date.timestamp());
        let moment = date.or_else(|| value.parse::<Timestamp>().ok())?;
        Some(Duration::try_from(moment.duration_since(now)).unwrap_or_default())
    };
    span(value).or_else(moment)
}

/// Numbers with their units, one after another.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, behind) = number(rest)?;
        let behind = behind.trim_start();
        let end = behind
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(behind.len());
        seconds += number
            * match &behind[..end] {
                "ms" | "millisecond" | "milliseconds" => 1e-3,
                "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
                "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
                "h" | "hour" | "hours" => 3600.0,
                "d" | "day" | "days" => 86_400.0,
                _ => return None,
            };
        rest = behind[end..].trim_start();
    }
    Duration::try_from_secs_f64(seconds).ok()
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// The reset of the limits that are used up; of all, where the headers do not say which are.
fn reset(headers: &[(String, String)], now: Timestamp) -> Option<Duration> {
    let limits = headers.iter().filter_map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let is_limit = name.contains("ratelimit") && name.contains("reset");
        let left = is_limit.then(|| name.replace("reset", "remaining"))?;
        let left = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&left));
        let is_used_up = left.map(|(_, value)| value.trim() == "0");
        Some((is_used_up, wait(value, Unit::Seconds, now)?))
    });
    let limits: Vec<_> = limits.collect();
    let used_up = limits.iter().filter(|limit| limit.0 == Some(true));
    used_up
        .map(|limit| limit.1)
        .max()
        .or_else(|| limits.iter().map(|limit| limit.1).max())
}

/// A field of an error, at any depth, that says it; headers that stand there count as headers.
fn in_body(body: &Value, now: Timestamp) -> Option<Duration> {
    let fields = match body {
        Value::Object(fields) => fields,
        Value::Array(list) => return list.iter().find_map(|value| in_body(value, now)),
        _ => return None,
    };
    let as_text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let named = |wanted: &[&str]| {
        let found = fields.iter().find(|(name, _)| {
            let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            wanted.contains(&letters.to_ascii_lowercase().as_str())
        });
        found.and_then(|(_, value)| as_text(value))
    };
    let milliseconds = named(&[
        "retryafterms",
        "retryaftermilliseconds",
        "xmsretryafterms",
        "retryinms",
    ]);
    let seconds = named(&[
        "retryafter",
        "retryafterseconds",
        "retrydelay",
        "retryin",
        "retryinseconds",
        "resetsat",
        "resetat",
        "resetsinseconds",
    ]);
    milliseconds
        .and_then(|value| wait(&value, Unit::Milliseconds, now))
        .or_else(|| seconds.and_then(|value| wait(&value, Unit::Seconds, now)))
        .or_else(|| {
            let texts = fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), as_text(value)?)));
            reset(&texts.collect::<Vec<_>>(), now)
        })
        .or_else(|| fields.values().find_map(|value| in_body(value, now)))
}

/// "Please try again in 6m0s", "retry after 26 seconds".
fn sentence(body: &Value) -> Option<Duration> {
    match body {
        Value::Object(fields) => fields.values().find_map(sentence),
        Value::Array(list) => list.iter().find_map(sentence),
        Value::String(text) => {
            let text = text.to_ascii_lowercase();
            let begins = [
                "try again in ",
                "try again after ",
                "retry after ",
                "retry in ",
                "retrying in ",
            ];
            let begin = begins
                .iter()
                .find_map(|begin| Some(text.find(begin)? + begin.len()))?;
            // As far as it goes on being a span.
            let said = &text[begin..];
            let ends = said
                .char_indices()
                .filter(|(_, c)| c.is_ascii_alphabetic())
                .map(|(at, _)| at + 1);
            ends.take_while(|end| *end < 40)
                .filter_map(|end| span(&said[..end]))
                .last()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().expect("a time")
    }

    fn of(headers: &[(&str, &str)], body: &Value) -> Option<u128> {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        told(&headers, Some(body), now()).map(|wait| wait.as_millis())
    }

    #[test]
    fn waits_are_read_in_every_form() {
        let nothing = json!({});
        for (name, value, milliseconds) in [
            ("retry-after", "7", 7_000),
            ("Retry-After", "0.5", 500),
            ("retry-after", "Sun, 22 Nov 2026 10:01:30 GMT", 90_000),
            ("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT", 0),
            ("retry-after-ms", "20", 20),
            ("x-ms-retry-after-ms", "1500", 1_500),
            ("x-ratelimit-reset-requests", "8.64s", 8_640),
            ("x-ratelimit-reset-tokens", "6m0s", 360_000),
            ("x-ratelimit-reset", "20ms", 20),
            ("x-ratelimit-reset", "1795341660", 60_000),
            ("x-ratelimit-reset", "1795341660000", 60_000),
            ("ratelimit-reset", "12", 12_000),
            (
                "anthropic-ratelimit-requests-reset",
                "2026-11-22T10:00:05Z",
                5_000,
            ),
        ] {
            assert_eq!(
                of(&[(name, value)], &nothing),
                Some(milliseconds),
                "{name}: {value}"
            );
        }
        for value in ["soon", "-3", "NaN", "", "1 parsec"] {
            assert_eq!(of(&[("retry-after", value)], &nothing), None, "{value}");
        }
    }

    #[test]
    fn waits_stand_in_errors_too() {
        for (body, milliseconds) in [
            (json!({"error": {"retry_after": 3}}), 3_000),
            (json!({"error": {"retry_after_ms": 30}}), 30),
            (
                json!({"error": {"metadata": {"headers": {"X-RateLimit-Reset": "1795341660000"}}}}),
                60_000,
            ),
            (
                json!({"error": {"details": [{"@type": "x"}, {"retryDelay": "34.07s"}]}}),
                34_070,
            ),
            (
                json!({"error": {"message": "Limit reached. Please try again in 1.898s. Visit us."}}),
                1_898,
            ),
            (
                json!({"error": {"message": "Please try again in 6m0s."}}),
                360_000,
            ),
            (
                json!({"error": {"message": "Please try again in 20ms."}}),
                20,
            ),
            (
                json!({"error": {"message": "Please retry after 26 seconds."}}),
                26_000,
            ),
        ] {
            assert_eq!(of(&[], &body), Some(milliseconds), "{body}");
        }
        assert_eq!(
            of(&[], &json!({"error": {"message": "try again in a while"}})),
            None
        );
        // A header comes first.
        assert_eq!(
            of(&[("retry-after-ms", "20")], &json!({"retry_after": 9})),
            Some(20)
        );
    }

    #[test]
    fn of_several_limits_the_one_that_is_used_up_counts() {
        let headers = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "2s"),
            ("x-ratelimit-remaining-tokens", "900"),
            ("x-ratelimit-reset-tokens", "1m"),
        ];
        assert_eq!(of(&headers, &json!({})), Some(2_000));
        assert_eq!(
            of(
                &[
                    ("x-ratelimit-reset-requests", "2s"),
                    ("x-ratelimit-reset-tokens", "1m")
                ],
                &json!({})
            ),
            Some(60_000)
        );
    }
}
