//! Errors as endpoints lay them out: in a response of their own, or within one that claims success.

use serde_json::Value;

/// An error that a response holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    /// What kind of error, as the status of HTTP that says the same, where it can be told.
    pub status: Option<u16>,
    /// Codes and types, in lower case.
    pub codes: Vec<String>,
    /// The field of the request that it names.
    pub parameter: Option<String>,
    /// What it says.
    pub message: String,
}

impl Fault {
    /// The error in a response or in a choice of one, if there is one.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        // Some endpoints put the one error into a list.
        let value = match value {
            Value::Array(list) => list.first()?,
            value => value,
        };
        let error = value.get("error").filter(|error| !error.is_null());
        let is_error = value["object"] == "error" || value["type"] == "error";
        let detail = value
            .get("detail")
            .filter(|_| value.get("choices").is_none());
        match (error, detail) {
            (Some(Value::String(message)), _) => {
                let mut fault = Self::said(message);
                fault.read(value);
                Some(fault)
            }
            (Some(error), _) => {
                let mut fault = Self::said(&message_of(error));
                fault.read(error);
                Some(fault)
            }
            (None, _) if is_error => {
                let mut fault = Self::said(&message_of(value));
                fault.read(value);
                Some(fault)
            }
            (None, Some(detail)) => {
                let mut fault = Self::said(&message_of(detail));
                fault.parameter = detail[0]["loc"].as_array().and_then(|path| {
                    let field = path
                        .iter()
                        .filter_map(Value::as_str)
                        .find(|name| *name != "body");
                    field.map(ToOwned::to_owned)
                });
                Some(fault)
            }
            (None, None) => None,
        }
    }

    fn said(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..Self::default()
        }
    }

    fn read(&mut self, error: &Value) {
        for name in ["code", "type", "status", "reason"] {
            match &error[name] {
                Value::String(code) => self.codes.push(code.to_ascii_lowercase()),
                Value::Number(code) => self.codes.push(code.to_string()),
                _ => {}
            }
        }
        if error["metadata"]["reasons"].is_array() {
            self.codes.push("content_filter".to_owned());
        }
        self.parameter = error["param"].as_str().map(ToOwned::to_owned);
        let number = self.codes.iter().find_map(|code| code.parse().ok());
        let number = number.filter(|status| (400..600).contains(status));
        self.status = number.or_else(|| self.codes.iter().find_map(|code| status_of(code)));
    }

    #[cfg(feature = "client")]
    /// Whether one of its codes is one of these.
    pub(crate) fn is(&self, codes: &[&str]) -> bool {
        self.codes.iter().any(|code| codes.contains(&code.as_str()))
    }
}

/// Statuses that names of errors stand for.
fn status_of(code: &str) -> Option<u16> {
    let status = match code {
        "authentication_error"
        | "invalid_api_key"
        | "unauthenticated"
        | "invalid_authentication" => 401,
        "billing_error" | "insufficient_quota" => 402,
        "permission_error" | "permission_denied" => 403,
        "not_found_error" | "model_not_found" | "not_found" => 404,
        "request_too_large" => 413,
        "rate_limit_error" | "rate_limit_exceeded" | "resource_exhausted" | "too_many_requests" => {
            429
        }
        "invalid_request_error" | "invalid_argument" | "badrequesterror" => 400,
        "api_error" | "server_error" | "internal_server_error" | "internal" => 500,
        "overloaded_error" | "unavailable" => 503,
        _ => return None,
    };
    Some(status)
}

fn message_of(error: &Value) -> String {
    let own = ["message", "msg", "detail"]
        .iter()
        .find_map(|name| error[*name].as_str());
    own.or(error[0]["msg"].as_str())
        .map_or_else(|| error.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_are_found_in_every_layout() {
        for (body, status, part) in [
            (
                json!({"error": {"message": "no credit", "type": "insufficient_quota", "code": "insufficient_quota"}}),
                Some(402),
                "no credit",
            ),
            (
                json!({"error": {"code": 401, "message": "no such key"}}),
                Some(401),
                "no such key",
            ),
            (
                json!({"error": {"code": "429", "message": "slow"}}),
                Some(429),
                "slow",
            ),
            (
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}),
                Some(503),
                "busy",
            ),
            (
                json!({"object": "error", "message": "bad", "type": "BadRequestError", "param": null, "code": 400}),
                Some(400),
                "bad",
            ),
            (
                json!([{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "later"}}]),
                Some(429),
                "later",
            ),
            (json!({"error": "overloaded"}), None, "overloaded"),
            (json!({"detail": "Not Found"}), None, "Not Found"),
            (
                json!({"detail": [{"loc": ["body", "top_k"], "msg": "extra fields not permitted"}]}),
                None,
                "not permitted",
            ),
        ] {
            let fault = Fault::of(&body).expect("a fault");
            assert_eq!(fault.status, status, "{body}");
            assert!(fault.message.contains(part), "{body}: {}", fault.message);
        }
        let named = Fault::of(&json!({"detail": [{"loc": ["body", "top_k"], "msg": "no"}]}));
        assert_eq!(
            named.and_then(|fault| fault.parameter).as_deref(),
            Some("top_k")
        );
        for whole in [
            json!({"error": null, "choices": []}),
            json!({"output": []}),
            json!([]),
            json!(5),
        ] {
            assert_eq!(Fault::of(&whole), None, "{whole}");
        }
    }
}
