//! What to do after an exchange: take the answer, try again after a pause, give this prompt up, or
//! stop altogether.

use crate::api::{Answer, Asking, brief};
use crate::client::{Broken, Exchange};
use jiff::Timestamp;
use std::time::Duration;

/// What an exchange comes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// An answer.
    Answer(Answer),
    /// Another attempt may succeed; the endpoint may say how long to wait.
    Again {
        /// What failed.
        reason: String,
        /// The wait that the endpoint asks for.
        wait: Option<Duration>,
    },
    /// This prompt cannot be answered.
    GiveUp(String),
    /// No prompt can be.
    Stop {
        /// The HTTP status.
        status: u16,
        /// The start of what the endpoint said.
        message: String,
    },
}

/// The longest wait that an endpoint may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// The longest pause of our own.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Judges an exchange; `text` is its body with the API key blotted out, where it is text.
pub(crate) fn judge(
    asking: &Asking,
    exchange: &Exchange,
    text: Option<&str>,
    now: Timestamp,
) -> Verdict {
    let wait = exchange
        .retry_after
        .as_deref()
        .and_then(|value| retry_after(value, now));
    let again = |reason: String| match wait {
        Some(wait) if wait > LONGEST_WAIT => Verdict::GiveUp(format!(
            "{reason}; the endpoint asks to wait {} s",
            wait.as_secs()
        )),
        wait => Verdict::Again { reason, wait },
    };
    match &exchange.broken {
        Some(Broken::Connection(reason)) => return again(reason.clone()),
        Some(Broken::TooLong) => {
            return Verdict::GiveUp("the response is longer than 16 MiB".to_owned());
        }
        None => {}
    }
    let said = text.map(brief).unwrap_or_default();
    match exchange.status.unwrap_or(0) {
        200..=299 => match text {
            None => again("the response is no UTF-8 text".to_owned()),
            Some(text) => match asking.api.answer(text) {
                Ok(answer) => Verdict::Answer(answer),
                Err(reason) => again(reason),
            },
        },
        status @ (408 | 409 | 425 | 429 | 500..=599) => again(format!("status {status}: {said}")),
        status @ (300..=399 | 401 | 402 | 403 | 404 | 405) => Verdict::Stop {
            status,
            message: said,
        },
        status => Verdict::GiveUp(format!("status {status}: {said}")),
    }
}

/// The pause before attempt `attempt` + 1: the first pause doubled for each attempt, at most a
/// minute, less up to half of it at random, so that workers do not return all at once.
pub(crate) fn pause(first: Duration, attempt: u32) -> Duration {
    let doubled = first.saturating_mul(1 << (attempt - 1).min(16));
    // Without randomness from the system, workers return together: slower, and no fault.
    let random = getrandom::u64().unwrap_or(0);
    doubled
        .min(LONGEST_PAUSE)
        .mul_f64(1.0 - (random >> 11) as f64 / (1_u64 << 54) as f64)
}

/// A `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Api;

    fn asking() -> Asking {
        Asking {
            api: Api::Completions,
            model: "m".into(),
            max_tokens: None,
            temperature: None,
            logprobs: None,
            extra: serde_json::Map::new(),
        }
    }

    fn verdict(status: u16, body: &str, retry_after: Option<&str>) -> Verdict {
        let exchange = Exchange {
            status: Some(status),
            body: vec![],
            retry_after: retry_after.map(ToOwned::to_owned),
            broken: None,
        };
        judge(&asking(), &exchange, Some(body), now())
    }

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().expect("a time")
    }

    #[test]
    fn each_status_has_its_verdict() {
        let good = r#"{"choices": [{"text": "a"}]}"#;
        assert!(matches!(verdict(200, good, None), Verdict::Answer(_)));
        for (status, body) in [
            (200, "garbage"),
            (429, ""),
            (500, "x"),
            (503, good),
            (408, ""),
        ] {
            assert!(
                matches!(verdict(status, body, None), Verdict::Again { .. }),
                "{status}"
            );
        }
        for status in [400, 413, 422] {
            assert!(
                matches!(verdict(status, "", None), Verdict::GiveUp(_)),
                "{status}"
            );
        }
        for status in [302, 401, 403, 404] {
            assert!(
                matches!(verdict(status, "", None), Verdict::Stop { .. }),
                "{status}"
            );
        }
    }

    #[test]
    fn waits_are_seconds_or_dates_and_not_without_end() {
        for (header, seconds) in [
            ("7", 7),
            ("0.5", 0),
            ("Sun, 22 Nov 2026 10:01:30 GMT", 90),
            ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ] {
            let Verdict::Again {
                wait: Some(wait), ..
            } = verdict(429, "", Some(header))
            else {
                panic!("{header}");
            };
            assert_eq!(wait.as_secs(), seconds, "{header}");
        }
        for header in ["soon", "-3", "NaN"] {
            let verdict = verdict(429, "", Some(header));
            assert!(
                matches!(verdict, Verdict::Again { wait: None, .. }),
                "{header}"
            );
        }
        assert!(matches!(
            verdict(429, "", Some("86400")),
            Verdict::GiveUp(_)
        ));
    }

    #[test]
    fn pauses_double_to_a_minute_and_vary() {
        let first = Duration::from_secs(1);
        for (attempt, most) in [(1, 1.0), (2, 2.0), (5, 16.0), (7, 60.0), (100, 60.0)] {
            let pause = pause(first, attempt).as_secs_f64();
            assert!(
                pause > most / 2.0 - 1e-9 && pause <= most,
                "{attempt}: {pause}"
            );
        }
    }
}
