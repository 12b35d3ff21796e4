//! From the fields that were found to records: which layout is it, and what is each answer?

use std::sync::Arc;

use crate::error::Reason;
use crate::exposure::{self, Said};
use crate::fields::{Field, FieldMap};
use crate::layouts::Layout;
use crate::limits::LimitKind;
use crate::options::ReadOptions;
use crate::record::{Origin, Piece, Record, Source, Turn};
use crate::talk::{Kind, Message, Replied};

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

/// A chat with one answer, or several turns that may be: what one exchange said.
struct Talk {
    messages: Vec<Message>,
    /// Turns before this one were asked; from it on they answer.
    answers_from: usize,
    tokens: Option<Vec<u32>>,
    prompt_tokens: Option<Vec<u32>>,
    /// Whether it says what was shown.
    is_asked: bool,
}

/// What of a chat is one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    turn: usize,
    /// The turn's text, or one of its calls.
    call: Option<u32>,
    /// Whether what stands behind it was shown too.
    with_rest: bool,
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

    /// Makes the records of one layout: one for each answer, in their order, or why an answer is none.
    ///
    /// `layout` is the one that was recognised, if any; `keys` names what the record has instead, if it has none of our fields.
    pub(crate) fn into_records(
        mut self,
        layout: Option<Layout>,
        source: &Source,
        options: &ReadOptions,
        keys: impl FnOnce() -> String,
    ) -> Result<Vec<Result<Record, Reason>>, Reason> {
        if self.body_fields().is_empty() && self.replies.is_none() {
            let failure = "the answer is null".to_owned();
            return Err(match self.has_null_body() {
                true => Reason::Failed { failure },
                false => Reason::NoLayout { found: keys() },
            });
        }
        self.join_request(options)?;
        let id = self.id.clone();
        let layout = layout.unwrap_or_else(|| self.layout(options));
        let records = self.records(layout, source, options)?;
        if let (Some(requests), Some(id)) = (&options.requests, &id)
            && records.iter().any(Result::is_ok)
        {
            requests.is_answered(id);
        }
        Ok(records)
    }

    /// Whether a field that could hold the answer is there as `null`.
    fn has_null_body(&self) -> bool {
        let mut bodies = Field::ALL.into_iter().filter(|field| field.is_body());
        bodies.any(|field| self.seen & (1 << field as u16) != 0)
    }

    /// The layout of a record whose fields stand where they were looked for.
    fn layout(&self, options: &ReadOptions) -> Layout {
        match () {
            () if options.fields.maps_answer() => Layout::Fields,
            () if self.messages.is_some() => Layout::Chat,
            () if self.text.is_some() || self.tokens.is_some() => Layout::Document,
            () => Layout::Answer,
        }
    }

    fn records(
        mut self,
        layout: Layout,
        source: &Source,
        options: &ReadOptions,
    ) -> Result<Vec<Result<Record, Reason>>, Reason> {
        let origin = Origin {
            layout,
            has_halves: self.has_halves,
            ..Origin::default()
        };
        let talks = self.talks(options)?;
        let Some(talks) = talks else {
            return Ok(vec![self.record(None, &origin, source, options)]);
        };
        let several = talks.len() > 1;
        let mut records = vec![];
        // Each answer is held with all that stood before it.
        let mut held = 0;
        for (number, talk) in talks.into_iter().enumerate() {
            let talk = match talk {
                Ok(talk) => talk,
                Err(reason) => {
                    records.push(Err(reason));
                    continue;
                }
            };
            let (places, earlier_turns) = talk.places(options, &options.fields)?;
            let is_last = |at: usize| at + 1 == places.len();
            for (at, &place) in places.iter().enumerate() {
                let mut found = self.clone();
                if several && let Some(id) = &mut found.id {
                    *id = format!("{id}.choice{number}");
                }
                if options.all_turns
                    && let Some(id) = &mut found.id
                {
                    *id = format!("{id}.{}", place.turn);
                    if let Some(call) = place.call {
                        *id = format!("{id}.call{call}");
                    }
                }
                held += talk.bytes_up_to(place);
                let is_over = held > options.limits.max_document_bytes;
                if is_over && !(is_last(at) && records.is_empty()) {
                    return Err(Reason::OverLimit {
                        limit: LimitKind::DocumentBytes,
                        value: options.limits.max_document_bytes,
                    });
                }
                let origin = Origin {
                    earlier_turns,
                    ..origin.clone()
                };
                let answer = talk.answer(place);
                records.push(found.record(Some(answer), &origin, source, options));
            }
        }
        Ok(records)
    }

    /// The chats of the record; none where its answer is no turn.
    fn talks(
        &mut self,
        options: &ReadOptions,
    ) -> Result<Option<Vec<Result<Talk, Reason>>>, Reason> {
        let plain = self.text.is_some() || self.tokens.is_some();
        let answer = self.response.is_some() || self.response_tokens.is_some();
        let is_asked = self.messages.as_ref().is_some_and(|turns| {
            let last = turns.last().and_then(|turn| turn.role.as_deref());
            !last.is_some_and(|role| options.roles.answers(role))
        });
        let is_talk = self.messages.is_some() && !(self.response.is_some() && is_asked);
        // A chat's own tokens are those of its last answer.
        let answers = answer && !(is_talk && self.response.is_none());
        if u8::from(plain) + u8::from(answers) + u8::from(is_talk) > 1 {
            let fields = self.body_fields();
            let fields = fields.iter();
            let names: Vec<_> = fields
                .map(|field| format!("`{}`", options.fields.path(*field)))
                .collect();
            return Err(Reason::TwoLayouts {
                found: names.join(" and "),
            });
        }
        let mut before = self.prompt_turns.take();
        if is_asked && before.is_some() && !is_talk || self.replies.is_some() {
            // Turns under both names were shown, whichever came first.
            let turns = self.messages.take().into_iter().flatten();
            let all = before.take().into_iter().flatten().chain(turns);
            before = Some(all.collect());
        }
        if let Some(replies) = self.replies.take() {
            let before = before.unwrap_or_default();
            let talks = replies.into_iter().map(|reply| {
                let reply = reply?;
                Ok(Talk {
                    answers_from: before.len(),
                    is_asked: reply.is_chat || says_something(&before),
                    messages: [before.clone(), reply.turns].concat(),
                    tokens: reply.tokens,
                    prompt_tokens: reply.prompt_tokens,
                })
            });
            return Ok(Some(talks.collect()));
        }
        if is_talk {
            let before = before.unwrap_or_default();
            let turns = self.messages.take().unwrap_or_default();
            return Ok(Some(vec![Ok(Talk {
                answers_from: before.len(),
                messages: [before, turns].concat(),
                tokens: self.response_tokens.take(),
                prompt_tokens: None,
                is_asked: true,
            })]));
        }
        let before = match before {
            Some(before) => before,
            None if is_asked => self.messages.take().unwrap_or_default(),
            None => return Ok(None),
        };
        let text = self.response.take().or_else(|| self.text.take());
        let Some(text) = text else {
            // An answer of tokens alone: what was asked was shown.
            let turns = before.into_iter().map(|turn| {
                let strings = turn.strings.into_iter();
                Shown::Strings(strings.map(|(said, _)| said).collect())
            });
            self.shown.extend(turns);
            self.prompt.get_or_insert_default();
            return Ok(None);
        };
        Ok(Some(vec![Ok(Talk {
            answers_from: before.len(),
            messages: [before, vec![Message::of("assistant", text)]].concat(),
            tokens: self.response_tokens.take().or_else(|| self.tokens.take()),
            prompt_tokens: None,
            is_asked: true,
        })]))
    }

    /// The record of one answer.
    fn record(
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
        let says_prompt = self.prompt.is_some() || self.prompt_tokens.is_some();
        let is_asked = answer.as_ref().is_some_and(|answer| answer.is_asked);
        // A request that points elsewhere leaves it unknown, whatever the answer's own record shows.
        let exposure_known = match options.requests {
            Some(_) => self.is_requested,
            None => says_prompt || is_asked,
        };
        let (before, mut turns, body, prompt_tokens) = match answer {
            Some(answer) => (
                Some(answer.before),
                answer.shown,
                answer.body,
                answer.prompt_tokens,
            ),
            None => {
                let body = piece(self.text, self.tokens)
                    .or_else(|| piece(self.response, self.response_tokens))
                    .expect("one layout was found");
                (None, Vec::new(), body, None)
            }
        };
        let prompt = piece(self.prompt, self.prompt_tokens.or(prompt_tokens));
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
            repeated_in: body.text().and_then(|text| repeated_in(text, &strings)),
            ..origin.clone()
        };
        // The prompt's text is among the strings.
        let prompt_tokens = match &prompt {
            Some(Piece::Tokens(tokens) | Piece::Both { tokens, .. }) => 4 * tokens.len() as u64,
            _ => 0,
        };
        let shown = strings.iter().flatten();
        let shown: u64 = shown.map(|said| said.text.len() as u64).sum();
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
            exposure_known,
            turns: before,
            body,
            origin,
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

