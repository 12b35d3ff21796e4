//! Requests that failed: an export lists them beside the answers, and they are none.

use crate::talk::is_withheld;
use crate::tree::Tree;

/// What failed, as a record without an answer says it: a code, a kind or a message. Nothing where it says of no failure.
///
/// Looked for where batch services and gateways write it: `error`, at the top, in `response`, its `body` or `result`; a `status_code` of 400 or
/// more beside them; the `refusal` that stands in place of an answer's text; a prompt that was blocked; and how the answer ended.
pub(crate) fn failure(record: &Tree) -> Option<String> {
    // Where services put answers: text there is one, whatever else the record says, and the place has to be named.
    let answers = [
        "choices.0.message.content",
        "choices.0.text",
        "output_text",
        "message.content.0.text",
        "content.0.text",
        "candidates.0.content.parts.0.text",
    ];
    let roots = [
        "",
        "response",
        "response.body",
        "response_body",
        "body",
        "result",
    ];
    let at = |root: &str, path: &str| match root {
        "" => record.at(path),
        root => record.at(&format!("{root}.{path}")),
    };
    let ends = [
        "choices.0.finish_reason",
        "candidates.0.finishReason",
        "stop_reason",
    ];
    let withheld = roots.iter().find_map(|root| {
        let mut ends = ends.iter().filter_map(|path| at(root, path)?.text());
        ends.find(|end| is_withheld(end))
    });
    if let Some(end) = withheld {
        return Some(end.to_lowercase());
    }
    let has_text = |root: &&str| {
        let mut texts = answers.iter().filter_map(|path| at(root, path)?.text());
        texts.any(|text| !text.is_empty())
    };
    if roots.iter().any(has_text) {
        return None;
    }
    let places = roots.iter().filter_map(|root| match *root {
        "" => Some(record),
        root => record.at(root),
    });
    let mut failed_by_status = None;
    for place in places {
        if let Some(failure) = place.get("error").and_then(named) {
            return Some(failure);
        }
        if let Some(exception) = place.get("exception").and_then(named) {
            return Some(exception);
        }
        if let Some(status) = status_of(place) {
            failed_by_status.get_or_insert(format!("status {status}"));
        }
    }
    let refusals = ["choices.0.message.refusal", "message.refusal", "refusal"];
    let refused = roots.iter().any(|root| {
        let mut refusals = refusals.iter().filter_map(|path| at(root, path)?.text());
        refusals.any(|text| !text.is_empty())
    });
    let refused =
        refused || refuses(record.at("output")) || refuses(record.at("response.body.output"));
    let blocked = roots
        .iter()
        .find_map(|root| at(root, "promptFeedback.blockReason")?.text());
    let ended = record.text_at("result.type");
    let ended = ended.filter(|how| ["errored", "canceled", "expired"].contains(how));
    refused
        .then(|| "refused".to_owned())
        .or(blocked.map(|why| format!("the prompt was blocked: {}", why.to_lowercase())))
        .or(failed_by_status)
        .or(ended.map(str::to_owned))
}

/// What a record of one level says of its answer that makes it none: how it ended, the level of an observation, the state of a call.
pub(crate) fn flat(record: &Tree) -> Option<String> {
    const FAILED: [&str; 7] = [
        "failure",
        "failed",
        "error",
        "errored",
        "cancelled",
        "canceled",
        "expired",
    ];
    let ends = ["finish_reason", "meta_info.finish_reason"].iter();
    let mut ends = ends.filter_map(|path| {
        let end = record.at(path)?;
        end.text().or_else(|| end.text_at("type"))
    });
    let ended = ends.find(|end| is_withheld(end));
    let level = record.text_at("level").filter(|level| *level == "ERROR");
    let status = record.text_at("status");
    let status = status.filter(|status| FAILED.contains(status));
    let told = ended.or(level).or(status).map(str::to_lowercase);
    told.or_else(|| status_of(record).map(|status| format!("status {status}")))
}

/// The status of an HTTP response that failed, beside the answer.
fn status_of(place: &Tree) -> Option<i128> {
    const NAMES: [&str; 4] = [
        "status_code",
        "statusCode",
        "response_status",
        "http_status",
    ];
    let statuses = NAMES.iter().filter_map(|name| match place.get(name)? {
        Tree::Whole(status) => Some(*status),
        Tree::Text(status) => status.parse().ok(),
        _ => None,
    });
    statuses.filter(|status| (400..600).contains(status)).min()
}

