//! How services say that an answer was withheld, or is none.

use crate::tree::Tree;

/// How responses say that their answer was withheld or is none. What was cut at a length is an answer: its tokens are the model's own, and
/// no key decided where it was cut.
const WITHHELD: [&str; 20] = [
    "content_filter",
    "content_filtered",
    "guardrail_intervened",
    "refusal",
    "error",
    "safety",
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
    "malformed_function_call",
    "image_safety",
    "failed",
    "cancelled",
    "canceled",
    "expired",
    "error_toxic",
    "error_limit",
    "abort",
    "aborted",
];

/// Whether an answer that ended so was withheld, or is none.
pub(crate) fn is_withheld(end: &str) -> bool {
    WITHHELD.contains(&end.to_lowercase().as_str())
}

/// How a turn says of itself that it was.
pub(super) fn withheld_turn(fields: &[(String, Tree)]) -> Option<String> {
    const ENDS: [&str; 5] = [
        "finish_reason",
        "finishReason",
        "stop_reason",
        "stopReason",
        "status",
    ];
    let ends = fields
        .iter()
        .filter(|(name, _)| ENDS.contains(&name.as_str()));
    let mut ends = ends.filter_map(|(_, end)| end.text().or_else(|| end.text_at("type")));
    ends.find(|end| is_withheld(end)).map(str::to_lowercase)
}
