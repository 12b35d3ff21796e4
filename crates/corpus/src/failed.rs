//! Requests that failed: an export lists them beside the answers, and they are none.

use serde_json::Value;

/// What failed, as a record without an answer says it: a code, a kind or a message. Nothing where it says of no failure.
///
/// Looked for where batch services and gateways write it: `error`, at the top, in `response`, its `body` or `result`; a `status_code` of 400 or
/// more beside them; and the `refusal` that stands in place of an answer's text.
pub(crate) fn failure(json: &str) -> Option<String> {
    let record: Value = serde_json::from_str(json).ok()?;
    let places = [
        "",
        "/response",
        "/response/body",
        "/body",
        "/result",
        "/result/error",
    ];
    let places = places.iter().filter_map(|place| record.pointer(place));
    let mut failed_by_status = None;
    for place in places {
        if let Some(failure) = place.get("error").and_then(named) {
            return Some(failure);
        }
        let status = place.get("status_code").and_then(Value::as_u64);
        if let Some(status) = status.filter(|&status| status >= 400) {
            failed_by_status.get_or_insert(format!("status {status}"));
        }
    }
    let messages = [
        "/response/body/choices/0/message/refusal",
        "/body/choices/0/message/refusal",
        "/choices/0/message/refusal",
    ];
    let refused = messages
        .iter()
        .find_map(|path| record.pointer(path)?.as_str());
    let ended = record.pointer("/result/type").and_then(Value::as_str);
    let ended = ended.filter(|how| ["errored", "canceled", "expired"].contains(how));
    refused
        .map(|_| "refused".to_owned())
        .or(failed_by_status)
        .or(ended.map(str::to_owned))
}

/// The name of an error: nothing where there is none.
fn named(error: &Value) -> Option<String> {
    const LONGEST: usize = 80;
    let text = match error {
        Value::String(text) if !text.is_empty() => text,
        Value::Object(fields) if !fields.is_empty() => {
            let names = ["code", "type", "status", "message"];
            match names.iter().find_map(|name| fields.get(*name)?.as_str()) {
                Some(name) => name,
                None => "error",
            }
        }
        Value::Number(code) => return Some(format!("code {code}")),
        _ => return None,
    };
    Some(text.chars().take(LONGEST).collect())
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
            (r#"{"error": {"message": null}}"#, Some("error")),
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
