//! The table: which character stands for which.

use super::changes::Change;

/// What stands in a character's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mapped {
    One(char),
    Several(&'static str),
}

/// What stands in a character's place in every text.
///
/// Dashes of the printer, `–` and `—`, guillemets and the ideographic space stay: models write them.
pub(super) fn mapped(c: char) -> Option<(Mapped, Change)> {
    let one = |other, change| Some((Mapped::One(other), change));
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => {
            one(' ', Change::Space)
        }
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => one('\'', Change::Quote),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => one('"', Change::Quote),
        '\u{2010}' | '\u{2011}' => one('-', Change::Dash),
        '\u{2026}' => Some((Mapped::Several("..."), Change::Dash)),
        '\u{85}' | '\u{2028}' | '\u{2029}' => one('\n', Change::LineEnd),
        _ => None,
    }
}

/// Whether a text's letters and digits of full width are those of a text that is not written in them.
pub(super) struct Wide(bool);

impl Wide {
    /// Such forms belong to texts with ideographs, kana or hangul.
    pub(super) fn of(text: &str) -> Self {
        let is_eastern = |c| {
            matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
                | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
        };
        Self(!text.is_ascii() && !text.chars().any(is_eastern))
    }

    pub(super) fn mapped(&self, c: char) -> Option<(Mapped, Change)> {
        let is_wide = self.0 && ('\u{ff01}'..='\u{ff5e}').contains(&c);
        let ascii = is_wide
            .then(|| char::from_u32(c as u32 - 0xfee0))
            .flatten()?;
        Some((Mapped::One(ascii), Change::Wide))
    }
}
