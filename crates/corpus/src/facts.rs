//! What reading did: which layouts there were, and what was done to the text.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::earlier::Earlier;
use crate::error::Reason;
use crate::layouts::Layout;
use crate::normalise::{Changes, normalise, without_payloads, without_twins};
use crate::options::ReadOptions;
use crate::record::{Nowhere, Piece, Record};

/// What reading did to all records together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Records of each layout.
    pub layouts: BTreeMap<Layout, u64>,
    /// The assistant's turns with text that count as shown and not as answers.
    pub earlier_turns: u64,
    /// Answers of chats whose turns may not stand in the order in which they were said: each counts as shown for every other.
    pub any_order: u64,
    /// Records in which half characters were read as U+FFFD.
    pub half_characters: u64,
    /// Fields that held a whole answer again, with the records in which they did.
    pub repeated_in: BTreeMap<String, u64>,
    /// Records of which runs of code points that are no text were left out.
    pub payloads: u64,
    /// Those code points.
    pub payload_characters: u64,
    /// Answers with characters that [`normalise`] undoes, whether it did or not.
    pub dressed_answers: u64,
    /// Those characters, by kind.
    pub dressed: Changes,
    /// The same in what was shown, where it was undone.
    pub dressed_shown: Changes,
    /// Mapped fields that no record had so far.
    nowhere: Option<Nowhere>,
    /// The chat whose turns were counted last.
    talk: Option<Earlier>,
    records: u64,
}

impl Facts {
    /// Keeps the mapped fields that neither this record nor one before it has.
    fn note_nowhere(&mut self, nowhere: Option<&Nowhere>) {
        self.records += 1;
        self.nowhere = match (self.nowhere.take(), nowhere) {
            (None, now) if self.records == 1 => now.cloned(),
            (Some(before), Some(now)) => Some(Nowhere {
                fields: before
                    .fields
                    .into_iter()
                    .filter(|field| now.fields.contains(field))
                    .collect(),
                found: Arc::clone(&now.found),
            }),
            _ => None,
        };
    }

    /// The mapped field that no record had, if there is one: its path leads nowhere.
    pub(crate) fn nowhere(&self, options: &ReadOptions) -> Option<Reason> {
        let nowhere = self.nowhere.as_ref()?;
        let field = nowhere.fields.first()?;
        Some(Reason::Nowhere {
            field: field.to_string(),
            path: options.fields.path(*field),
            found: nowhere.found.replacen("it has", "has", 1),
        })
    }

    /// Prepares a record as the options say, and notes what it was.
    pub(crate) fn prepare(&mut self, mut record: Record, options: &ReadOptions) -> Record {
        let origin = &record.origin;
        self.note_nowhere(origin.nowhere.as_ref());
        if let Some(field) = &origin.repeated_in {
            *self.repeated_in.entry(field.to_string()).or_default() += 1;
        }
        *self.layouts.entry(origin.layout).or_default() += 1;
        self.earlier_turns += u64::from(origin.earlier_turns);
        self.any_order += u64::from(origin.any_order);
        self.half_characters += u64::from(origin.has_halves);
        let body_left_out = without(&mut record.body);
        let mut shown = prepare_shown(&mut record.exposure, options.normalise);
        if let Some(earlier) = &mut record.earlier {
            earlier.normalise = options.normalise;
            if !self.talk.as_ref().is_some_and(|last| last.is_with(earlier)) {
                shown.add(&earlier.prepared_alone());
                self.talk = Some(earlier.clone());
            }
        }
        let left_out = body_left_out + shown.left_out;
        self.payloads += u64::from(left_out > 0);
        self.payload_characters += left_out;
        if let Some(text) = record.body.text_mut() {
            let (undone, changes) = normalise(text);
            self.dressed_answers += u64::from(changes.total() > 0);
            self.dressed.add_all(&changes);
            if options.normalise && changes.total() > 0 {
                *text = undone.into_owned();
            }
        }
        self.dressed_shown.add_all(&shown.undone);
        if options.ids
            && let Piece::Both { tokens, .. } = &mut record.body
        {
            record.body = Piece::Tokens(std::mem::take(tokens));
        }
        record
    }
}

/// What was done to what was shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prepared {
    /// Code points that are no text.
    left_out: u64,
    undone: Changes,
}

impl Prepared {
    fn add(&mut self, other: &Self) {
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
fn without(piece: &mut Piece) -> u64 {
    let Some(text) = piece.text_mut() else {
        return 0;
    };
    let (kept, left_out) = without_payloads(text);
    if left_out > 0 {
        *text = kept.into_owned();
    }
    left_out
}
