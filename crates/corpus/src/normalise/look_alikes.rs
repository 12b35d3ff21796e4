//! Letters of other scripts that look like those of Latin, put in their place.

use super::changes::Change;
use super::table::Mapped;

/// Letters that look alike: Cyrillic and Greek, each with its Latin twin.
const TWINS: [(char, char); 52] = [
    ('\u{430}', 'a'),
    ('\u{435}', 'e'),
    ('\u{43e}', 'o'),
    ('\u{440}', 'p'),
    ('\u{441}', 'c'),
    ('\u{443}', 'y'),
    ('\u{445}', 'x'),
    ('\u{455}', 's'),
    ('\u{456}', 'i'),
    ('\u{458}', 'j'),
    ('\u{4bb}', 'h'),
    ('\u{501}', 'd'),
    ('\u{51b}', 'q'),
    ('\u{51d}', 'w'),
    ('\u{4cf}', 'l'),
    ('\u{410}', 'A'),
    ('\u{412}', 'B'),
    ('\u{415}', 'E'),
    ('\u{405}', 'S'),
    ('\u{406}', 'I'),
    ('\u{408}', 'J'),
    ('\u{41a}', 'K'),
    ('\u{41c}', 'M'),
    ('\u{41d}', 'H'),
    ('\u{41e}', 'O'),
    ('\u{420}', 'P'),
    ('\u{421}', 'C'),
    ('\u{422}', 'T'),
    ('\u{423}', 'Y'),
    ('\u{425}', 'X'),
    ('\u{3bf}', 'o'),
    ('\u{3b1}', 'a'),
    ('\u{3bd}', 'v'),
    ('\u{3c1}', 'p'),
    ('\u{3b9}', 'i'),
    ('\u{3c5}', 'u'),
    ('\u{3ba}', 'k'),
    ('\u{391}', 'A'),
    ('\u{392}', 'B'),
    ('\u{395}', 'E'),
    ('\u{396}', 'Z'),
    ('\u{397}', 'H'),
    ('\u{399}', 'I'),
    ('\u{39a}', 'K'),
    ('\u{39c}', 'M'),
    ('\u{39d}', 'N'),
    ('\u{39f}', 'O'),
    ('\u{3a1}', 'P'),
    ('\u{3a4}', 'T'),
    ('\u{3a5}', 'Y'),
    ('\u{3a7}', 'X'),
    ('\u{3f2}', 'c'),
];

/// Whether a text's Cyrillic, and its Greek, are nothing but twins among more Latin letters: then nobody wrote them as such.
pub(super) struct Twins {
    cyrillic: bool,
    greek: bool,
}

impl Twins {
    pub(super) fn of(text: &str) -> Self {
        let none = Self {
            cyrillic: false,
            greek: false,
        };
        if text.is_ascii() {
            return none;
        }
        let (mut latin, mut mixed) = (0_u64, [false; 2]);
        let (mut twins, mut others) = ([0_u64; 2], [false; 2]);
        let mut previous: Option<char> = None;
        for c in text.chars() {
            if let Some(script) = script(c) {
                let is_twin = twin(c).is_some();
                twins[script] += u64::from(is_twin);
                others[script] |= !is_twin;
                mixed[script] |= previous.is_some_and(|c| c.is_ascii_alphabetic());
            } else if c.is_ascii_alphabetic() {
                latin += 1;
                if let Some(script) = previous.and_then(script) {
                    mixed[script] = true;
                }
            }
            previous = Some(c);
        }
        let undone = |script: usize| mixed[script] && !others[script] && latin > twins[script];
        Self {
            cyrillic: undone(0),
            greek: undone(1),
        }
    }

    /// A twin's Latin letter.
    pub(super) fn mapped(&self, c: char) -> Option<(Mapped, Change)> {
        let is_undone = match script(c)? {
            0 => self.cyrillic,
            _ => self.greek,
        };
        let latin = is_undone.then(|| twin(c)).flatten()?;
        Some((Mapped::One(latin), Change::LookAlike))
    }
}

/// The text with every twin as its Latin letter, whatever else it holds; nothing where it has none.
pub(crate) fn without_twins(text: &str) -> Option<String> {
    if text.is_ascii() || !text.chars().any(|c| twin(c).is_some()) {
        return None;
    }
    Some(text.chars().map(|c| twin(c).unwrap_or(c)).collect())
}

fn twin(c: char) -> Option<char> {
    let twin = TWINS.iter().find(|(other, _)| *other == c);
    twin.map(|(_, latin)| *latin)
}

/// 0 for Cyrillic letters, 1 for Greek ones.
fn script(c: char) -> Option<usize> {
    match c {
        '\u{400}'..='\u{52f}' => Some(0),
        '\u{370}'..='\u{3ff}' if c.is_alphabetic() => Some(1),
        _ => None,
    }
}
