//! A chat, and which of its turns and calls are answers.

use std::sync::Arc;

use crate::earlier::{Beside, Earlier, Talk as Told};
use crate::error::Reason;
use crate::exposure::Said;
use crate::fields::{Field, FieldMap};
use crate::options::ReadOptions;
use crate::piece::Piece;
use crate::record::{Turn, Turns};
use crate::talk::{Kind, Message, Roles, chat_in};

/// A chat with one answer, or several turns that may be: what one exchange said.
pub(super) struct Talk {
    pub(super) messages: Vec<Message>,
    /// Turns before this one were asked; from it on they answer.
    pub(super) answers_from: usize,
    /// Whether those before answer elsewhere.
    pub(super) is_branch: bool,
    pub(super) tokens: Option<Vec<u32>>,
    pub(super) prompt_tokens: Option<Vec<u32>>,
}

/// What of a chat is one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) turn: usize,
    /// The turn's text, or one of its calls: its number, and what its strings have in [`Kind::Call`].
    pub(super) call: Option<(u32, u32)>,
    /// Whether what stands behind it was shown too.
    pub(super) with_rest: bool,
}

/// One answer of a chat.
pub(super) struct Answer {
    pub(super) body: Piece,
    /// What was shown with it, turn by turn.
    pub(super) shown: Vec<Vec<Said>>,
    /// What other answers of the chat were shown too.
    pub(super) earlier: Option<Earlier>,
    pub(super) before: Turns,
    pub(super) prompt_tokens: Option<Vec<u32>>,
    /// Whether somebody asked: a chat of an answer alone, or behind a system's text alone, does not say what was shown.
    pub(super) is_asked: bool,
}

impl Answer {
    /// Bytes that it holds, about.
    pub(super) fn held(&self) -> u64 {
        size_of::<Self>() as u64
            + self.body.bytes()
            + self.shown.iter().flatten().map(Said::held).sum::<u64>()
    }
}

impl Talk {
    /// What was asked and answered; `tokens` are those of the last answer.
    ///
    /// A turn of the assistant may hold a whole chat, as its template writes it: then its turns stand in its place.
    pub(super) fn new(
        before: Vec<Message>,
        turns: Vec<Message>,
        tokens: Option<Vec<u32>>,
        prompt_tokens: Option<Vec<u32>>,
        options: &ReadOptions,
    ) -> Result<Self, Reason> {
        let (mut messages, _) = unfolded(before, &options.roles);
        let answers_from = messages.len();
        let (turns, holds_chat) = unfolded(turns, &options.roles);
        messages.extend(turns);
        if holds_chat && tokens.is_some() && options.ids {
            return Err(Reason::IdsOfChat);
        }
        Ok(Self {
            messages,
            answers_from,
            is_branch: false,
            tokens: tokens.filter(|_| !holds_chat),
            prompt_tokens,
        })
    }

    /// The answers of the chat, and how many earlier turns of the assistant count as shown only.
    pub(super) fn places(
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
            let with_rest = self.may_be_out_of_order(&own);
            let mut places = vec![];
            let from = if self.is_branch { self.answers_from } else { 0 };
            let own = assistant.iter().filter(|(at, _)| *at >= from);
            for &(at, turn) in own.filter(|(_, turn)| turn.withheld.is_none()) {
                let place = |call| Place {
                    turn: at,
                    call,
                    with_rest,
                };
                places.extend(turn.has_text().then(|| place(None)));
                let calls = turn.calls().into_iter();
                places.extend(calls.map(|call| place(Some((call.number, call.begin)))));
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
        if let Some(failure) = self.messages[*last].withheld.clone() {
            return Err(Reason::Failed { failure });
        }
        let earlier = with_text.filter(|(at, _)| at < last).count();
        Ok((
            vec![Place::last(*last)],
            u32::try_from(earlier).unwrap_or(u32::MAX),
        ))
    }

    /// What failed, of each turn of the assistant that says so, where every turn may be an answer.
    pub(super) fn failures(&self, options: &ReadOptions) -> Vec<Reason> {
        let from = if self.is_branch { self.answers_from } else { 0 };
        let turns = self
            .messages
            .iter()
            .skip(from)
            .filter(|_| options.all_turns);
        let own = turns.filter(|turn| {
            let role = turn.role.as_deref();
            role.is_some_and(|role| options.roles.answers(role))
        });
        let failures = own.filter_map(|turn| turn.withheld.clone());
        failures.map(|failure| Reason::Failed { failure }).collect()
    }

    /// Whether the turns may not stand in the order in which they were said: their times contradict it, or an answer stands before every
    /// question, and a question behind every answer, as where the newest comes first. Then every turn counts as shown for every other.
    fn may_be_out_of_order(&self, own: &impl Fn(&Message) -> bool) -> bool {
        let mut speakers = self.messages.iter().filter(|turn| turn.is_said());
        let first = speakers.next();
        let last = speakers.next_back();
        let is_backwards = first.is_some_and(own) && last.is_some_and(|turn| !own(turn));
        is_backwards || self.messages.iter().any(|turn| turn.is_out_of_order)
    }

    /// The answers at these places, one after another, and bytes that they share. `beside` are the strings and tokens of the record that are no turns,
    /// where there are several places.
    ///
    /// The text, or the call, at a place is an answer, and every other string of every turn before it was shown. Thoughts and calls of the answering
    /// turn count as shown: that costs a little power where it is wrong, and never validity.
    pub(super) fn answers<'a>(
        &'a self,
        places: &'a [Place],
        mut beside: Beside,
        roles: &'a Roles,
    ) -> (u64, impl Iterator<Item = Answer> + 'a) {
        let turns: Arc<[Turn]> = self.messages.iter().map(Turn::of).collect();
        let shared = match places {
            [first, _, ..] => {
                beside.tokens.extend(self.prompt_tokens.clone());
                let told = Told::new(beside, &self.messages, first.turn);
                Some(Arc::new(told))
            }
            _ => None,
        };
        let held = shared.as_ref().map_or(0, |told| told.held());
        let answers = places.iter().map(move |&place| {
            let earlier = shared.as_ref().map(|told| {
                let at = told.unit(place.turn, place.kind());
                Earlier::new(told, at, place.with_rest)
            });
            self.answer(place, earlier, &turns, roles)
        });
        (held, answers)
    }

