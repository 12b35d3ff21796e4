//! Chat logs: which turn is the answer, and what was shown before it.

use crate::error::Reason;
use crate::exposure::Said;
use crate::record::Turn;

/// One turn of a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) role: Option<String>,
    /// Every string of the turn but its role, and whether it is the turn's text: its `content`, or a part of it with
    /// `text`. Other strings are tool calls, citations, names, thoughts and the like.
    pub(crate) strings: Vec<(Said, bool)>,
}

/// The turns before the answer, as they could be said again.
pub(crate) fn before_answer(messages: &[Message]) -> Vec<Turn> {
    let last = messages.iter().rposition(Message::is_assistant);
    let before = &messages[..last.unwrap_or(0)];
    before
        .iter()
        .map(|message| {
            let content = message.strings.iter().filter(|(_, is_content)| *is_content);
            // Parts of text come with their kind: `{"type": "text", "text": "…"}`.
            let is_text = |(said, is_content): &(Said, bool)| {
                *is_content || &*said.name == "type" && said.text == "text"
            };
            Turn {
                role: message.role.clone().unwrap_or_default(),
                text: content.map(|(said, _)| said.text.as_str()).collect(),
                text_only: message.strings.iter().all(is_text),
            }
        })
        .collect()
}

/// The places of the assistant's turns that have text.
pub(crate) fn answers(messages: &[Message]) -> Vec<usize> {
    let turns = messages.iter().enumerate();
    let has_text = |message: &Message| {
        let mut strings = message.strings.iter();
        strings.any(|(said, is_content)| *is_content && !said.text.is_empty())
    };
    let answers = turns.filter(|(_, message)| message.is_assistant() && has_text(message));
    answers.map(|(at, _)| at).collect()
}

impl Message {
    fn is_assistant(&self) -> bool {
        self.role.as_deref() == Some("assistant")
    }
}

/// Takes the text of the last assistant's turn as the answer and every other string of every turn as exposure, turn by
/// turn.
///
/// Turns behind the answer count as shown too, as do the thoughts and calls of the answering turn: that costs a little
/// power where it is wrong, and never validity.
pub(crate) fn split(
    messages: Vec<Message>,
    field: &str,
) -> Result<(Vec<Vec<Said>>, String), Reason> {
    let missing = |why| Reason::NoAnswer {
        field: field.to_owned(),
        why,
    };
    let last = messages
        .iter()
        .rposition(Message::is_assistant)
        .ok_or_else(|| missing("no turn has the role `assistant`"))?;
    let mut answer = None::<String>;
    let mut shown = Vec::with_capacity(messages.len());
    for (index, message) in messages.into_iter().enumerate() {
        let mut turn = Vec::new();
        for (said, is_content) in message.strings {
            if index == last && is_content {
                answer.get_or_insert_default().push_str(&said.text);
            } else {
                turn.push(said);
            }
        }
        shown.push(turn);
    }
    let answer = answer.ok_or_else(|| missing("the last assistant's turn has no text"))?;
    Ok((shown, answer))
}
