//! The prompts: what is asked, each by itself.

use crate::error::CollectError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// One prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Its name in the answers: the record's own `id`, or else the start of a digest of what is
    /// asked.
    pub id: String,
    /// The record's own `group`.
    pub group: Option<String>,
    /// What the model is shown.
    pub shown: Shown,
}

/// What a model is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A prompt, with a system text or none.
    Prompt {
        /// The system text.
        system: Option<String>,
        /// The prompt.
        prompt: String,
    },
    /// The turns of a chat, the last one a user's.
    Messages(Vec<Turn>),
}

/// A turn of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user`, `assistant` or another.
    pub role: String,
    /// Its text.
    pub content: String,
}

/// The longest line of prompts, in bytes.
pub const MAX_LINE: u64 = 16 << 20;

/// Reads prompts from a JSONL file. Fields other than `prompt`, `system`, `messages`, `id` and
/// `group` are not sent and not kept, so a provider's own logs can serve as they are.
///
/// `system` is the system text of prompts that have none of their own.
///
/// # Errors
/// When a line is no prompt, or two prompts have the same id.
pub fn read(path: &Path, system: Option<&str>) -> Result<Vec<Prompt>, CollectError> {
    let file = std::fs::File::open(path).map_err(|error| CollectError::io("read", path, error))?;
    let mut input = BufReader::new(file);
    let mut prompts: Vec<Prompt> = vec![];
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut bytes = vec![];
    for line in 1.. {
        bytes.clear();
        let read = (&mut input)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| CollectError::io("read", path, error))?;
        if read == 0 {
            break;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let refuse = |reason: String| CollectError::Prompt {
            path: path.to_owned(),
            line,
            reason,
        };
        if bytes.len() as u64 > MAX_LINE {
            return Err(refuse(format!("the line is longer than {MAX_LINE} bytes")));
        }
        let prompt = parse(&bytes, system).map_err(refuse)?;
        if let Some(first) = lines.insert(prompt.id.clone(), line) {
            return Err(refuse(format!(
                "the id {:?} stands in line {first} already; to ask a prompt more than once, ask for more answers a prompt",
                prompt.id
            )));
        }
        prompts.push(prompt);
    }
    if prompts.is_empty() {
        return Err(CollectError::Prompt {
            path: path.to_owned(),
            line: 1,
            reason: "there is no prompt in this file".to_owned(),
        });
    }
    Ok(prompts)
}

fn parse(line: &[u8], system: Option<&str>) -> Result<Prompt, String> {
    let record: Record =
        serde_json::from_slice(line).map_err(|error| format!("this is no prompt: {error}"))?;
    let shown = match (record.prompt, record.messages) {
        (Some(prompt), None) => Shown::Prompt {
            system: record.system.or_else(|| system.map(ToOwned::to_owned)),
            prompt,
        },
        (None, Some(mut messages)) => {
            if record.system.is_some() {
                return Err("with `messages`, the system text is one of them".to_owned());
            }
            match messages.last() {
                Some(last) if last.role != "assistant" => {}
                _ => return Err("`messages` must end with a turn to answer".to_owned()),
            }
            let first_is_system = messages.first().is_some_and(|turn| turn.role == "system");
            if let (Some(system), false) = (system, first_is_system) {
                messages.insert(0, Turn::new("system", system));
            }
            Shown::Messages(messages)
        }
        (None, None) => return Err("it has neither `prompt` nor `messages`".to_owned()),
        (Some(_), Some(_)) => return Err("it has both `prompt` and `messages`".to_owned()),
    };
    let id = match record.id {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) => id.to_string(),
        Some(_) => return Err("`id` must be a string or a number".to_owned()),
        None => shown.digest(),
    };
    let group = match record.group {
        Some(Value::String(group)) => Some(group),
        Some(Value::Number(group)) => Some(group.to_string()),
        Some(_) => return Err("`group` must be a string or a number".to_owned()),
        None => None,
    };
    Ok(Prompt { id, group, shown })
}

impl Turn {
    pub(crate) fn new(role: &str, content: &str) -> Self {
        Self {
            role: role.to_owned(),
            content: content.to_owned(),
        }
    }
}

impl Shown {
    /// The turns of a chat that show it.
    pub(crate) fn turns(&self) -> Vec<Turn> {
        match self {
            Self::Prompt { system, prompt } => {
                let system = system.as_deref().map(|text| Turn::new("system", text));
                let user = Turn::new("user", prompt);
                system.into_iter().chain([user]).collect()
            }
            Self::Messages(turns) => turns.clone(),
        }
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the turns as JSON.
    fn digest(&self) -> String {
        let json = serde_json::to_vec(&self.turns()).expect("turns are plain text");
        hex(&Sha256::digest(json)[..8])
    }
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(path: &Path) -> Result<String, CollectError> {
    let failed = |error| CollectError::io("read", path, error);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut digest = Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes).map_err(failed)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&bytes[..read]),
        }
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Deserialize)]
struct Record {
    prompt: Option<String>,
    system: Option<String>,
    messages: Option<Vec<Turn>>,
    id: Option<Value>,
    group: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_read_in_either_layout() {
        let of = |line: &str| parse(line.as_bytes(), Some("Be brief."));
        let plain = of(r#"{"prompt": "Hi", "id": 7, "response": "not sent"}"#).expect("a prompt");
        assert_eq!(plain.id, "7");
        assert_eq!(
            plain.shown.turns(),
            [Turn::new("system", "Be brief."), Turn::new("user", "Hi")]
        );
        let own = of(r#"{"prompt": "Hi", "system": "Own."}"#).expect("a prompt");
        assert_eq!(own.shown.turns()[0].content, "Own.");
        assert_eq!(own.id.len(), 16);
        let chat = of(r#"{"messages": [{"role": "user", "content": "Hi"}]}"#).expect("a prompt");
        assert_eq!(chat.shown.turns().len(), 2);
        for (bad, part) in [
            ("{}", "neither"),
            ("[]", "no prompt"),
            (r#"{"prompt": 5}"#, "no prompt"),
            (r#"{"prompt": "a", "messages": []}"#, "both"),
            (r#"{"messages": []}"#, "must end"),
            (
                r#"{"messages": [{"role": "assistant", "content": "x"}]}"#,
                "must end",
            ),
            (r#"{"prompt": "a", "id": [1]}"#, "`id`"),
        ] {
            let error = of(bad).expect_err(bad);
            assert!(error.contains(part), "{bad}: {error}");
        }
    }
}
