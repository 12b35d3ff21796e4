//! What to do after an exchange: take the answer, try again after a pause, give this prompt up, or
//! stop altogether.

use crate::answer::{Answer, NoAnswer};
use crate::asking::Asking;
use crate::client::{Broken, Exchange};
use crate::concern::Concern;
use crate::error::Refusal;
use crate::fault::Fault;
use crate::shape::Shape;
use crate::text::brief;
use crate::waits;
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// What an exchange comes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// An answer.
    Answer(Box<Answer>),
    /// Another attempt may succeed; the endpoint may say how long to wait.
    Again {
        /// What failed.
        reason: String,
        /// The wait that the endpoint asks for.
        wait: Option<Duration>,
        /// What to stop with where the next attempt brings the same.
        every: Option<Refusal>,
    },
    /// This prompt cannot be answered.
    GiveUp(String),
    /// No prompt can be.
    Stop(Refusal),
}

/// What came before an exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    /// Whether no request of any run is through: what is then called a bad request is the fault of all requests.
    pub(crate) is_first: bool,
    /// Whether this run has had no answer: what is then no answer of any dialect is what the endpoint sends to everyone.
    pub(crate) none: bool,
}

/// What to do where the first response is of another dialect, as it seems.
const OTHER_DIALECT: &str =
    "check --dialect; where the first prompt alone is at fault, put another one first";

/// The longest wait that an endpoint may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// The longest pause of our own.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Judges an exchange; `text` is its body with the API key blotted out, where it is text.
pub(crate) fn judge(
    asking: &Asking,
    exchange: &Exchange,
    text: Option<&str>,
    before: Before,
    now: Timestamp,
) -> Verdict {
    let json: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
    let again = |status: Option<u16>, reason: String, every: Option<Refusal>| {
        match waits::told(&exchange.headers, json.as_ref(), now) {
            // Every other prompt would have to wait as long.
            Some(wait) if wait > LONGEST_WAIT => Verdict::Stop(Refusal {
                status: status.unwrap_or(0),
                message: format!("{reason}; the endpoint asks to wait {} s", wait.as_secs()),
                way_out: "run the same command again then: what was answered is not asked again"
                    .to_owned(),
            }),
            wait => Verdict::Again {
                reason,
                wait,
                every,
            },
        }
    };
    let status = exchange.status.unwrap_or(0);
    let is_success = (200..=299).contains(&status);
    let shaped = |shape: Shape| {
        let message = format!("{}: {}", shape.said(), text.map(brief).unwrap_or_default());
        let is_everyones = before.none && (before.is_first || !shape.may_be_the_prompts());
        let every = is_everyones.then(|| Refusal {
            status,
            message: message.clone(),
            way_out: shape.way_out().to_owned(),
        });
        again(None, message, every)
    };
    match &exchange.broken {
        // A stream may be left open until there is no more time.
        Some(Broken::Connection(_))
            if is_success && text.and_then(Shape::of) == Some(Shape::Stream) =>
        {
            return shaped(Shape::Stream);
        }
        Some(Broken::Connection(reason)) => return again(exchange.status, reason.clone(), None),
        Some(Broken::TooLong) => {
            return Verdict::GiveUp("the response is longer than 16 MiB".to_owned());
        }
        None => {}
    }
    let (status, fault) = if is_success {
        let Some(text) = text else {
            return again(None, "the response is no UTF-8 text".to_owned(), None);
        };
        match asking.api.answer(text) {
            Ok(answer) => return Verdict::Answer(Box::new(answer)),
            Err(NoAnswer::Shape(shape)) => return shaped(shape),
            Err(NoAnswer::Broken(reason)) => return again(None, reason, None),
            Err(NoAnswer::Other(reason)) => {
                let message = format!("{reason}: {}", brief(text));
                return match before.is_first {
                    true => Verdict::Stop(Refusal {
                        status,
                        message,
                        way_out: OTHER_DIALECT.to_owned(),
                    }),
                    false => Verdict::GiveUp(message),
                };
            }
            Err(NoAnswer::Fault(fault)) => (fault.status.unwrap_or(status), fault),
        }
    } else {
        let fault = json.as_ref().and_then(Fault::of);
        let said = || text.map(brief).unwrap_or_default();
        let fault = fault.unwrap_or_else(|| Fault {
            message: said(),
            ..Fault::default()
        });
        (status, fault)
    };
    let message = brief(&fault.message);
    let reason = format!("status {status}: {message}");
    let stop = |way_out: &str| {
        let (message, way_out) = (message.clone(), way_out.to_owned());
        Verdict::Stop(Refusal {
            status,
            message,
            way_out,
        })
    };
    match Concern::of(status, &fault) {
        Some(Concern::Credit) => {
            return stop(
                "waiting does not help: pay, or take another account's key; the same command goes on where this one stopped",
            );
        }
        Some(Concern::Key) => return stop("check the API key and what it may do"),
        Some(Concern::Prompt) => return Verdict::GiveUp(reason),
        None => {}
    }
    match status {
        200..=299 => again(
            None,
            format!("the response holds an error: {message}"),
            None,
        ),
        408 | 409 | 425 | 429 | 500..=599 => again(Some(status), reason, None),
        300..=399 => stop("check the endpoint's address: nothing is followed elsewhere"),
        401 | 403 => stop("check the API key and what it may do"),
        404 | 405 => stop("check the endpoint's address, --dialect and the model's name"),
        400 | 422 => match parameter(asking, &fault) {
            Some(parameter) => stop(&way_out(asking, &parameter)),
            None if before.is_first => stop(
                "see what it says; where the first prompt alone is at fault, put another one first",
            ),
            None => Verdict::GiveUp(reason),
        },
        _ => Verdict::GiveUp(reason),
    }
}

