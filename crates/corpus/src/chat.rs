//! Chat logs: which turn is the answer, and what was shown before it.

use crate::error::Reason;
use crate::record::Piece;

/// One turn of a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) role: Option<String>,
    /// Every string of the turn but its role.
    pub(crate) strings: Vec<Said>,
}

/// A string in a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// Whether it is the turn's text: its `content`, or a part of it with `text`. Other strings are tool calls, names,
    /// thoughts and the like.
    pub(crate) is_content: bool,
}

/// Takes the last assistant's turn as the answer and every string of every other turn as exposure.
///
/// Turns behind the answer count as shown too: that costs a little power where it is wrong, and never validity.
pub(crate) fn split(
    mut messages: Vec<Message>,
    field: &str,
) -> Result<(Vec<Piece>, String), Reason> {
    let missing = |why| Reason::NoAnswer {
        field: field.to_owned(),
        why,
    };
    let last = messages
        .iter()
        .rposition(|message| message.role.as_deref() == Some("assistant"))
        .ok_or_else(|| missing("no turn has the role `assistant`"))?;
    let answer = messages.remove(last);
    let mut spoken = answer
        .strings
        .into_iter()
        .filter(|said| said.is_content)
        .map(|said| said.text)
        .peekable();
    if spoken.peek().is_none() {
        return Err(missing("the last assistant's turn has no text"));
    }
    let exposure = messages.into_iter().flat_map(|message| message.strings);
    Ok((
        exposure.map(|said| Piece::Text(said.text)).collect(),
        spoken.collect(),
    ))
}
