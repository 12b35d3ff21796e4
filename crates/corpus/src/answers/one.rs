//! The record of one answer: the answer, and everything else as shown.

use std::sync::Arc;

use super::chat::Answer;
use super::thoughts;
use crate::earlier::Earlier;
use crate::error::Reason;
use crate::exposure::{self, Said};
use crate::found::{Found, Shown};
use crate::layouts::Layout;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::piece::Piece;
use crate::record::{Origin, Record, Source};

impl Found {
    /// The record of one answer.
    pub(super) fn record(
        mut self,
        answer: Option<Answer>,
        origin: &Origin,
        source: &Source,
        options: &ReadOptions,
    ) -> Result<Record, Reason> {
        // Anything but a plain number is something that the record says.
        let sub_key = self.sub_key.as_deref();
        let sub_key =
            sub_key.and_then(|text| text.parse().ok().filter(|n: &u32| n.to_string() == text));
        if let (None, Some(text)) = (sub_key, &self.sub_key) {
            self.shown.push(Shown::Strings(vec![Said {
                text: text.clone(),
                name: "sub_key".into(),
            }]));
        }
        let says_prompt = self.asks || self.prompt.is_some() || self.prompt_tokens.is_some();
        let is_asked = answer.as_ref().is_some_and(|answer| answer.is_asked);
        let own_tokens = answer.as_ref();
        let own_tokens = own_tokens.and_then(|answer| answer.prompt_tokens.as_ref());
        let shared = answer.as_ref().and_then(|answer| answer.earlier.as_ref());
        let shares_tokens = shared.is_some_and(|earlier| !earlier.tokens().is_empty());
        let has_tokens = self.prompt_tokens.is_some() || own_tokens.is_some() || shares_tokens;
        let in_numbers = self.asks_in_numbers && !has_tokens;
        // A request that points elsewhere leaves it unknown, whatever the answer's own record shows.
        let is_said = match options.requests {
            Some(_) => self.is_requested,
            None => says_prompt || is_asked,
        };
        let exposure_known = is_said && !self.points_elsewhere && !in_numbers;
        let (before, mut turns, earlier, body, prompt_tokens) = match answer {
            Some(answer) => (
                Some(answer.before),
                answer.shown,
                answer.earlier,
                answer.body,
                answer.prompt_tokens,
            ),
            None => {
                let body = piece(self.text, self.tokens)
                    .or_else(|| piece(self.response, self.response_tokens))
                    .expect("one layout was found");
                (None, Vec::new(), None, body, None)
            }
        };
        let prompt = piece(self.prompt, self.prompt_tokens.or(prompt_tokens));
        let (body, thoughts) = match origin.layout {
            Layout::Document => (body, None),
            _ => without_thoughts(body, options.ids),
        };
        if let Some(text) = thoughts {
            let name = "thoughts".into();
            self.shown.push(Shown::Strings(vec![Said { text, name }]));
        }
        let mut strings = Vec::new();
        if !matches!(self.shown.as_slice(), [.., Shown::Messages])
            && !self
                .shown
                .iter()
                .any(|shown| matches!(shown, Shown::Messages))
        {
            self.shown.push(Shown::Messages);
        }
        for shown in self.shown {
            match shown {
                Shown::Strings(field) => strings.push(field),
                Shown::Messages => strings.append(&mut turns),
                Shown::Prompt => {
                    if let Some(Piece::Text(text) | Piece::Both { text, .. }) = &prompt {
                        strings.push(vec![Said {
                            text: text.clone(),
                            name: "prompt".into(),
                        }]);
                    }
                }
            }
        }

        let origin = Origin {
            repeated_in: body
                .text()
                .and_then(|text| repeated_in(text, &strings, earlier.as_ref())),
            ..origin.clone()
        };
        // The prompt's text is among the strings.
        let prompt_tokens = match &prompt {
            Some(Piece::Tokens(tokens) | Piece::Both { tokens, .. }) => 4 * tokens.len() as u64,
            _ => 0,
        };
        let shown = strings.iter().flatten();
        let shown: u64 = shown.map(|said| said.text.len() as u64).sum();
        let shown = shown + earlier.as_ref().map_or(0, Earlier::bytes);
        if body.bytes() + prompt_tokens + shown > options.limits.max_document_bytes {
            return Err(Reason::OverLimit {
                limit: LimitKind::DocumentBytes,
                value: options.limits.max_document_bytes,
            });
        }
        let mut pieces = exposure::pieces(prompt, strings);
        pieces.extend(self.requested_tokens.map(Piece::Tokens));
        Ok(Record {
            source: source.clone(),
            id: self.id,
            group: self.group,
            sub_key,
            exposure: pieces,
            earlier,
            exposure_known,
            turns: before,
            body,
            origin,
        })
    }
}

/// An answer without the thoughts in front of it, and these. Ids that count as they are stay whole; others are not those of the rest.
fn without_thoughts(body: Piece, ids_count: bool) -> (Piece, Option<String>) {
    let may_be = match &body {
        Piece::Text(_) => true,
        Piece::Both { .. } => !ids_count,
        Piece::Tokens(_) => false,
    };
    let text = body.text().filter(|_| may_be);
    match text.and_then(thoughts::apart) {
        Some((thoughts, answer)) => (Piece::Text(answer.to_owned()), Some(thoughts.to_owned())),
        None => (body, None),
    }
}

/// The name of a string that holds the whole answer, where that is long enough not to be there by chance.
fn repeated_in(answer: &str, shown: &[Vec<Said>], earlier: Option<&Earlier>) -> Option<Arc<str>> {
    const LONG: usize = 64;
    let answer = Some(answer.trim()).filter(|answer| answer.len() >= LONG)?;
    let mut strings = shown.iter().flatten();
    let found = strings.find(|said| said.text.contains(answer));
    let found = found.map(|said| Arc::clone(&said.name));
    found.or_else(|| earlier.and_then(|earlier| earlier.name_of(answer)))
}

fn piece(text: Option<String>, tokens: Option<Vec<u32>>) -> Option<Piece> {
    match (text, tokens) {
        (Some(text), Some(tokens)) => Some(Piece::Both { text, tokens }),
        (Some(text), None) => Some(Piece::Text(text)),
        (None, tokens) => tokens.map(Piece::Tokens),
    }
}