/// The parameter of ours that the endpoint does not take, if that is what it says.
fn parameter(asking: &Asking, fault: &Fault) -> Option<String> {
    let mut ours: Vec<&str> = asking.extra.keys().map(String::as_str).collect();
    let given = [
        (
            asking.max_tokens.is_some(),
            &["max_tokens", "max_output_tokens", "max_new_tokens"][..],
        ),
        (asking.temperature.is_some(), &["temperature"]),
        (
            asking.logprobs.is_some(),
            &["top_logprobs", "logprobs", "include", "top_logprobs_num"],
        ),
        (
            true,
            &["model", "return_token_ids", "store", "return_logprob"],
        ),
    ];
    ours.extend(
        given
            .into_iter()
            .filter(|(is_given, _)| *is_given)
            .flat_map(|(_, names)| names),
    );
    let named = fault
        .parameter
        .as_deref()
        .map(|name| name.split(['.', '[']).next().unwrap_or(name));
    if let Some(name) = named {
        return ours.contains(&name).then(|| name.to_owned());
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = fault.message.split(|c| !is_word(c));
    // `model` and `include` are words of any sentence.
    let name = words.into_iter().find(|word| {
        ours.contains(word) && word.contains('_')
            || *word == "temperature" && asking.temperature.is_some()
    });
    name.map(ToOwned::to_owned)
}

/// How to ask without a parameter.
fn way_out(asking: &Asking, parameter: &str) -> String {
    match (parameter, asking.max_tokens) {
        (name, _) if asking.extra.contains_key(name) => {
            format!("leave `{name}` out of --body, or give what the endpoint takes")
        }
        ("max_tokens", Some(most)) => {
            format!(
                "leave --max-tokens out and give the field that this endpoint takes: --body '{{\"max_completion_tokens\":{most}}}'"
            )
        }
        ("max_output_tokens" | "max_new_tokens", _) => {
            "give another --max-tokens, or leave it out".to_owned()
        }
        ("temperature", _) => {
            "leave --temperature out, or give one that the endpoint takes".to_owned()
        }
        ("model", _) => "check the model's name and --dialect".to_owned(),
        ("top_logprobs" | "logprobs" | "include" | "top_logprobs_num", _) => {
            "leave --logprobs out, or ask for fewer candidates".to_owned()
        }
        ("return_token_ids" | "return_logprob", _) => {
            "give --dialect chat or completions: this endpoint gives no token ids".to_owned()
        }
        (name, _) => format!("this endpoint does not take `{name}`: give another --dialect"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Api;
    use serde_json::json;

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

    fn exchange(status: u16, headers: &[(&str, &str)]) -> Exchange {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Exchange {
            status: Some(status),
            body: vec![],
            headers: headers.collect(),
            broken: None,
        }
    }

    const LATER: Before = Before {
        is_first: false,
        none: false,
    };

    fn verdict(status: u16, body: &str, retry_after: Option<&str>) -> Verdict {
        let headers: Vec<_> = retry_after
            .into_iter()
            .map(|value| ("retry-after", value))
            .collect();
        judge(
            &asking(),
            &exchange(status, &headers),
            Some(body),
            LATER,
            now(),
        )
    }

    fn stopped(asking: &Asking, status: u16, body: &Value, is_first: bool) -> Option<String> {
        let before = Before {
            is_first,
            none: is_first,
        };
        match judge(
            asking,
            &exchange(status, &[]),
            Some(&body.to_string()),
            before,
            now(),
        ) {
            Verdict::Stop(refusal) => Some(refusal.way_out),
            _ => None,
        }
    }

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().expect("a time")
    }

    #[test]
    fn statuses_are_sorted_by_what_may_help() {
        let good = r#"{"choices": [{"text": "Yes"}]}"#;
        assert!(matches!(verdict(200, good, None), Verdict::Answer(_)));
        for (status, body) in [
            (200, "<html>"),
            (200, r#"{"error": {"message": "busy"}}"#),
            (200, r#"{"error": {"code": 502, "message": "upstream"}}"#),
            (429, ""),
            (500, ""),
            (503, ""),
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
        for status in [302, 401, 402, 403, 404] {
            assert!(
                matches!(verdict(status, "", None), Verdict::Stop(_)),
                "{status}"
            );
        }
        // Whole, and of another dialect.
        let chat = r#"{"choices": [{"message": {"content": "Yes"}}]}"#;
        assert!(matches!(verdict(200, chat, None), Verdict::GiveUp(_)));
    }

    #[test]
    fn what_is_no_answer_of_any_dialect_stops_where_nothing_came() {
        let open = || Some(Broken::Connection("no answer in time".to_owned()));
        let (page, stream, none) = ("<html>", "data: {}\n\n", r#"{"choices": []}"#);
        for (body, broken, is_first, is_every) in [
            (page, None, true, true),
            (page, None, false, true),
            (stream, None, false, true),
            // Left open until there is no more time.
            (stream, open(), false, true),
            (page, open(), true, false),
            (none, None, true, true),
            // The prompt's fault, where others were answered.
            (none, None, false, false),
        ] {
            for none in [true, false] {
                let mut exchange = exchange(200, &[]);
                exchange.broken.clone_from(&broken);
                let before = Before { is_first, none };
                match judge(&asking(), &exchange, Some(body), before, now()) {
                    Verdict::Again { every, .. } => {
                        assert_eq!(every.is_some(), is_every && none, "{body} {before:?}");
                    }
                    other => panic!("{body}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_does_not_pass_by_waiting_stops() {
        let error = |code: Value| json!({"error": {"message": "no", "code": code}});
        for (status, code) in [
            (429, json!("insufficient_quota")),
            (200, json!("insufficient_quota")),
            (200, json!(401)),
            (200, json!("403")),
            (400, json!("invalid_api_key")),
            (429, json!("account_deactivated")),
        ] {
            assert!(
                stopped(&asking(), status, &error(code.clone()), false).is_some(),
                "{status} {code}"
            );
        }
        assert!(stopped(&asking(), 429, &error(json!("rate_limit_exceeded")), false).is_none());
    }

    #[test]
    fn a_parameter_that_is_refused_stops_with_the_way_out() {
        let mut asking = asking();
        asking.max_tokens = Some(60);
        asking.temperature = Some(1.0);
        asking.logprobs = Some(2);
        asking.extra = json!({"top_k": 5}).as_object().expect("an object").clone();
        let param = |name: &str| json!({"error": {"message": "not supported", "param": name, "code": "unsupported_parameter"}});
        for (body, part) in [
            (
                param("max_tokens"),
                "--body '{\"max_completion_tokens\":60}'",
            ),
            (param("temperature"), "--temperature"),
            (param("logprobs"), "--logprobs"),
            (param("top_k"), "`top_k` out of --body"),
            (
                json!({"detail": [{"loc": ["body", "top_k"], "msg": "extra"}]}),
                "top_k",
            ),
            (
                json!({"object": "error", "code": 400, "message": "max_tokens=60 cannot be"}),
                "max_completion_tokens",
            ),
        ] {
            let way_out = stopped(&asking, 400, &body, false).expect("stops");
            assert!(way_out.contains(part), "{body}: {way_out}");
        }
        // What concerns one prompt does not stop, but where it is the first of all requests.
        for body in [
            param("messages[0].content"),
            json!({"error": {"message": "this prompt is not allowed"}}),
        ] {
            assert_eq!(stopped(&asking, 400, &body, false), None, "{body}");
            assert!(stopped(&asking, 400, &body, true).is_some(), "{body}");
        }
        let filtered = json!({"error": {"message": "filtered", "code": "content_filter"}});
        assert_eq!(stopped(&asking, 400, &filtered, true), None);
    }

    #[test]
    fn waits_are_as_long_as_the_endpoint_says_and_not_without_end() {
        let waited = |headers: &[(&str, &str)], body: &str| match judge(
            &asking(),
            &exchange(429, headers),
            Some(body),
            LATER,
            now(),
        ) {
            Verdict::Again { wait, .. } => wait.map(|wait| wait.as_millis()),
            other => panic!("{other:?}"),
        };
        assert_eq!(waited(&[("retry-after-ms", "20")], "{}"), Some(20));
        assert_eq!(waited(&[("retry-after", "7")], "slow"), Some(7_000));
        assert_eq!(waited(&[], r#"{"error": {"retry_after": 2}}"#), Some(2_000));
        assert_eq!(waited(&[("retry-after", "soon")], "{}"), None);
        assert!(matches!(verdict(429, "", Some("86400")), Verdict::Stop(_)));
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
