//! What was changed, by kind.

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A space that does not break, or of another width, as a space.
    Space,
    /// A character that shows nothing, left out.
    Invisible,
    /// A curly quotation mark as a straight one.
    Quote,
    /// A hyphen of its own kind as the usual one, an ellipsis as three dots.
    Dash,
    /// A carriage return, or a separator of lines, as a line feed.
    LineEnd,
    /// A character that HTML writes by name or number.
    Entity,
    /// A letter and its mark as one character.
    Composed,
    /// A letter or digit of full width.
    Wide,
    /// A letter of another script that looks like one of Latin.
    LookAlike,
    /// One of two spaces where every space is doubled.
    DoubledSpace,
}

impl Change {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Space,
        Self::Invisible,
        Self::Quote,
        Self::Dash,
        Self::LineEnd,
        Self::Entity,
        Self::Composed,
        Self::Wide,
        Self::LookAlike,
        Self::DoubledSpace,
    ];

    /// The name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Space => "spaces",
            Self::Invisible => "invisible",
            Self::Quote => "quotes",
            Self::Dash => "dashes",
            Self::LineEnd => "line-ends",
            Self::Entity => "entities",
            Self::Composed => "composed",
            Self::Wide => "full-width",
            Self::LookAlike => "look-alikes",
            Self::DoubledSpace => "doubled-spaces",
        }
    }

    /// What such characters are, for people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Space => "non-breaking, thin or other special spaces",
            Self::Invisible => "invisible characters",
            Self::Quote => "curly quotation marks",
            Self::Dash => "special hyphens or ellipses",
            Self::LineEnd => "carriage returns or line separators",
            Self::Entity => "HTML entities",
            Self::Composed => "letters apart from their marks",
            Self::Wide => "full-width letters or digits",
            Self::LookAlike => "letters of another script that look like Latin ones",
            Self::DoubledSpace => "doubled spaces",
        }
    }
}

/// How many characters were changed, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes([u64; Change::ALL.len()]);

impl Changes {
    /// How many of a kind.
    #[must_use]
    pub fn of(&self, change: Change) -> u64 {
        self.0[change as usize]
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(super) fn count(&mut self, change: Change) {
        self.add(change, 1);
    }

    pub(super) fn add(&mut self, change: Change, count: u64) {
        self.0[change as usize] += count;
    }

    /// Adds those of another text.
    pub fn add_all(&mut self, other: &Self) {
        for (own, others) in self.0.iter_mut().zip(other.0) {
            *own += others;
        }
    }
}
