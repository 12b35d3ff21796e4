//! The strings of a chat, kept once, and what of them is told again beside a place.
//!
//! A group is a turn, or a field beside the turns. Its strings stand in units: all text, each call, and the rest, since each of these but the
//! last may be an answer, and the others were then shown with it.

use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::exposure::{Said, pieces};
use crate::piece::Piece;
use crate::prepared::prepare_shown;
use crate::talk::{Kind, Message};

/// Bytes of strings of one name that are told again before a place, so that no window over it is lost.
pub(super) const CONTEXT: usize = 4 << 10;

/// The strings of a chat, unit by unit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Talk {
    pub(super) units: Vec<Unit>,
    pub(super) groups: Vec<Group>,
    /// The group of the first turn.
    turns: usize,
    /// Strings of fields behind the turns; they are among the groups before the turns too.
    pub(super) behind: Vec<Said>,
    /// Tokens that were shown with every answer.
    pub(super) tokens: Vec<Vec<u32>>,
    /// For each number of groups, a digest of the first so many.
    pub(super) digests: Vec<[u8; 32]>,
}

/// Strings of a turn that are one answer, or none, each with its place in the turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) group: usize,
    kind: Kind,
    pub(super) strings: Vec<(usize, Said)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) units: Range<usize>,
    /// Whether it was shown with all answers, wherever it stands.
    pub(super) is_system: bool,
}

/// What stands beside the turns of a chat.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// Fields before the turns.
    pub(crate) before: Vec<Vec<Said>>,
    /// Fields behind them.
    pub(crate) behind: Vec<Vec<Said>>,
    /// Tokens.
    pub(crate) tokens: Vec<Vec<u32>>,
}

impl Talk {
    /// A chat with what stands beside its turns. All of that, and what a system says behind the turn `first`, was shown with every answer, and stands
    /// before the turns.
    pub(crate) fn new(beside: Beside, turns: &[Message], first: usize) -> Self {
        let Beside {
            before,
            behind,
            tokens,
        } = beside;
        let mut digest = Sha256::new();
        for piece in &tokens {
            digest.update((piece.len() as u64).to_le_bytes());
            piece
                .iter()
                .for_each(|token| digest.update(token.to_le_bytes()));
        }
        let mut talk = Self {
            units: vec![],
            groups: vec![],
            turns: 0,
            behind: behind.iter().flatten().cloned().collect(),
            tokens,
            digests: vec![digest.finalize().into()],
        };
        let other = |said| (said, Kind::Other);
        for field in before.into_iter().chain(behind) {
            talk.push(field.into_iter().map(other), false);
        }
        for turn in turns[first + 1..].iter().filter(|turn| turn.is_system()) {
            talk.push(turn.said().into_iter().map(other), true);
        }
        talk.turns = talk.groups.len();
        for turn in turns {
            talk.push(turn.strings.iter().cloned(), turn.is_system());
        }
        talk
    }

