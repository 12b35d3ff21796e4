//! What is asked: a text, or its tokens.

use serde::Deserialize;

/// A text to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// As text.
    Text(String),
    /// As token ids of the profile's tokenizer.
    Tokens(Vec<u32>),
}

/// A request's body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    tokens: Option<Vec<u32>>,
}

impl Question {
    /// From a request's body; nothing where it is none. Why it is none is not said: the message could repeat the text.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let asked: Asked = serde_json::from_slice(body).ok()?;
        match (asked.text, asked.tokens) {
            (Some(text), None) => Some(Self::Text(text)),
            (None, Some(tokens)) => Some(Self::Tokens(tokens)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn a_question_is_one_text_or_one_list_of_ids() {
        let text = |text: &str| Some(Question::Text(text.to_owned()));
        assert_eq!(Question::parse(br#"{"text": "a\nb"}"#), text("a\nb"));
        assert_eq!(Question::parse(br#"{"text": ""}"#), text(""));
        assert_eq!(
            Question::parse(br#" {"tokens": [1, 2, 4294967295]} "#),
            Some(Question::Tokens(vec![1, 2, u32::MAX]))
        );
    }

    #[test]
    fn everything_else_is_none() {
        let deep = format!("{{\"text\": {}", "[".repeat(100_000));
        let bodies: [&[u8]; 18] = [
            b"",
            b"{}",
            b"null",
            b"\"text\"",
            br#"{"text": null}"#,
            br#"{"text": 1}"#,
            br#"{"text": ["a"]}"#,
            br#"{"text": "a", "tokens": [1]}"#,
            br#"{"text": "a", "text": "b"}"#,
            br#"{"text": "a", "key": "b"}"#,
            br#"{"text": "a"} {"#,
            br#"{"text": "\ud800"}"#,
            b"{\"text\": \"\xff\"}",
            br#"{"tokens": [-1]}"#,
            br#"{"tokens": [1.5]}"#,
            br#"{"tokens": [4294967296]}"#,
            br#"{"tokens": "1"}"#,
            deep.as_bytes(),
        ];
        for body in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]);
            assert_eq!(Question::parse(body), None, "{shown}");
        }
    }
}
