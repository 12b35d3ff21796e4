//! The fields of a record as they are found, one after another.

use std::sync::Arc;

use crate::earlier::Beside;
use crate::error::Reason;
use crate::exposure::Said;
use crate::fields::{Field, FieldMap};
use crate::options::ReadOptions;
use crate::record::Nowhere;
use crate::talk::{Message, Replied};

/// The fields of one record, before they make sense together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) text: Option<String>,
    pub(crate) tokens: Option<Vec<u32>>,
    pub(crate) prompt: Option<String>,
    pub(crate) prompt_tokens: Option<Vec<u32>>,
    /// A prompt of several turns.
    pub(crate) prompt_turns: Option<Vec<Message>>,
    pub(crate) response: Option<String>,
    pub(crate) response_tokens: Option<Vec<u32>>,
    /// Answers that a field's value holds in the form of a service's response.
    pub(crate) replies: Option<Vec<Replied>>,
    pub(crate) messages: Option<Vec<Message>>,
    pub(crate) id: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) sub_key: Option<String>,
    /// What may have been shown, in the order of the record.
    pub(crate) shown: Vec<Shown>,
    /// Whether the request that it answers says what was shown, and is among it.
    pub(crate) is_requested: bool,
    /// The tokens that the request showed.
    pub(crate) requested_tokens: Option<Vec<u32>>,
    /// Fields that stood in the record, even as `null`: one bit each, to notice duplicates.
    pub(crate) seen: u16,
    pub(crate) has_halves: bool,
    /// The names of the record's fields, in words, where some are mapped.
    pub(crate) names: Option<Arc<str>>,
    /// Whether the record says that something else was shown, which stands elsewhere.
    pub(crate) points_elsewhere: bool,
    /// Whether turns of the assistant that were asked with are answers of another exchange.
    pub(crate) is_branch: bool,
    /// Whether something was asked in numbers that may be tokens.
    pub(crate) asks_in_numbers: bool,
    /// Whether it said what was asked, and that was taken out of it.
    pub(crate) asks: bool,
}

/// Something in a record that may have been shown.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// The strings of a field that is not mapped.
    Strings(Vec<Said>),
    /// [`Found::prompt`] stands here.
    Prompt,
    /// The turns of a chat stand here.
    Messages,
}

impl Found {
    /// Begins another field of the record: strings are joined field by field.
    pub(crate) fn start_field(&mut self) {
        if !matches!(self.shown.last(), Some(Shown::Strings(strings)) if strings.is_empty()) {
            self.shown.push(Shown::Strings(Vec::new()));
        }
    }

    /// Where strings that are not mapped go.
    pub(crate) fn strings_mut(&mut self) -> &mut Vec<Said> {
        if !matches!(self.shown.last(), Some(Shown::Strings(_))) {
            self.shown.push(Shown::Strings(Vec::new()));
        }
        match self.shown.last_mut() {
            Some(Shown::Strings(strings)) => strings,
            _ => unreachable!("the last is a list of strings"),
        }
    }

    /// Bytes that it holds of what was shown beside turns, about.
    pub(crate) fn held(&self) -> u64 {
        let strings = self.shown.iter().map(|shown| match shown {
            Shown::Strings(strings) => strings.iter().map(Said::held).sum(),
            Shown::Prompt | Shown::Messages => size_of::<Shown>() as u64,
        });
        let prompt = self.prompt.as_ref().map_or(0, String::len) as u64;
        strings.sum::<u64>() + prompt
    }

    /// Notes the place of the prompt or the messages.
    pub(crate) fn note_shown(&mut self, shown: Shown) {
        self.shown.push(shown);
    }

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
            Field::SubKey => Some(&mut self.sub_key),
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

    /// Without what was shown beside the turns of its chat, and that.
    pub(crate) fn apart(mut self) -> (Self, Beside) {
        let mut beside = Beside::default();
        let mut is_behind = false;
        for shown in std::mem::take(&mut self.shown) {
            let field = match shown {
                Shown::Strings(strings) => strings,
                Shown::Prompt => {
                    let text = self.prompt.clone().unwrap_or_default();
                    let name = "prompt".into();
                    vec![Said { text, name }]
                }
                Shown::Messages => {
                    is_behind = true;
                    continue;
                }
            };
            match is_behind {
                true => beside.behind.push(field),
                false => beside.before.push(field),
            }
        }
        self.asks = self.prompt.take().is_some() || self.prompt_tokens.is_some();
        let tokens = [self.prompt_tokens.take(), self.requested_tokens.take()];
        beside.tokens.extend(tokens.into_iter().flatten());
        (self, beside)
    }

    /// The id, the prompt's tokens and all strings, field by field, of a record without other fields.
    pub(crate) fn into_said(self) -> (Option<String>, Option<Vec<u32>>, Vec<Vec<Said>>) {
        let strings = self.shown.into_iter().filter_map(|shown| match shown {
            Shown::Strings(strings) => Some(strings),
            Shown::Prompt | Shown::Messages => None,
        });
        (self.id, self.prompt_tokens, strings.collect())
    }

    /// Fields that could hold the answer, and are there.
    pub(crate) fn body_fields(&self) -> Vec<Field> {
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

    /// Mapped fields that the record does not have. A prompt, or an id, may stand in the request instead.
    pub(crate) fn nowhere(&self, options: &ReadOptions) -> Option<Nowhere> {
        let found = self.names.clone()?;
        let in_request = |field: Field| {
            options.requests.is_some() && matches!(field, Field::Prompt | Field::PromptTokens)
        };
        let is_seen = |field: Field| self.seen & (1 << field as u16) != 0;
        let missing = options.fields.given();
        let missing = missing.filter(|field| !is_seen(*field) && !in_request(*field));
        let fields: Vec<Field> = missing.collect();
        (!fields.is_empty()).then_some(Nowhere { fields, found })
    }

    /// Whether a field that could hold the answer is there as `null`.
    pub(crate) fn has_null_body(&self) -> bool {
        let mut bodies = Field::ALL.into_iter().filter(|field| field.is_body());
        bodies.any(|field| self.seen & (1 << field as u16) != 0)
    }
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
    format!("it has {}{and_more}", named.join(", "))
}

/// The same, of a record without an answer.
pub(crate) fn no_answer<S: AsRef<str>>(keys: &[S]) -> String {
    match keys.is_empty() {
        true => name_keys(keys),
        false => format!("{}, and none of them is read as an answer", name_keys(keys)),
    }
}
