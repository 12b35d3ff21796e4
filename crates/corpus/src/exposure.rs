//! What was shown, out of the strings of a record: each by itself, and joined where they may have been read as one.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::piece::Piece;
use crate::spelled::SPELLED;

/// A string of a record that is not its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// The name it stands under, shared with its neighbours. Strings of one name are joined apart from those between
    /// them: `{"type": "text", "text": "two "}, {"type": "text", "text": "parts"}`.
    pub(crate) name: Arc<str>,
}

impl Said {
    /// Bytes that it takes where it is held, about: an empty string takes some too.
    pub(crate) fn held(&self) -> u64 {
        size_of::<Self>() as u64 + self.text.len() as u64
    }
}

/// The pieces of exposure: the prompt, every string, and the joins. `fields` are the strings of each field or turn, in
/// the order of the record, the prompt's own among them.
///
/// A passage that a log cuts in parts was shown in one, and a window over the cut is in none of the parts. So the strings
/// of every field, and those of the whole record, are also joined: all of them, and those of each name. No window is lost
/// by joining, since the parts stay; one too many costs power only. Equal pieces are kept once.
pub(crate) fn pieces(prompt: Option<Piece>, mut fields: Vec<Vec<Said>>) -> Vec<Piece> {
    for field in &mut fields {
        field.retain(|said| !said.text.is_empty());
    }
    let mut joins = Vec::new();
    for field in &fields {
        join(field.iter(), &mut joins);
    }
    join(fields.iter().flatten(), &mut joins);

    let single = fields.into_iter().flatten().map(|said| said.text);
    let texts: Vec<String> = single.chain(joins).collect();
    let mut seen = HashSet::new();
    if let Some(Piece::Text(text) | Piece::Both { text, .. }) = &prompt {
        seen.insert(text.as_str());
    }
    let is_new: Vec<bool> = texts.iter().map(|text| seen.insert(text)).collect();
    let new = texts.into_iter().zip(is_new);
    let new = new.filter_map(|(text, is_new)| is_new.then_some(Piece::Text(text)));
    prompt.into_iter().chain(new).collect()
}

fn join<'a>(strings: impl Iterator<Item = &'a Said>, joins: &mut Vec<String>) {
    let mut all = Vec::new();
    let mut by_name = BTreeMap::<&str, Vec<&str>>::new();
    // What data spells holds strings that stand by themselves too: among these it would part neighbours.
    for said in strings.filter(|said| *said.name != *SPELLED) {
        all.push(said.text.as_str());
        by_name.entry(&said.name).or_default().push(&said.text);
    }
    for parts in std::iter::once(all).chain(by_name.into_values()) {
        if parts.len() > 1 {
            joins.push(parts.concat());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, text: &str) -> Said {
        Said {
            text: text.to_owned(),
            name: name.into(),
        }
    }

    fn texts(pieces: &[Piece]) -> Vec<&str> {
        let mut texts = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) | Piece::Both { text, .. } => texts.push(text.as_str()),
                Piece::Tokens(_) => texts.push("tokens"),
            }
        }
        texts
    }

    #[test]
    fn parts_are_joined_in_their_field_by_name_and_over_the_record() {
        let fields = vec![
            vec![said("a", "1"), said("b", "2"), said("a", "3")],
            vec![said("c", "4")],
        ];
        let pieces = pieces(None, fields);
        assert_eq!(texts(&pieces), ["1", "2", "3", "4", "123", "13", "1234"]);
    }

    #[test]
    fn equal_pieces_are_kept_once_and_empty_ones_not_at_all() {
        let prompt = Some(Piece::Text("p".to_owned()));
        let fields = vec![
            vec![said("prompt", "p")],
            vec![said("x", ""), said("x", "p"), said("y", "q")],
        ];
        let pieces = pieces(prompt, fields);
        assert_eq!(texts(&pieces), ["p", "q", "pq", "ppq"]);
    }
}
