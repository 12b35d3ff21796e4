//! What an error concerns beyond the one request: by the codes that endpoints give, and by their words where no code says it.

use crate::fault::Fault;

/// What an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concern {
    /// The money is gone: no waiting helps.
    Credit,
    /// The key is none, or no longer one: no waiting helps.
    Key,
    /// One prompt alone.
    Prompt,
}

impl Concern {
    /// What an error of this status concerns, where that can be told.
    pub(crate) fn of(status: u16, fault: &Fault) -> Option<Self> {
        let message = fault.message.to_ascii_lowercase();
        // A server that broke may say anything.
        let is_refused = status < 500;
        if status == 402
            || fault.is(&CREDIT)
            || is_refused && CREDIT_SAID.iter().any(|words| message.contains(words))
        {
            Some(Self::Credit)
        } else if fault.is(&KEY) {
            Some(Self::Key)
        } else if fault.is(&PROMPT) {
            Some(Self::Prompt)
        } else {
            None
        }
    }
}

const CREDIT: [&str; 9] = [
    "insufficient_quota",
    "insufficient_credits",
    "insufficient_balance",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "payment_required",
    "credit_balance_too_low",
    "exceeded_current_quota_error",
];

/// In lower case.
const CREDIT_SAID: [&str; 6] = [
    "credit balance is too low",
    "billing hard limit",
    "insufficient_quota",
    "insufficient balance",
    "insufficient credit",
    "insufficient funds",
];

const KEY: [&str; 10] = [
    "invalid_api_key",
    "incorrect_api_key_provided",
    "invalid_authentication",
    "authentication_error",
    "unauthenticated",
    "api_key_invalid",
    "api_key_revoked",
    "account_deactivated",
    "access_terminated",
    "permission_denied",
];

const PROMPT: [&str; 7] = [
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    "context_length_exceeded",
    "string_above_max_length",
    "request_too_large",
    "invalid_prompt",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn credit_that_ended_is_told_by_code_or_words() {
        let concern = |status: u16, body: serde_json::Value| {
            Concern::of(status, &Fault::of(&body).expect("a fault"))
        };
        for (status, body) in [
            (402, json!({"error": {"message": "no"}})),
            (
                429,
                json!({"error": {"message": "no", "type": "insufficient_quota", "code": null}}),
            ),
            (429, json!({"error": "insufficient_quota"})),
            (
                400,
                json!({"error": {"message": "no", "code": "billing_hard_limit_reached"}}),
            ),
            (
                400,
                json!({"type": "error", "error": {"type": "invalid_request_error",
                "message": "Your credit balance is too low to access the API."}}),
            ),
            (200, json!({"error": {"message": "Insufficient Balance"}})),
        ] {
            assert_eq!(
                concern(status, body.clone()),
                Some(Concern::Credit),
                "{body}"
            );
        }
        for (status, body) in [
            (
                429,
                json!({"error": {"message": "You exceeded your current quota", "status": "RESOURCE_EXHAUSTED"}}),
            ),
            (
                500,
                json!({"error": {"message": "insufficient funds of memory"}}),
            ),
            (400, json!({"error": {"message": "max_tokens is too low"}})),
        ] {
            assert_eq!(concern(status, body.clone()), None, "{body}");
        }
    }
}
