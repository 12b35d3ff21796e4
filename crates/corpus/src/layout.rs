//! From the fields that were found to a record: which layout is it?

use crate::chat::{self, Message};
use crate::error::Reason;
use crate::exposure::{self, Said};
use crate::fields::{Field, FieldMap};
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::{Piece, Record, Source};

/// The fields of one record, before they make sense together.
#[derive(Clone, Debug, Default)]
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
    pub(crate) sub_key: Option<String>,
    /// What may have been shown, in the order of the record.
    pub(crate) shown: Vec<Shown>,
    /// Whether the request that it answers says what was shown, and is among it.
    pub(crate) is_requested: bool,
    /// The tokens that the request showed.
    pub(crate) requested_tokens: Option<Vec<u32>>,
    /// Fields that stood in the record, even as `null`: one bit each, to notice duplicates.
    pub(crate) seen: u16,
}

/// Something in a record that may have been shown.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// The strings of a field that is not mapped.
    Strings(Vec<Said>),
    /// [`Found::prompt`] stands here.
    Prompt,
    /// [`Found::messages`] stands here.
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

    /// The id, the prompt's tokens and all strings, field by field, of a record without other fields.
    pub(crate) fn into_said(self) -> (Option<String>, Option<Vec<u32>>, Vec<Vec<Said>>) {
        let strings = self.shown.into_iter().filter_map(|shown| match shown {
            Shown::Strings(strings) => Some(strings),
            Shown::Prompt | Shown::Messages => None,
        });
        (self.id, self.prompt_tokens, strings.collect())
    }

    /// Adds the request that it answers, where requests stand apart.
    fn join_request(&mut self, options: &ReadOptions) -> Result<(), Reason> {
        let Some(requests) = &options.requests else {
            return Ok(());
        };
        let Some(id) = &self.id else {
            let field = options.fields.path(Field::Id);
            return Err(Reason::NoId { field });
        };
        let asked = requests.of(id)?;
        let strings = asked.strings.iter().cloned();
        self.shown.extend(strings.map(Shown::Strings));
        self.requested_tokens.clone_from(&asked.prompt_tokens);
        self.is_requested = asked.is_whole;
        Ok(())
    }

    /// Makes a record of one layout.
    ///
    /// `keys` names what the record has instead, if it has none of our fields.
    pub(crate) fn into_record(
        mut self,
        source: Source,
        options: &ReadOptions,
        keys: impl FnOnce() -> String,
    ) -> Result<Record, Reason> {
        if self.body_fields().is_empty() {
            return Err(Reason::NoLayout { found: keys() });
        }
        self.join_request(options)?;
        let id = self.id.clone();
        let record = self.records(source, options)?;
        if let (Some(requests), Some(id)) = (&options.requests, &id) {
            requests.is_answered(id);
        }
        Ok(record)
    }

    /// The record of its last answer, and those of earlier ones where all are read.
    fn records(mut self, source: Source, options: &ReadOptions) -> Result<Record, Reason> {
        let mut turns = match &self.messages {
            Some(messages) if options.all_turns => chat::answers(messages),
            _ => vec![],
        };
        let Some(last) = turns.pop() else {
            return self.one_record(source, options);
        };
        // Each answer is held with all that stood before it.
        let held: u64 = turns.iter().map(|&turn| self.said_up_to(turn)).sum();
        if held > options.limits.max_document_bytes {
            return Err(Reason::OverLimit {
                limit: LimitKind::DocumentBytes,
                value: options.limits.max_document_bytes,
            });
        }
        let up_to = |found: &Self, turn: usize| {
            let mut found = found.clone();
            if let Some(messages) = &mut found.messages {
                messages.truncate(turn + 1);
            }
            if let Some(id) = &mut found.id {
                *id = format!("{id}.{turn}");
            }
            found
        };
        let earlier = turns.into_iter().map(|turn| {
            let found = up_to(&self, turn);
            found.one_record(source.clone(), options)
        });
        let earlier = earlier.collect::<Result<_, _>>()?;
        self = up_to(&self, last);
        let record = self.one_record(source, options)?;
        Ok(Record { earlier, ..record })
    }

    /// Bytes that a record up to this turn of the chat says.
    fn said_up_to(&self, turn: usize) -> u64 {
        let messages = self.messages.iter().flatten().take(turn + 1);
        let of_chat = messages.flat_map(|message| message.strings.iter().map(|(said, _)| said));
        let others = self.shown.iter().filter_map(|shown| match shown {
            Shown::Strings(strings) => Some(strings),
            Shown::Prompt | Shown::Messages => None,
        });
        let said = of_chat.chain(others.flatten());
        said.map(|said| said.text.len() as u64).sum()
    }

    /// The record of its last answer.
    fn one_record(mut self, source: Source, options: &ReadOptions) -> Result<Record, Reason> {
        let ReadOptions { fields, limits, .. } = options;
        let body_fields = self.body_fields();
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
        // A request that points elsewhere leaves it unknown, whatever the answer's own record shows.
        let exposure_known = match options.requests {
            Some(_) => self.is_requested,
            None => {
                self.prompt.is_some() || self.prompt_tokens.is_some() || self.messages.is_some()
            }
        };
        let before = self.messages.as_deref().map(chat::before_answer);
        let (mut turns, body) = if let Some(messages) = self.messages {
            let (turns, answer) = chat::split(messages, &fields.path(Field::Messages))?;
            (turns, Piece::Text(answer))
        } else {
            let body = piece(self.text, self.tokens)
                .or_else(|| piece(self.response, self.response_tokens))
                .expect("one layout was found");
            (Vec::new(), body)
        };
        let prompt = piece(self.prompt, self.prompt_tokens);
        let mut strings = Vec::new();
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

        // The prompt's text is among the strings.
        let prompt_tokens = match &prompt {
            Some(Piece::Tokens(tokens) | Piece::Both { tokens, .. }) => 4 * tokens.len() as u64,
            _ => 0,
        };
        let shown = strings.iter().flatten();
        let shown: u64 = shown.map(|said| said.text.len() as u64).sum();
        if body.bytes() + prompt_tokens + shown > limits.max_document_bytes {
            return Err(Reason::OverLimit {
                limit: LimitKind::DocumentBytes,
                value: limits.max_document_bytes,
            });
        }
        let mut pieces = exposure::pieces(prompt, strings);
        pieces.extend(self.requested_tokens.map(Piece::Tokens));
        Ok(Record {
            source,
            id: self.id,
            group: self.group,
            sub_key,
            exposure: pieces,
            exposure_known,
            turns: before,
            body,
            earlier: vec![],
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
    match (text, tokens) {
        (Some(text), Some(tokens)) => Some(Piece::Both { text, tokens }),
        (Some(text), None) => Some(Piece::Text(text)),
        (None, tokens) => tokens.map(Piece::Tokens),
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
    format!(
        "it has {}{and_more}, and none of them is read as an answer",
        named.join(", ")
    )
}
