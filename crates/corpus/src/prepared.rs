//! What is done to what was shown before it is compared.

use crate::normalise::{Changes, normalise, without_payloads, without_twins};
use crate::piece::Piece;

/// What was done to what was shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prepared {
    /// Code points that are no text.
    pub(crate) left_out: u64,
    pub(crate) undone: Changes,
}

impl Prepared {
    pub(crate) fn add(&mut self, other: &Self) {
        self.left_out += other.left_out;
        self.undone.add_all(&other.undone);
    }
}

/// Prepares what was shown as the answers are.
pub(crate) fn prepare_shown(pieces: &mut Vec<Piece>, is_normalised: bool) -> Prepared {
    let mut prepared = Prepared::default();
    let hidden = pieces.iter().filter_map(Piece::text);
    let hidden: Vec<Piece> = hidden.filter_map(in_tags).map(Piece::Text).collect();
    for piece in pieces.iter_mut() {
        prepared.left_out += without(piece);
    }
    pieces.extend(hidden);
    if !is_normalised {
        return prepared;
    }
    // Which letters are twins of others is told by the whole text, and an answer may repeat a part of what was shown: so that
    // no copy is another text than its source, what was shown stands as it was, too, and with all twins undone.
    let mut also = vec![];
    for text in pieces.iter_mut().filter_map(Piece::text_mut) {
        let (undone, changes) = normalise(text);
        if let Some(latin) = without_twins(text) {
            also.push(Piece::Text(normalise(&latin).0.into_owned()));
        }
        if changes.total() > 0 {
            prepared.undone.add_all(&changes);
            let undone = undone.into_owned();
            also.push(Piece::Text(std::mem::replace(text, undone)));
        }
    }
    pieces.extend(also);
    prepared
}

/// The text that stands in a text as Unicode's tags, which models read and nobody sees.
fn in_tags(text: &str) -> Option<String> {
    let tags = text
        .chars()
        .filter(|c| ('\u{e0020}'..='\u{e007e}').contains(c));
    let hidden: String = tags
        .filter_map(|c| char::from_u32(u32::from(c) - 0xe0000))
        .collect();
    (hidden.len() >= 8).then_some(hidden)
}

/// Leaves out of a piece what is no text.
pub(crate) fn without(piece: &mut Piece) -> u64 {
    let Some(text) = piece.text_mut() else {
        return 0;
    };
    let (kept, left_out) = without_payloads(text);
    if left_out > 0 {
        *text = kept.into_owned();
    }
    left_out
}