    fn push(&mut self, strings: impl Iterator<Item = (Said, Kind)>, is_system: bool) {
        let (group, first) = (self.groups.len(), self.units.len());
        let mut digest = Sha256::new();
        digest.update(self.digests[group]);
        for (place, (said, kind)) in strings.enumerate() {
            for text in [&*said.name, &said.text] {
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text);
            }
            let own = self.units[first..]
                .iter()
                .position(|unit| unit.kind == kind);
            let own = own.map_or(self.units.len(), |own| first + own);
            if own == self.units.len() {
                self.units.push(Unit {
                    group,
                    kind,
                    strings: vec![],
                });
            }
            // Nothing is shown by an empty string.
            if !said.text.is_empty() {
                self.units[own].strings.push((place, said));
            }
        }
        self.groups.push(Group {
            units: first..self.units.len(),
            is_system,
        });
        self.digests.push(digest.finalize().into());
    }

    /// The unit of a turn in which strings of this kind stand.
    pub(crate) fn unit(&self, turn: usize, kind: Kind) -> usize {
        let units = self.groups[self.turns + turn].units.clone();
        let mut own = units.clone().filter(|&unit| self.units[unit].kind == kind);
        own.next().expect("an answer has strings")
    }

    /// Every string.
    pub(super) fn strings(&self) -> impl Iterator<Item = &Said> {
        self.units
            .iter()
            .flat_map(|unit| &unit.strings)
            .map(|(_, said)| said)
    }

    /// Bytes that it takes, about.
    pub(crate) fn held(&self) -> u64 {
        let strings = self.strings().chain(&self.behind).map(Said::held);
        let tokens = self.tokens.iter().map(|piece| 4 * piece.len() as u64);
        strings.sum::<u64>() + tokens.sum::<u64>()
    }

    /// The strings of a group in their order, each with its unit and its place, of those units that pass.
    pub(super) fn in_order(
        &self,
        group: usize,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Vec<(usize, usize, &Said)> {
        let units = self.groups[group]
            .units
            .clone()
            .filter(|&unit| is_wanted(unit));
        let strings = units.flat_map(|unit| {
            let strings = self.units[unit].strings.iter();
            strings.map(move |(place, said)| (unit, *place, said))
        });
        let mut strings: Vec<_> = strings.collect();
        strings.sort_unstable_by_key(|(_, place, _)| *place);
        strings
    }

    /// Whether strings of these units are few enough to be told whole beside each place among them.
    pub(super) fn is_context(&self, units: &Range<usize>) -> bool {
        let strings = self.units[units.clone()]
            .iter()
            .flat_map(|unit| &unit.strings);
        strings.map(|(_, said)| said.text.len()).sum::<usize>() <= CONTEXT
    }

    /// The last strings before a unit, cut at their start, and the first unit that they reach into.
    pub(super) fn context(&self, before: usize) -> (Vec<Said>, usize) {
        let Some(last) = before.checked_sub(1) else {
            return (vec![], 0);
        };
        let groups = (0..=self.units[last].group).rev();
        let strings = groups.flat_map(|group| {
            let mut strings = self.in_order(group, |unit| unit < before);
            strings.reverse();
            strings
        });
        let mut reached = before;
        let strings = strings.map(|(unit, _, said)| {
            reached = reached.min(unit);
            said
        });
        let mut context = cut(strings, CONTEXT, tail);
        context.reverse();
        (context, reached)
    }

    /// What these units tell, behind what stands before them.
    pub(super) fn pieces(
        &self,
        units: Range<usize>,
        context: Vec<Said>,
        is_normalised: bool,
    ) -> Vec<Piece> {
        let mut fields = vec![context];
        if let Some(last) = units.clone().next_back() {
            for group in self.units[units.start].group..=self.units[last].group {
                let strings = self
                    .in_order(group, |unit| units.contains(&unit))
                    .into_iter();
                fields.push(strings.map(|(_, _, said)| said.clone()).collect());
            }
        }
        prepared(fields, is_normalised)
    }
}

/// The pieces of fields, prepared to be compared.
pub(super) fn prepared(fields: Vec<Vec<Said>>, is_normalised: bool) -> Vec<Piece> {
    let mut pieces = pieces(None, fields);
    prepare_shown(&mut pieces, is_normalised);
    pieces
}

/// The last bytes of a text, about so many.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
}

/// The first bytes of a text, about so many.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The first of these strings, so many bytes of each name, as `part` cuts them; four times as many of all names.
pub(super) fn cut<'a>(
    strings: impl Iterator<Item = &'a Said>,
    bytes: usize,
    part: impl Fn(&str, usize) -> &str,
) -> Vec<Said> {
    let mut kept: Vec<Said> = vec![];
    let (mut all, mut passed) = (0, 0);
    for said in strings {
        let own = kept.iter().filter(|other| other.name == said.name);
        let own: usize = own.map(|other| other.text.len()).sum();
        let text = part(&said.text, bytes.saturating_sub(own));
        if !text.is_empty() {
            all += text.len();
            kept.push(Said {
                text: text.to_owned(),
                name: Arc::clone(&said.name),
            });
        }
        // With so much of other names between, two are no parts of one passage.
        passed += said.text.len();
        if all >= 4 * bytes || passed >= 64 * bytes {
            break;
        }
    }
    kept
}
