//! Marks: a scheme under a key, as the marker makes it and the detector reads it.
//!
//! A [`Mark`] is had from a profile and a key that fits it, `Mark::new(&profile, &key)`, whichever engine's it is. It knows all
//! that depends on the two: what scores a cell, what counts once, the law of the sum, how much the key can say, and,
//! where the mark is made here, what chooses tokens and at which positions.

mod error;
mod habits;
mod null;
mod reading;
mod related;
mod sampler;
mod unit;

pub use error::{CannotMark, KeyMismatch};
pub use habits::{Before, Habits, Repeats};
pub use null::Null;
pub use reading::{Reading, Scored};
pub use related::{RelatedKeys, Shifted};
pub use sampler::{Bias, Sampler, Scratch};
pub use unit::Unit;

use crate::cells::{CellBatch, TokenId};
use crate::keys::PublicId;
use crate::law::Law;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// A scheme under a key: what scores cells, what of them counts once, the law of the sum, and how it is made.
///
/// Cheap to clone. Had from `Mark::new`; the other constructors are for whoever adds an engine.
#[derive(Clone)]
pub struct Mark {
    identity: Identity,
    parts: Vec<Part>,
    unit: Option<Unit>,
    null: Null,
    key_bits: Option<u32>,
    dear: bool,
    made: Option<(Arc<dyn Sampler>, Habits)>,
    /// One for each sub-key of a ring; none where there is no ring.
    members: Arc<[Mark]>,
}

/// Whose mark it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The scheme's name in profiles.
    pub scheme: &'static str,
    /// The key's public name.
    pub key: PublicId,
    /// Tokens before a position that key its mark.
    pub window: usize,
}

/// One of the keys of a mark.
#[derive(Clone)]
pub struct Part {
    /// The weight of its scores.
    pub weight: u32,
    /// Its words and their law.
    pub reading: Arc<dyn Reading>,
}

impl Mark {
    /// A mark with one word a cell, scores independent, the unit being the cell, and only read.
    #[must_use]
    pub fn read(identity: Identity, reading: Arc<dyn Reading>) -> Self {
        let part = Part { weight: 1, reading };
        Self {
            identity,
            parts: vec![part],
            unit: None,
            null: Null::Independent,
            key_bits: None,
            dear: false,
            made: None,
            members: Arc::new([]),
        }
    }

    /// The mark of a ring of sub-keys: read by all of them, which weigh alike, and made by one in each request.
    ///
    /// # Panics
    /// Without members, or when their laws differ.
    #[must_use]
    pub fn ring(members: Vec<Self>) -> Self {
        let parts = members
            .iter()
            .flat_map(|member| member.parts.iter().cloned());
        let parts = parts.collect();
        let first = members.first().expect("a ring has a key").clone();
        Self {
            made: None,
            members: members.into(),
            ..first.with_parts(parts)
        }
    }

    /// The same with these parts in place of its one.
    ///
    /// # Panics
    /// Without parts, or when their laws differ.
    #[must_use]
    pub fn with_parts(self, parts: Vec<Part>) -> Self {
        let mut laws = parts.iter().map(|part| part.reading.law());
        let first = laws.next().expect("a mark has a part");
        assert!(laws.all(|law| law == first), "parts have one law");
        Self { parts, ..self }
    }

    /// The same where cells with one `unit` count once. `dear` says whether words cost so much that each unit's should
    /// be computed once.
    #[must_use]
    pub fn with_unit(self, unit: Unit, dear: bool) -> Self {
        Self {
            unit: Some(unit),
            dear,
            ..self
        }
    }

    /// The same with another law of the sum.
    #[must_use]
    pub fn with_null(self, null: Null) -> Self {
        Self { null, ..self }
    }

    /// The same where only so many bits of the key matter: another key is the same one in effect with probability
    /// 2^−`bits`.
    #[must_use]
    pub fn with_key_bits(self, bits: u32) -> Self {
        Self {
            key_bits: Some(bits),
            ..self
        }
    }

    /// The same, made by `sampler` at the positions that `habits` name.
    #[must_use]
    pub fn made_by(self, sampler: Arc<dyn Sampler>, habits: Habits) -> Self {
        Self {
            made: Some((sampler, habits)),
            ..self
        }
    }

    /// How many sub-keys requests are marked with: 1 without a ring.
    #[must_use]
    pub fn sub_keys(&self) -> usize {
        self.members.len().max(1)
    }

