//! Requests that failed: an export lists them beside the answers, and they are none.

use serde_json::Value;

/// What failed, as a record without an answer says it: a code, a kind or a message. Nothing where it says of no failure.
///
/// Looked for where batch services and gateways write it: `error`, at the top, in `response`, its `body` or `result`; a `status_code` of 400 or
/// more beside them; and the `refusal` that stands in place of an answer's text.
pub(crate) fn failure(json: &str) -> Option<String> {
    let record: Value = serde_json::from_str(json).ok()?;
    // Where services put answers: text there is one, whatever else the record says, and the place has to be named.
    let answers = [
        "/choices/0/message/content",
        "/choices/0/text",
        "/output_text",
        "/message/content/0/text",
        "/content/0/text",
        "/candidates/0/content/parts/0/text",
    ];
    let roots = ["", "/response", "/response/body", "/body", "/result"];
    let has_text = |root: &&str| {
        let mut texts = answers
            .iter()
            .filter_map(|path| record.pointer(&format!("{root}{path}"))?.as_str());
        texts.any(|text| !text.is_empty())
    };
    if roots.iter().any(has_text) {
        return None;
    }
    let places = roots.iter().filter_map(|place| record.pointer(place));
    let mut failed_by_status = None;
    for place in places {
        if let Some(failure) = place.get("error").and_then(named) {
            return Some(failure);
        }
        let status = place.get("status_code");
        let status = status.and_then(|status| {
            let as_text = || status.as_str()?.parse().ok();
            status.as_u64().or_else(as_text)
        });
        if let Some(status) = status.filter(|&status| status >= 400) {
            failed_by_status.get_or_insert(format!("status {status}"));
        }
    }
    let refused = roots.iter().any(|root| {
        let refusal = record.pointer(&format!("{root}/choices/0/message/refusal"));
        refusal
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    });
    let ended = record.pointer("/result/type").and_then(Value::as_str);
    let ended = ended.filter(|how| ["errored", "canceled", "expired"].contains(how));
    refused
        .then(|| "refused".to_owned())
        .or(failed_by_status)
        .or(ended.map(str::to_owned))
}

/// The name of an error: nothing where there is none.
fn named(error: &Value) -> Option<String> {
    const LONGEST: usize = 80;
    const NONE: [&str; 7] = ["", "none", "null", "false", "ok", "success", "0"];
    let short = |text: &str| text.chars().take(LONGEST).collect();
    match error {
        Value::String(text) => {
            let is_none = NONE.contains(&text.trim().to_lowercase().as_str());
            (!is_none).then(|| short(text))
        }
        Value::Bool(failed) => failed.then(|| "error".to_owned()),
        Value::Number(code) => (code.as_f64() != Some(0.0)).then(|| format!("code {code}")),
        Value::Object(fields) => {
            let inner = fields.get("error").and_then(named);
            let names = ["code", "type", "status", "message"];
            inner.or_else(|| names.iter().find_map(|name| named(fields.get(*name)?)))
        }
        Value::Null | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::failure;

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
        ] {
            assert_eq!(failure(record).as_deref(), name, "{record}");
        }
    }
}
