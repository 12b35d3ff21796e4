//! From the fields that were found to a record: which layout is it?

use crate::chat::{self, Message};
use crate::error::Reason;
use crate::fields::{Field, FieldMap};
use crate::limits::{LimitKind, Limits};
use crate::record::{Piece, Record, Source};

/// The fields of one record, before they make sense together.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) text: Option<String>,
    pub(crate) tokens: Option<Vec<u32>>,
    pub(crate) prompt: Option<String>,
    pub(crate) prompt_tokens: Option<Vec<u32>>,
    pub(crate) response: Option<String>,
    pub(crate) response_tokens: Option<Vec<u32>>,
    pub(crate) messages: Option<Vec<Message>>,
    pub(crate) id: Option<String>,
    pub(crate) group: Option<String>,
    /// Fields that stood in the record, even as `null`: one bit each, to notice duplicates.
    pub(crate) seen: u16,
}

impl Found {
    /// Notes that a field stands here.
    ///
    /// # Errors
    /// [`Reason::Duplicate`] where it did before.
    pub(crate) fn note(&mut self, field: Field, fields: &FieldMap) -> Result<(), Reason> {
        let bit = 1 << field as u16;
        if self.seen & bit != 0 {
            return Err(Reason::Duplicate(fields.path(field)));
        }
        self.seen |= bit;
        Ok(())
    }

    /// Where a field of text goes; `None` for fields of another kind.
    pub(crate) fn text_mut(&mut self, field: Field) -> Option<&mut Option<String>> {
        match field {
            Field::Text => Some(&mut self.text),
            Field::Prompt => Some(&mut self.prompt),
            Field::Response => Some(&mut self.response),
            Field::Id => Some(&mut self.id),
            Field::Group => Some(&mut self.group),
            _ => None,
        }
    }

    /// Where a field of tokens goes; `None` for fields of another kind.
    pub(crate) fn tokens_mut(&mut self, field: Field) -> Option<&mut Option<Vec<u32>>> {
        match field {
            Field::Tokens => Some(&mut self.tokens),
            Field::PromptTokens => Some(&mut self.prompt_tokens),
            Field::ResponseTokens => Some(&mut self.response_tokens),
            _ => None,
        }
    }

    /// Makes a record of one layout.
    ///
    /// Where a text and its tokens are both given, the tokens are used: they are exact, and the text is what they spell.
    /// `keys` names what the record has instead, if it has none of our fields.
    pub(crate) fn into_record(
        self,
        source: Source,
        fields: &FieldMap,
        limits: &Limits,
        keys: impl FnOnce() -> String,
    ) -> Result<Record, Reason> {
        let body_fields = self.body_fields();
        if body_fields.is_empty() {
            return Err(Reason::NoLayout { found: keys() });
        }
        let plain = self.text.is_some() || self.tokens.is_some();
        let answer = self.response.is_some() || self.response_tokens.is_some();
        if u8::from(plain) + u8::from(answer) + u8::from(self.messages.is_some()) > 1 {
            let names: Vec<_> = body_fields
                .iter()
                .map(|field| format!("`{}`", fields.path(*field)))
                .collect();
            return Err(Reason::TwoLayouts {
                found: names.join(" and "),
            });
        }

        let mut exposure = piece(self.prompt, self.prompt_tokens).map(|prompt| vec![prompt]);
        let body = if let Some(messages) = self.messages {
            let (shown, answer) = chat::split(messages, &fields.path(Field::Messages))?;
            exposure.get_or_insert_default().extend(shown);
            Piece::Text(answer)
        } else {
            piece(self.text, self.tokens)
                .or_else(|| piece(self.response, self.response_tokens))
                .expect("one layout was found")
        };

        let bytes = body.bytes() + exposure.iter().flatten().map(Piece::bytes).sum::<u64>();
        if bytes > limits.max_document_bytes {
            return Err(Reason::OverLimit {
                limit: LimitKind::DocumentBytes,
                value: limits.max_document_bytes,
            });
        }
        Ok(Record {
            source,
            id: self.id,
            group: self.group,
            exposure,
            body,
        })
    }

    fn body_fields(&self) -> Vec<Field> {
        [
            (Field::Text, self.text.is_some()),
            (Field::Tokens, self.tokens.is_some()),
            (Field::Response, self.response.is_some()),
            (Field::ResponseTokens, self.response_tokens.is_some()),
            (Field::Messages, self.messages.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, there)| there.then_some(field))
        .collect()
    }
}

fn piece(text: Option<String>, tokens: Option<Vec<u32>>) -> Option<Piece> {
    tokens.map(Piece::Tokens).or_else(|| text.map(Piece::Text))
}

/// Names what a record has, for a message: at most a dozen keys.
pub(crate) fn name_keys<S: AsRef<str>>(keys: &[S]) -> String {
    if keys.is_empty() {
        return "the record is empty".to_owned();
    }
    let short = |key: &S| format!("`{}`", key.as_ref().chars().take(40).collect::<String>());
    let named: Vec<_> = keys.iter().take(12).map(short).collect();
    let more = keys.len().saturating_sub(12);
    let and_more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "it has {}{and_more}, and none of them is read as an answer",
        named.join(", ")
    )
}
