//! What reading did: which layouts there were, and what was done to the text.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::earlier::Earlier;
use crate::error::Reason;
use crate::layouts::Layout;
use crate::normalise::{Changes, normalise};
use crate::options::ReadOptions;
use crate::piece::Piece;
use crate::prepared::{prepare_shown, without};
use crate::record::{Nowhere, Record};

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