/// One answer of a chat.
struct Answer {
    body: Piece,
    /// What was shown with it, turn by turn.
    shown: Vec<Vec<Said>>,
    before: Vec<Turn>,
    prompt_tokens: Option<Vec<u32>>,
    /// Whether the record says what was shown.
    is_asked: bool,
}

impl Talk {
    /// The answers of the chat, and how many earlier turns of the assistant count as shown only.
    fn places(
        &self,
        options: &ReadOptions,
        fields: &FieldMap,
    ) -> Result<(Vec<Place>, u32), Reason> {
        let missing = |why: String| Reason::NoAnswer {
            field: fields.path(Field::Messages),
            why,
        };
        let own = |turn: &Message| {
            let role = turn.role.as_deref();
            role.is_some_and(|role| options.roles.answers(role))
        };
        let turns = self.messages.iter().enumerate();
        let assistant: Vec<(usize, &Message)> = turns.filter(|(_, turn)| own(turn)).collect();
        if assistant.is_empty() {
            let mut roles: Vec<String> = vec![];
            for role in self.messages.iter().filter_map(|turn| turn.role.clone()) {
                if !roles.contains(&role) && roles.len() < 8 {
                    roles.push(role);
                }
            }
            let roles: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
            return Err(missing(match roles.is_empty() {
                true => "no turn has the role `assistant`".to_owned(),
                false => format!(
                    "no turn has the role `assistant`; there are {}",
                    roles.join(", ")
                ),
            }));
        }
        let with_text = assistant.iter().filter(|(_, turn)| turn.has_text());
        if options.all_turns {
            let mut places = vec![];
            for &(at, turn) in &assistant {
                let place = |call| Place {
                    turn: at,
                    call,
                    with_rest: false,
                };
                places.extend(turn.has_text().then(|| place(None)));
                let calls = turn.calls().into_iter();
                places.extend(calls.map(|(number, _)| place(Some(number))));
            }
            if !places.is_empty() {
                return Ok((places, 0));
            }
        }
        let answer = with_text
            .clone()
            .rev()
            .find(|(at, _)| *at >= self.answers_from);
        // An answer without text to the last question is none, and what stands before that question may have been shown as an example.
        let asked = self.messages.iter().rposition(|turn| {
            let role = turn.role.as_deref().unwrap_or_default();
            !own(turn) && !matches!(role, "tool" | "function")
        });
        let behind = |at: usize| asked.is_none_or(|asked| at > asked);
        let is_tried = assistant.iter().any(|(at, _)| behind(*at));
        let answer = answer.filter(|(at, _)| behind(*at) || !is_tried);
        let Some((last, _)) = answer else {
            // A turn that is an empty text is an answer that says nothing.
            let empty = assistant.iter().rev().find(|(at, turn)| {
                *at >= self.answers_from && behind(*at) && turn.text().is_some()
            });
            let calls = assistant
                .iter()
                .any(|(at, turn)| behind(*at) && !turn.calls().is_empty());
            return match empty {
                Some((at, _)) if !calls => Ok((vec![Place::last(*at)], 0)),
                _ if calls => Err(Reason::Failed {
                    failure: "a tool's call without text".to_owned(),
                }),
                _ => Err(Reason::Failed {
                    failure: "the last question has no answer with text".to_owned(),
                }),
            };
        };
        let earlier = with_text.filter(|(at, _)| at < last).count();
        Ok((
            vec![Place::last(*last)],
            u32::try_from(earlier).unwrap_or(u32::MAX),
        ))
    }