    /// What was shown with the only answer, turn by turn.
    fn shown(&self, place: Place) -> Vec<Vec<Said>> {
        let count = place.turns_of(self.messages.len());
        let turns = self.messages[..count].iter().enumerate();
        let shown = turns.map(|(at, turn)| match at == place.turn {
            true => self.beside(place),
            false => turn.said(),
        });
        shown.chain(self.systems(count)).collect()
    }

    /// What a system says from a turn on: it was shown, wherever it is written down.
    fn systems(&self, from: usize) -> impl Iterator<Item = Vec<Said>> {
        let behind = self.messages[from..].iter();
        behind.filter(|turn| turn.is_system()).map(Message::said)
    }

    /// Strings of the answering turn that are not the answer.
    fn beside(&self, place: Place) -> Vec<Said> {
        let strings = self.messages[place.turn].strings.iter();
        let others = strings.filter(|(_, of)| *of != place.kind());
        others.map(|(said, _)| said.clone()).collect()
    }

    fn answer(
        &self,
        place: Place,
        earlier: Option<Earlier>,
        turns: &Arc<[Turn]>,
        roles: &Roles,
    ) -> Answer {
        let turn = &self.messages[place.turn];
        let text = match place.call {
            None => turn.text().unwrap_or_default(),
            Some((number, _)) => {
                let mut calls = turn.calls().into_iter();
                let call = calls.find(|call| call.number == number);
                call.map(|call| call.text).unwrap_or_default()
            }
        };
        let is_last = place.turn + 1 == self.messages.len();
        let tokens = self.tokens.as_ref();
        let tokens = tokens.filter(|_| is_last && place.call.is_none()).cloned();
        let before = &self.messages[..place.turns_of(self.messages.len())];
        Answer {
            body: match tokens {
                Some(tokens) => Piece::Both { text, tokens },
                None => Piece::Text(text),
            },
            shown: match earlier {
                Some(_) => vec![],
                None => self.shown(place),
            },
            before: Turns::first(place.turn, turns),
            prompt_tokens: match earlier {
                Some(_) => None,
                None => self.prompt_tokens.clone(),
            },
            earlier,
            is_asked: before.iter().any(|turn| {
                let own = turn.role.as_deref().is_some_and(|role| roles.answers(role));
                turn.is_said() && !own
            }),
        }
    }
}

/// Turns in place of those of the assistant that hold a chat, and whether there are any.
fn unfolded(turns: Vec<Message>, roles: &Roles) -> (Vec<Message>, bool) {
    let mut all = Vec::with_capacity(turns.len());
    let mut holds_chat = false;
    for mut turn in turns {
        let is_own = turn.role.as_deref().is_some_and(|role| roles.answers(role));
        let text = if is_own { turn.text() } else { None };
        let Some(inner) = text.and_then(|text| chat_in(&text, roles)) else {
            all.push(turn);
            continue;
        };
        holds_chat = true;
        turn.strings.retain(|(_, kind)| *kind != Kind::Text);
        if !turn.strings.is_empty() {
            turn.role = Some(String::new());
            all.push(turn);
        }
        all.extend(inner);
    }
    (all, holds_chat)
}

impl Place {
    /// What of its turn is the answer.
    fn kind(self) -> Kind {
        self.call.map_or(Kind::Text, |(_, begin)| Kind::Call(begin))
    }

    /// Turns of so many that a record of this answer says.
    pub(super) fn turns_of(self, all: usize) -> usize {
        match self.with_rest {
            true => all,
            false => self.turn + 1,
        }
    }

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
