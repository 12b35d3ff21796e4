//! Answers that stand in a record again, as the output of the steps around them.

use std::collections::HashSet;

use super::exchange::{Exchange, LEVELS};
use crate::talk::Message;
use crate::tree::{Tree, embedded};

/// Bytes by which a long answer is known again within other text.
const LONG: usize = 64;

/// The answers of a record.
pub(super) struct Answers {
    whole: HashSet<String>,
    /// The first bytes of long ones.
    begins: HashSet<Vec<u8>>,
}

impl Answers {
    pub(super) fn of(exchanges: &[Exchange]) -> Self {
        let replies = exchanges.iter().flat_map(|exchange| &exchange.replies);
        let turns = replies.flatten().flat_map(|reply| &reply.turns);
        let texts = turns.filter_map(Message::text);
        let whole: HashSet<String> = texts.map(|text| text.trim().to_owned()).collect();
        let begins = whole.iter().filter_map(|text| text.as_bytes().get(..LONG));
        Self {
            begins: begins.map(<[u8]>::to_vec).collect(),
            whole,
        }
    }

    /// Whether a text is an answer, or holds a long one.
    fn stand_in(&self, text: &str) -> bool {
        let mut windows = text.as_bytes().windows(LONG);
        self.whole.contains(text.trim())
            || !self.begins.is_empty() && windows.any(|window| self.begins.contains(window))
    }

    /// Takes every text that holds an answer out of what a step gave: it is the answer again. What else a step gave was shown.
    pub(super) fn take_out_of(&self, tree: &mut Tree) {
        match tree {
            Tree::Text(text) => {
                if let Some(mut inner) = embedded(text, LEVELS) {
                    self.take_out_of(&mut inner);
                    *tree = inner;
                } else if self.stand_in(text) {
                    *tree = Tree::Null;
                }
            }
            Tree::List(items) => items.iter_mut().for_each(|item| self.take_out_of(item)),
            Tree::Object(fields) => fields
                .iter_mut()
                .for_each(|(_, value)| self.take_out_of(value)),
            _ => {}
        }
    }
}
