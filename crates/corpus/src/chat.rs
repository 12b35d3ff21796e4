//! Chat logs: which turn is the answer, and what was shown before it.

use crate::error::Reason;
use crate::exposure::Said;

/// One turn of a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) role: Option<String>,
    /// Every string of the turn but its role, and whether it is the turn's text: its `content`, or a part of it with
    /// `text`. Other strings are tool calls, citations, names, thoughts and the like.
    pub(crate) strings: Vec<(Said, bool)>,
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
        .rposition(|message| message.role.as_deref() == Some("assistant"))
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