    /// The mark of the sub-key `number` of a ring, which makes a request's answer; without a ring, of number 0, the mark itself.
    #[must_use]
    pub fn member(&self, number: usize) -> Option<&Self> {
        match (&self.members[..], number) {
            ([], 0) => Some(self),
            (members, number) => members.get(number),
        }
    }

    /// The scheme's name in profiles.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        self.identity.scheme
    }

    /// The key's public name.
    #[must_use]
    pub fn key(&self) -> PublicId {
        self.identity.key
    }

    /// Tokens before a position that key its mark.
    #[must_use]
    pub fn window(&self) -> usize {
        self.identity.window
    }

    /// What scores a cell. Where there are several, a cell's score is the weighted sum of theirs.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// How a word of any part is scored.
    #[must_use]
    pub fn law(&self) -> Law {
        self.parts[0].reading.law()
    }

    /// What the function consumes of a cell, where that is less than the cell: cells with one unit count once.
    #[must_use]
    pub fn unit(&self) -> Option<&Unit> {
        self.unit.as_ref()
    }

    /// The law of the sum of scores over distinct units.
    #[must_use]
    pub fn null(&self) -> &Null {
        &self.null
    }

    /// Bits of the key that matter, where they are so few that another key can be the same one in effect.
    #[must_use]
    pub fn key_bits(&self) -> Option<u32> {
        self.key_bits
    }

    /// Whether words cost so much that each unit's should be computed once.
    #[must_use]
    pub fn is_dear(&self) -> bool {
        self.dear
    }

    /// The largest token id that it takes.
    #[must_use]
    pub fn max_token(&self) -> TokenId {
        let parts = self.parts.iter().map(|part| part.reading.max_token());
        parts.min().unwrap_or(TokenId::MAX)
    }

    /// The first part's reading, which for all but some schemes is the only one.
    #[must_use]
    pub fn reading(&self) -> &Arc<dyn Reading> {
        &self.parts[0].reading
    }

    /// The reading of the part that weighs most.
    #[must_use]
    pub fn heaviest(&self) -> &Arc<dyn Reading> {
        // The first of equals.
        let heavier = |a: &usize, b: &usize| self.parts[*a].weight >= self.parts[*b].weight;
        let place = (0..self.parts.len()).reduce(|a, b| if heavier(&a, &b) { a } else { b });
        &self.parts[place.unwrap_or(0)].reading
    }

    /// The words of the first part, which for all but two schemes is the only one.
    ///
    /// # Panics
    /// When `out` is not as long as `cells`.
    pub fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        self.parts[0].reading.words(cells, out);
    }

    /// What chooses tokens, and where.
    ///
    /// # Errors
    /// When the mark is only read here, or is that of a ring: each request is made by one [`member`](Self::member).
    pub fn sampler(&self) -> Result<(&Arc<dyn Sampler>, Habits), CannotMark> {
        match &self.made {
            Some((sampler, habits)) => Ok((sampler, *habits)),
            None if !self.members.is_empty() => Err(CannotMark::Ring {
                sub_keys: self.members.len(),
            }),
            None => Err(CannotMark::ReadOnly {
                scheme: self.scheme(),
            }),
        }
    }

    /// Whether other keys of the scheme count the same cells once as this one does.
    #[must_use]
    pub fn shares_units(&self) -> bool {
        self.unit.as_ref().is_none_or(|unit| unit.name().is_some())
    }

    /// Whether another mark counts the same cells once.
    #[must_use]
    pub fn counts_like(&self, other: &Self) -> bool {
        let name = |mark: &Self| mark.unit.as_ref().map(Unit::name);
        self.window() == other.window()
            && name(self) == name(other)
            && self.shares_units()
            && self.dear == other.dear
    }

    /// The parts' weights, in proportion, at most `most` each and at least 1.
    #[must_use]
    pub fn part_weights(&self, most: u32) -> Vec<u32> {
        let largest = self.parts.iter().map(|part| part.weight).max().unwrap_or(1);
        let scaled = |weight: u32| u64::from(weight) * u64::from(most) / u64::from(largest.max(1));
        let weights = self.parts.iter().map(|part| part.weight);
        if largest <= most {
            return weights.collect();
        }
        weights
            .map(|weight| (scaled(weight) as u32).max(1))
            .collect()
    }

    /// The only part, where scores of other units say nothing about a unit's but what a list's tokens say of each
    /// other: then the places of a mark in a text can be tested.
    #[must_use]
    pub fn local(&self) -> Option<&dyn Reading> {
        match (&self.parts[..], &self.null) {
            ([part], Null::Independent | Null::Lists) => Some(&*part.reading),
            _ => None,
        }
    }
}
