//! A line of text in spans, clean from the moment it is made.

use super::clean::clean;

/// Characters of one text of somebody else's that are shown; what is longer is cut, and says so.
pub const MOST_CHARACTERS: usize = 2_000;

/// Characters of a name, path or digest.
const MOST_IN_NAME: usize = 200;

/// Characters of machine text, and lines of somebody's words.
pub(super) const MOST_IN_CODE: usize = 20_000;
const MOST_LINES: usize = 40;

/// A line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<Span>);

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// Our words.
    Words(String),
    /// The same, to be seen first.
    Strong(String),
    /// Somebody else's words, kept apart from ours.
    Given(String),
    /// Ids, digests, file names.
    Code(String),
    /// Text that is marked.
    Marked(String),
}

impl Text {
    /// Our words; what was put in them is cleaned with them.
    pub(crate) fn words(text: impl AsRef<str>) -> Self {
        Self::default().and(text)
    }

    /// Somebody else's words.
    pub(crate) fn given(text: impl AsRef<str>) -> Self {
        Self::default().and_given(text)
    }

    /// An id, digest or file name.
    pub(crate) fn code(text: impl AsRef<str>) -> Self {
        Self::default().and_code(text)
    }

    pub(crate) fn strong(text: impl AsRef<str>) -> Self {
        Self(vec![Span::Strong(clean(
            text.as_ref(),
            MOST_CHARACTERS,
            false,
        ))])
    }

    /// A passage of marked text.
    pub(crate) fn marked(text: impl AsRef<str>) -> Self {
        Self(vec![Span::Marked(clean(
            text.as_ref(),
            MOST_IN_NAME,
            false,
        ))])
    }

    pub(crate) fn and(mut self, text: impl AsRef<str>) -> Self {
        let text = clean(text.as_ref(), MOST_CHARACTERS, false);
        self.0.push(Span::Words(text));
        self
    }

    pub(crate) fn and_given(mut self, text: impl AsRef<str>) -> Self {
        let text = clean(text.as_ref(), MOST_CHARACTERS, false);
        self.0.push(Span::Given(text));
        self
    }

    /// Somebody else's name for something.
    pub(crate) fn and_name(mut self, text: impl AsRef<str>) -> Self {
        let text = clean(text.as_ref(), MOST_IN_NAME, false);
        self.0.push(Span::Given(text));
        self
    }

    pub(crate) fn and_code(mut self, text: impl AsRef<str>) -> Self {
        let text = clean(text.as_ref(), MOST_IN_NAME, false);
        self.0.push(Span::Code(text));
        self
    }

    /// Spans that are clean already.
    pub(super) fn of(spans: Vec<Span>) -> Self {
        Self(spans)
    }

    pub(crate) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(crate) fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Its words without their kinds.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(Span::text).collect()
    }
}

impl Span {
    pub(crate) fn text(&self) -> &str {
        let (Self::Words(text)
        | Self::Strong(text)
        | Self::Given(text)
        | Self::Code(text)
        | Self::Marked(text)) = self;
        text
    }
}

impl<T: AsRef<str>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::words(text)
    }
}

/// The first lines of somebody's words, without empty ones.
pub(super) fn lines(text: &str) -> Vec<String> {
    let cut = clean(text, MOST_IN_CODE, true);
    let mut lines = cut.lines().filter(|line| !line.trim().is_empty());
    let mut first: Vec<String> = lines.by_ref().take(MOST_LINES).map(str::to_owned).collect();
    let more = lines.count();
    if more > 0 {
        first.push(format!("… ({more} more lines)"));
    }
    first
}

/// Machine text with its lines.
pub(super) fn code(text: &str) -> String {
    clean(text, MOST_IN_CODE, true)
}
