//! Letters that look alike: each stands for the one that they look like, by Unicode's table of confusable characters.

use unicode_security::skeleton;

/// Small capitals, which the table has by themselves.
const SMALL_CAPITALS: [(char, char); 20] = [
    ('\u{1d00}', 'a'),
    ('\u{299}', 'b'),
    ('\u{1d05}', 'd'),
    ('\u{1d07}', 'e'),
    ('\u{a730}', 'f'),
    ('\u{262}', 'g'),
    ('\u{29c}', 'h'),
    ('\u{26a}', 'i'),
    ('\u{1d0a}', 'j'),
    ('\u{1d0b}', 'k'),
    ('\u{29f}', 'l'),
    ('\u{1d0d}', 'm'),
    ('\u{274}', 'n'),
    ('\u{1d18}', 'p'),
    ('\u{280}', 'r'),
    ('\u{a731}', 's'),
    ('\u{1d1b}', 't'),
    ('\u{28f}', 'y'),
    ('\u{1d20}', 'v'),
    ('\u{1d22}', 'z'),
];

/// Hands on what a folded letter looks like: letters of ASCII stay, and letters that look like none of them stand for themselves.
pub(super) fn alike(c: char, each: &mut impl FnMut(char)) {
    if c.is_ascii() {
        return each(c);
    }
    if let Some(plain) = small_capital(c).or_else(|| letter_on_black(c)) {
        return each(plain);
    }
    if let Some(number) = number_on_black(c) {
        return number.to_string().chars().for_each(each);
    }
    let mut letters = 0;
    for twin in skeleton(c.encode_utf8(&mut [0; 4])) {
        for twin in twin.to_lowercase().filter(|twin| twin.is_alphanumeric()) {
            each(small_capital(twin).unwrap_or(twin));
            letters += 1;
        }
    }
    if letters == 0 {
        each(c);
    }
}

/// Letters within filled circles and squares, which no normal form takes out of them.
fn letter_on_black(c: char) -> Option<char> {
    let place = match c {
        '\u{1f150}'..='\u{1f169}' => u32::from(c) - 0x1f150,
        '\u{1f170}'..='\u{1f189}' => u32::from(c) - 0x1f170,
        _ => return None,
    };
    char::from_u32(u32::from('a') + place)
}

/// The same of numbers, and of those within other circles.
fn number_on_black(c: char) -> Option<u32> {
    let place = u32::from(c);
    match c {
        '\u{2776}'..='\u{277f}' => Some(place - 0x2775),
        '\u{2780}'..='\u{2789}' => Some(place - 0x277f),
        '\u{278a}'..='\u{2793}' => Some(place - 0x2789),
        '\u{24eb}'..='\u{24f4}' => Some(place - 0x24e0),
        '\u{24f5}'..='\u{24fe}' => Some(place - 0x24f4),
        '\u{24ff}' | '\u{1f10b}' | '\u{1f10c}' => Some(0),
        _ => None,
    }
}

fn small_capital(c: char) -> Option<char> {
    let mut pairs = SMALL_CAPITALS.iter();
    pairs
        .find(|(small, _)| *small == c)
        .map(|(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn letters_of_other_scripts_stand_for_what_they_look_like() {
        for (text, plain) in [
            // Small capitals.
            (
                "\u{1d1b}\u{29c}\u{1d07} \u{262}\u{1d00}\u{1d1b}\u{1d07}",
                "the gate",
            ),
            // Cyrillic, Greek, Armenian, letters of phonetics.
            ("\u{441}\u{43e}\u{440}\u{435}", "cope"),
            ("\u{3bf}\u{3c1}", "op"),
            ("\u{585}\u{570}\u{57d}", "ohu"),
            ("\u{251}\u{261}", "ag"),
            (
                "\u{1f163}\u{1f157}\u{1f154} \u{1f176}\u{1f170}\u{1f183}\u{1f174}",
                "the gate",
            ),
            ("\u{2776}\u{277f}\u{24ff}\u{24f4}\u{278b}", "1100202"),
            ("gate", "gate"),
            ("\u{661}\u{662}", "l\u{662}"),
        ] {
            let mut folded = String::new();
            for c in text.chars() {
                alike(c, &mut |c| folded.push(c));
            }
            assert_eq!(folded, plain, "{text}");
        }
    }
}
