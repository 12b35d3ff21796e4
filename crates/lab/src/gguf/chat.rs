//! How a question is put to a model that follows instructions.

use std::io::{Read, Seek};

use candle_core::quantized::gguf_file::Value;

use super::file::Source;

/// How a conversation is written for a model that follows instructions, in `ChatML`: each turn between
/// `<|im_start|>` and `<|im_end|>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    start: u32,
    end: u32,
    system: Option<String>,
}

const START: &str = "<|im_start|>";
const END: &str = "<|im_end|>";

impl Chat {
    /// Reads the template and the ids of its special tokens; nothing where the template is of another kind.
    pub(super) fn read(source: &Source<'_, impl Read + Seek>) -> Option<Self> {
        let template = source.text("tokenizer.chat_template").ok()?;
        if !template.contains(
            "'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'",
        ) {
            return None;
        }
        let Some(Value::Array(tokens)) = source.value("tokenizer.ggml.tokens") else {
            return None;
        };
        let id = |wanted: &str| {
            tokens
                .iter()
                .position(|token| matches!(token, Value::String(token) if token == wanted))
                .map(|id| id as u32)
        };
        Some(Self {
            start: id(START)?,
            end: id(END)?,
            system: system(template),
        })
    }

    /// The system text of a conversation that brings none of its own.
    #[must_use]
    pub fn system(&self) -> Option<&str> {
        self.system.as_deref()
    }

    /// The token that ends a turn.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.end
    }

    /// The tokens of a conversation with one question, up to where the answer begins. `encode` gives the tokens of
    /// text without special ones.
    pub fn ask(&self, question: &str, encode: impl Fn(&str) -> Vec<u32>) -> Vec<u32> {
        let mut tokens = Vec::new();
        let mut turn = |role: &str, text: &str| {
            tokens.push(self.start);
            tokens.extend(encode(&format!("{role}\n{text}")));
            tokens.push(self.end);
            tokens.extend(encode("\n"));
        };
        if let Some(system) = &self.system {
            turn("system", system);
        }
        turn("user", question);
        tokens.push(self.start);
        tokens.extend(encode("assistant\n"));
        tokens
    }
}

/// The text that the template gives to a conversation without a system turn.
fn system(template: &str) -> Option<String> {
    let (_, rest) = template.split_once("{{ '<|im_start|>system\n")?;
    let (text, _) = rest.split_once(END)?;
    (!text.contains(['\'', '{', '}', '\\'])).then(|| text.to_owned())
}