    /// Bytes that a record up to this answer says.
    fn bytes_up_to(&self, place: Place) -> u64 {
        let turns = match place.with_rest {
            true => &self.messages[..],
            false => &self.messages[..=place.turn],
        };
        let strings = turns.iter().flat_map(|turn| &turn.strings);
        strings.map(|(said, _)| said.text.len() as u64).sum()
    }

    /// Takes the text, or the call, at a place as the answer and every other string of every turn as exposure, turn by turn.
    ///
    /// Thoughts and calls of the answering turn count as shown: that costs a little power where it is wrong, and never validity.
    fn answer(&self, place: Place) -> Answer {
        let kind = place.call.map_or(Kind::Text, Kind::Call);
        let turns = match place.with_rest {
            true => &self.messages[..],
            false => &self.messages[..=place.turn],
        };
        let mut shown = Vec::with_capacity(turns.len());
        for (at, turn) in turns.iter().enumerate() {
            let is_answer = |of: Kind| at == place.turn && of == kind;
            let strings = turn.strings.iter().filter(|(_, of)| !is_answer(*of));
            shown.push(strings.map(|(said, _)| said.clone()).collect());
        }
        // What a system says was shown, wherever it is written down.
        let behind = self.messages[turns.len()..].iter();
        let is_system =
            |turn: &&Message| matches!(turn.role.as_deref(), Some("system" | "developer"));
        shown.extend(behind.filter(is_system).map(|turn| {
            let strings = turn.strings.iter();
            strings.map(|(said, _)| said.clone()).collect()
        }));
        let turn = &self.messages[place.turn];
        let text = match place.call {
            None => turn.text().unwrap_or_default(),
            Some(call) => {
                let calls = turn.calls();
                let call = calls.into_iter().find(|(number, _)| *number == call);
                call.map(|(_, text)| text).unwrap_or_default()
            }
        };
        let is_last = place.turn + 1 == self.messages.len();
        let tokens = self
            .tokens
            .clone()
            .filter(|_| is_last && place.call.is_none());
        Answer {
            body: match tokens {
                Some(tokens) => Piece::Both { text, tokens },
                None => Piece::Text(text),
            },
            shown,
            before: self.messages[..place.turn].iter().map(Turn::of).collect(),
            prompt_tokens: self.prompt_tokens.clone(),
            is_asked: self.is_asked,
        }
    }
}

