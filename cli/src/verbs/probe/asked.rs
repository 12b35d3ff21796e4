//! A record's prompt, as it can be asked again.

use hallmark_corpus::{Piece, Record, Tokenizer};
use serde::Serialize;

/// A prompt of the log.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    Text(String),
    Tokens(Vec<u32>),
    Chat(Vec<Message>),
}

/// A turn, as chat APIs take it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Message {
    role: String,
    content: String,
}

/// Why a record gives no prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unasked {
    /// It has none.
    NoPrompt,
    /// It has one that cannot be said again as text: turns with tool calls, or none to answer.
    NotAskable,
}

impl Asked {
    pub(super) fn of(record: &Record, tokenizer: Option<&Tokenizer>) -> Result<Self, Unasked> {
        if let Some(turns) = &record.turns {
            // What stands beside the turns of a request, such as a model's name, is no turn.
            let turns = turns.iter().filter(|turn| !turn.role.is_empty());
            let turns: Vec<&hallmark_corpus::Turn> = turns.collect();
            let can_be_answered = turns.last().is_some_and(|turn| turn.role != "assistant");
            if !can_be_answered || turns.iter().any(|turn| !turn.text_only) {
                return Err(Unasked::NotAskable);
            }
            let message = |turn: &hallmark_corpus::Turn| Message {
                role: turn.role.clone(),
                content: turn.text.clone(),
            };
            let mut messages: Vec<Message> = turns.into_iter().map(message).collect();
            // Some services keep it behind the turns.
            messages.sort_by_key(|message| !matches!(&*message.role, "system" | "developer"));
            return Ok(Self::Chat(messages));
        }
        // A record that says what was shown, and is no chat, has its prompt first.
        if !record.exposure_known {
            return Err(Unasked::NoPrompt);
        }
        match (record.exposure.first(), tokenizer) {
            (Some(Piece::Text(text) | Piece::Both { text, .. }), _) if !text.is_empty() => {
                Ok(Self::Text(text.clone()))
            }
            (Some(Piece::Tokens(tokens)), Some(tokenizer)) if !tokens.is_empty() => {
                Ok(Self::Text(tokenizer.decode(tokens)))
            }
            (Some(Piece::Tokens(tokens)), None) if !tokens.is_empty() => {
                Ok(Self::Tokens(tokens.clone()))
            }
            _ => Err(Unasked::NoPrompt),
        }
    }

    /// Equal for prompts that are the same but for white space around them.
    pub(super) fn identity(&self) -> Vec<u8> {
        let field = |text: &str| {
            let text = text.trim().as_bytes();
            [&(text.len() as u64).to_le_bytes()[..], text].concat()
        };
        match self {
            Self::Text(text) => [b"text:", &field(text)[..]].concat(),
            Self::Tokens(tokens) => {
                let ids = tokens.iter().flat_map(|token| token.to_le_bytes());
                b"tokens:".iter().copied().chain(ids).collect()
            }
            Self::Chat(messages) => {
                let turns = messages.iter().flat_map(|message| {
                    let role = field(&message.role);
                    role.into_iter().chain(field(&message.content))
                });
                b"chat:".iter().copied().chain(turns).collect()
            }
        }
    }
}
