//! Who speaks: the names that logs have for the assistant, and for the others.

/// Which roles answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Names of the assistant beside the usual ones.
    pub assistant: Vec<String>,
}

/// The assistant's names in common logs, in lower case.
const ASSISTANT: [&str; 14] = [
    "assistant",
    "model",
    "bot",
    "gpt",
    "chatgpt",
    "ai",
    "chatbot",
    "llm",
    "aimessage",
    "aimessagechunk",
    "function_call",
    "tool_call",
    "claude",
    "gemini",
];

impl Roles {
    /// Whether turns of this role are the assistant's.
    pub(crate) fn answers(&self, role: &str) -> bool {
        let role = role.trim().to_lowercase();
        let given = || {
            self.assistant
                .iter()
                .any(|name| name.to_lowercase() == role)
        };
        ASSISTANT.contains(&role.as_str()) || given()
    }
}

/// Whether a word is one that logs have for a speaker in a field that may hold other things too.
pub(super) fn is_role(word: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "human",
        "user",
        "system",
        "tool",
        "function",
        "humanmessage",
        "systemmessage",
        "toolmessage",
        "developer",
    ];
    let word = word.to_lowercase();
    ASSISTANT.contains(&word.as_str()) && !is_call(&word) || OTHERS.contains(&word.as_str())
}

/// Whether a role says that the turn is nothing but a call.
pub(super) fn is_call(role: &str) -> bool {
    matches!(role, "function_call" | "tool_call")
}