/// Whether any turn says something, and there are not only strings beside turns.
fn says_something(turns: &[Message]) -> bool {
    let mut strings = turns.iter().flat_map(|turn| &turn.strings);
    strings.any(|(_, kind)| *kind == Kind::Text)
}

impl Place {
    /// The one answer of a record, with everything else in it as shown.
    fn last(turn: usize) -> Self {
        Self {
            turn,
            call: None,
            with_rest: true,
        }
    }
}

impl Turn {
    /// A turn as it could be said again.
    fn of(message: &Message) -> Self {
        // Parts of text come with their kind: `{"type": "text", "text": "…"}`.
        let is_text = |(said, kind): &(Said, Kind)| {
            let is_kind = &*said.name == "type" && said.text.ends_with("text");
            *kind == Kind::Text || is_kind
        };
        Self {
            role: message.role.clone().unwrap_or_default(),
            text: message.text().unwrap_or_default(),
            text_only: message.strings.iter().all(is_text),
        }
    }
}

/// The name of a string that holds the whole answer, where that is long enough not to be there by chance.
fn repeated_in(answer: &str, shown: &[Vec<Said>]) -> Option<Arc<str>> {
    const LONG: usize = 64;
    let answer = answer.trim();
    let mut strings = shown.iter().flatten();
    let found = strings.find(|said| answer.len() >= LONG && said.text.contains(answer));
    found.map(|said| Arc::clone(&said.name))
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