/// Whose turn a record is that is one turn of a talk, if it is nobody's who answers.
pub(crate) fn asker(record: &Tree) -> Option<String> {
    const ASKERS: [&str; 8] = [
        "user",
        "human",
        "prompter",
        "system",
        "developer",
        "tool",
        "function",
        "observation",
    ];
    let says = ["text", "content", "value", "message"]
        .iter()
        .any(|name| record.get(name).is_some());
    let speakers = [
        "role",
        "from",
        "speaker",
        "sender",
        "author",
        "author.role",
        "type",
    ]
    .iter();
    let mut speakers = speakers.filter_map(|path| record.text_at(path));
    // A record of a question and an answer may say more of who asked.
    let has_answer = ["response", "completion", "output", "answer"]
        .iter()
        .any(|name| record.get(name).is_some());
    let role = match says && !has_answer {
        true => speakers.find(|name| ASKERS.contains(&name.to_lowercase().as_str()))?,
        false => record.text_at("role")?,
    };
    ASKERS
        .contains(&role.to_lowercase().as_str())
        .then(|| format!("it is a turn of `{role}`"))
}

/// Whether a response has a refusal among its parts.
fn refuses(output: Option<&Tree>) -> bool {
    let mut items = output.map_or(&[][..], Tree::items).iter();
    items.any(|item| {
        let mut parts = item.get("content").map_or(&[][..], Tree::items).iter();
        parts.any(|part| part.text_at("type") == Some("refusal"))
    })
}

/// The name of an error: nothing where there is none.
fn named(error: &Tree) -> Option<String> {
    const LONGEST: usize = 80;
    const NONE: [&str; 7] = ["", "none", "null", "false", "ok", "success", "0"];
    let short = |text: &str| text.chars().take(LONGEST).collect();
    match error {
        Tree::Text(text) => {
            let is_none = NONE.contains(&text.trim().to_lowercase().as_str());
            (!is_none).then(|| short(text))
        }
        Tree::Bool(failed) => failed.then(|| "error".to_owned()),
        Tree::Whole(code) => (*code != 0).then(|| format!("code {code}")),
        Tree::Number(code) => (*code != 0.0).then(|| format!("code {code}")),
        Tree::Object(_) => {
            let inner = error.get("error").and_then(named);
            let names = [
                "code",
                "type",
                "status",
                "errorCode",
                "message",
                "errorMessage",
            ];
            inner.or_else(|| names.iter().find_map(|name| named(error.get(name)?)))
        }
        Tree::Null | Tree::Ids(_) | Tree::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::failure;
    use crate::tree::parse;

    #[test]
    fn failures_are_named_where_services_write_them() {
        for (record, name) in [
            (
                r#"{"error": {"code": "batch_expired", "message": "m"}, "response": null}"#,
                Some("batch_expired"),
            ),
            (
                r#"{"response": {"status_code": 400, "body": {"error": {"code": "content_policy"}}}, "error": null}"#,
                Some("content_policy"),
            ),
            (
                r#"{"response": {"status_code": 500, "body": {}}}"#,
                Some("status 500"),
            ),
            (
                r#"{"result": {"type": "errored", "error": {"type": "invalid_request"}}}"#,
                Some("invalid_request"),
            ),
            (r#"{"result": {"type": "expired"}}"#, Some("expired")),
            (r#"{"error": "rate limited"}"#, Some("rate limited")),
            (
                r#"{"result": {"type": "errored", "error": {"type": "error", "error": {"type": "overloaded"}}}}"#,
                Some("overloaded"),
            ),
            (r#"{"error": true}"#, Some("error")),
            (
                r#"{"response": {"status_code": "500", "body": {}}}"#,
                Some("status 500"),
            ),
            (r#"{"error": {"message": null}}"#, None),
            (r#"{"error": {"code": 0, "message": ""}}"#, None),
            (r#"{"error": "none"}"#, None),
            (r#"{"error": 0}"#, None),
            (
                r#"{"error": {"code": "length"}, "choices": [{"message": {"content": "Half an ans"}}]}"#,
                None,
            ),
            (
                r#"{"choices": [{"message": {"content": null, "refusal": ""}}]}"#,
                None,
            ),
            (
                r#"{"choices": [{"message": {"content": null, "refusal": "I can't."}}]}"#,
                Some("refused"),
            ),
            (
                r#"{"response": {"status_code": 200, "body": {}}, "error": null}"#,
                None,
            ),
            (
                r#"{"error": null, "errors": ["a"], "question": "what is an error?"}"#,
                None,
            ),
            (r#"{"error": ""}"#, None),
            (
                r#"{"choices": [{"finish_reason": "content_filter", "message": {"content": "Half"}}]}"#,
                Some("content_filter"),
            ),
            (
                r#"{"candidates": [], "promptFeedback": {"blockReason": "SAFETY"}}"#,
                Some("the prompt was blocked: safety"),
            ),
            (
                r#"{"output": [{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}]}"#,
                Some("refused"),
            ),
        ] {
            let tree = parse(record.as_bytes(), 9).unwrap().tree;
            assert_eq!(failure(&tree).as_deref(), name, "{record}");
        }
    }
}
