//! From fields to chats: whose turns stand before which answer.

use super::chat::Talk;
use crate::error::Reason;
use crate::found::{Found, Shown};
use crate::options::ReadOptions;
use crate::talk::{Message, Reply, chat_in};

/// The chats of a record, made one after another.
pub(super) type Talks<'o> = Box<dyn ExactSizeIterator<Item = Result<Talk, Reason>> + 'o>;

impl Found {
    /// Makes a turn of an answer that stands by itself and holds a whole chat, as a template writes it; whether it did.
    pub(super) fn unfold(&mut self, options: &ReadOptions) -> bool {
        let has_turns = self.messages.is_some() || self.prompt_turns.is_some();
        let is_alone = self.text.is_none() || self.response.is_none();
        if has_turns || self.replies.is_some() || !is_alone {
            return false;
        }
        let text = self.text.as_ref().or(self.response.as_ref());
        if text.is_none_or(|text| chat_in(text, &options.roles).is_none()) {
            return false;
        }
        let text = self.text.take().or_else(|| self.response.take());
        let turn = |text| Message::of("assistant", text);
        self.messages = text.map(|text| vec![turn(text)]);
        self.response_tokens = self.response_tokens.take().or_else(|| self.tokens.take());
        true
    }

    /// The chats of the record; none where its answer is no turn.
    pub(super) fn talks<'o>(
        &mut self,
        options: &'o ReadOptions,
    ) -> Result<Option<Talks<'o>>, Reason> {
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
            let paths = fields
                .iter()
                .map(|field| (field, options.fields.path(*field)));
            let names: Vec<_> = paths.clone().map(|(_, path)| format!("`{path}`")).collect();
            let flags: Vec<_> = paths
                .map(|(field, path)| format!("`--field {field}={path}`"))
                .collect();
            return Err(Reason::TwoLayouts {
                found: names.join(" and "),
                flags: flags.join(" or "),
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
            let is_branch = self.is_branch;
            let talks = replies.into_iter().map(move |reply| {
                let Reply {
                    turns,
                    tokens,
                    prompt_tokens,
                } = reply?;
                let talk = Talk::new(before.clone(), turns, tokens, prompt_tokens, options)?;
                Ok(Talk { is_branch, ..talk })
            });
            return Ok(Some(Box::new(talks)));
        }
        if is_talk {
            let before = before.unwrap_or_default();
            let turns = self.messages.take().unwrap_or_default();
            let tokens = self.response_tokens.take();
            return Ok(Some(only(Talk::new(before, turns, tokens, None, options))));
        }
        let before = match before {
            Some(before) => before,
            None if is_asked => self.messages.take().unwrap_or_default(),
            None => return Ok(None),
        };
        let text = self.response.take().or_else(|| self.text.take());
        let Some(text) = text else {
            // An answer of tokens alone: what was asked was shown.
            let is_asked = before.iter().any(Message::is_said);
            let turns = before.into_iter().map(|turn| {
                let strings = turn.strings.into_iter();
                Shown::Strings(strings.map(|(said, _)| said).collect())
            });
            self.shown.extend(turns);
            if is_asked {
                self.prompt.get_or_insert_default();
            }
            return Ok(None);
        };
        let turns = vec![Message::of("assistant", text)];
        let tokens = self.response_tokens.take().or_else(|| self.tokens.take());
        Ok(Some(only(Talk::new(before, turns, tokens, None, options))))
    }
}

fn only<'o>(talk: Result<Talk, Reason>) -> Talks<'o> {
    Box::new(std::iter::once(talk))
}
