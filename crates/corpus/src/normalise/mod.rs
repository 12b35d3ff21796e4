//! Characters that programs change for looks on a text's way, undone by a fixed table.
//!
//! ```text
//! entities → line ends → each character by the table → composition (NFC) → doubled spaces; again until nothing changes
//! ```
//!
//! The map looks at the text alone, never at a key, and is fixed before any answer is scored: scores of a text that does not depend on a
//! key do not depend on it after the map either, so that every p-value keeps its meaning. Applied twice it does what it does once.

mod changes;
mod invisible;
mod look_alikes;
mod payload;
mod table;

pub use changes::{Change, Changes};
pub(crate) use look_alikes::without_twins;
pub(crate) use payload::without_payloads;

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use table::Mapped;

/// The text with all of it undone, and what was changed.
///
/// ```
/// use hallmark_corpus::normalise::normalise;
///
/// let (text, changes) = normalise("The\u{a0}gate\u{200b}\u{2019}s &amp; mine\r\n");
/// assert_eq!(text, "The gate's & mine\n");
/// assert_eq!(changes.total(), 5);
/// assert_eq!(normalise("The gate.").1.total(), 0);
/// ```
#[must_use]
pub fn normalise(text: &str) -> (Cow<'_, str>, Changes) {
    let mut changes = Changes::default();
    if !may_change(text) {
        return (Cow::Borrowed(text), changes);
    }
    let mut now = Cow::Borrowed(text);
    while let Some(next) = pass(&now, &mut changes) {
        now = Cow::Owned(next);
    }
    (now, changes)
}

/// Whether a look at the bytes leaves it open that something changes.
fn may_change(text: &str) -> bool {
    let is_special = |byte: &u8| !byte.is_ascii() || matches!(byte, b'&' | b'\r');
    text.as_bytes().iter().any(is_special) || text.contains("  ")
}

/// One pass; nothing where it changes nothing.
fn pass(text: &str, changes: &mut Changes) -> Option<String> {
    let before = changes.total();
    let decoded = entities(text, changes);
    let wide = table::Wide::of(&decoded);
    let twins = look_alikes::Twins::of(&decoded);
    let mut mapped = String::with_capacity(decoded.len());
    let mut rest = decoded.chars().peekable();
    let mut previous = None;
    while let Some(c) = rest.next() {
        if c == '\r' {
            // Of two characters one goes; alone it is another.
            changes.count(Change::LineEnd);
            if rest.peek() != Some(&'\n') {
                mapped.push('\n');
            }
            previous = Some('\n');
            continue;
        }
        if invisible::is_invisible(c) && !invisible::is_part(previous, c, rest.peek().copied()) {
            changes.count(Change::Invisible);
            continue;
        }
        previous = Some(c);
        let instead = table::mapped(c)
            .or_else(|| wide.mapped(c))
            .or_else(|| twins.mapped(c));
        match instead {
            Some((Mapped::One(other), change)) => {
                changes.count(change);
                mapped.push(other);
            }
            Some((Mapped::Several(others), change)) => {
                changes.count(change);
                mapped.push_str(others);
            }
            None => mapped.push(c),
        }
    }
    if !is_nfc(&mapped) {
        let composed: String = mapped.nfc().collect();
        let shorter = mapped.chars().count().abs_diff(composed.chars().count());
        changes.add(Change::Composed, shorter.max(1) as u64);
        mapped = composed;
    }
    if let Some(halved) = halved(&mapped) {
        let fewer = mapped.len() - halved.len();
        changes.add(Change::DoubledSpace, fewer as u64);
        mapped = halved;
    }
    (changes.total() > before).then_some(mapped)
}

/// Characters that HTML writes by name or number, as themselves.
fn entities<'t>(text: &'t str, changes: &mut Changes) -> Cow<'t, str> {
    const LONGEST: usize = 34;
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let ends = rest.char_indices().take(LONGEST);
        let end = ends.clone().find(|(_, c)| *c == ';').map(|(at, _)| at + 1);
        let name = &rest[..end.unwrap_or(1)];
        let character = html_escape::decode_html_entities(name);
        if character != name {
            changes.count(Change::Entity);
        }
        decoded.push_str(&character);
        rest = &rest[name.len()..];
        // What was escaped many times over is undone at once.
        while character == "&" && name != "&" && rest.starts_with("amp;") {
            changes.count(Change::Entity);
            rest = &rest["amp;".len()..];
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Runs of spaces between words halved, where a text has several of them and none has an odd number.
fn halved(text: &str) -> Option<String> {
    const RUNS: usize = 8;
    let mut runs = 0;
    let mut rest = text;
    while let Some(at) = rest.find(' ') {
        let length = rest[at..].len() - rest[at..].trim_start_matches(' ').len();
        if length % 2 == 1 {
            return None;
        }
        runs += 1;
        rest = &rest[at + length..];
    }
    (runs >= RUNS).then(|| text.replace("  ", " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(text: &str) {
        let (now, changes) = normalise(text);
        assert_eq!((now.as_ref(), changes.total()), (text, 0));
    }

    #[test]
    fn what_programs_change_for_looks_is_undone() {
        for (dressed, plain) in [
            ("a\u{a0}b\u{2009}c\u{202f}d", "a b c d"),
            ("ga\u{200b}te\u{ad}s\u{feff}", "gates"),
            (
                "\u{201c}It\u{2019}s\u{201d} \u{2018}so\u{2019}",
                "\"It's\" 'so'",
            ),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            (
                "a &lt; b &amp;&amp; c&nbsp;d &#39;e&#x27;",
                "a < b && c d 'e'",
            ),
            ("&amp;lt;b&amp;gt;", "<b>"),
            ("cafe\u{301}", "caf\u{e9}"),
            (
                "well\u{2011}known and so on\u{2026}",
                "well-known and so on...",
            ),
            ("\u{ff27}\u{ff41}te \u{ff11}\u{ff12}", "Gate 12"),
            ("The g\u{430}te is sh\u{443}t", "The gate is shyt"),
            ("a  b  c  d  e  f  g  h  i", "a b c d e f g h i"),
            ("&am\u{200b}p;", "&"),
            ("gate\u{fe00}\u{e0100}\u{e0041}", "gate"),
        ] {
            assert_eq!(normalise(dressed).0, plain, "{dressed:?}");
        }
    }

    /// Each pass undoes a whole chain: the work is by the length and not by its square.
    #[test]
    fn chains_of_escapes_are_undone_at_once() {
        let chain = format!("&{}lt;", "amp;".repeat(100_000));
        assert_eq!(normalise(&chain).0, "<");
    }

    #[test]
    fn what_is_written_so_stays() {
        for text in [
            "The gate is shut -- at noon. \"It's so\"; a & b, x &foo; y\n\n  indented\n",
            "caf\u{e9} \u{2014} na\u{ef}ve \u{2013} \u{ab}oui\u{bb}",
            // Emoji of several code points, and scripts that join.
            "\u{2764}\u{fe0f} \u{1f469}\u{200d}\u{1f4bb} 1\u{fe0f}\u{20e3}",
            "\u{646}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            // Whole words of another script, and its wide forms.
            "\u{43a}\u{43e}\u{442} \u{438} \u{434}\u{43e}\u{43c} and a house",
            "\u{65e5}\u{672c}\u{ff21}\u{ff11}\u{3001}\u{ff08}\u{4e2d}\u{ff09}\u{3000}",
            "def f(x):\n    return  x",
        ] {
            same(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn twice_is_once(text in prop::collection::vec(prop_oneof![
            any::<char>().prop_map(String::from),
            prop::sample::select(vec![
                "&", "amp;", "lt;", "#38;", "#x26;", "semi;", ";", "\r", "\n", " ", "  ", "a", "e", "\u{301}", "\u{a0}", "\u{200b}", "\u{200d}",
                "\u{fe0f}", "\u{1f469}", "\u{2019}", "\u{430}", "\u{436}", "\u{ff21}", "\u{65e5}", "\u{37e}", "\u{2028}", "\u{2026}", "&nGt;", "\u{e0041}",
                "\u{1f3f4}", "\u{212b}", "\u{340}",
            ]).prop_map(str::to_owned),
        ], 0..40).prop_map(|parts| parts.concat())) {
            let (once, changes) = normalise(&text);
            prop_assert_eq!(changes.total() == 0, once == text);
            let (twice, more) = normalise(&once);
            prop_assert_eq!(&twice, &once);
            prop_assert_eq!(more.total(), 0);
        }

        #[test]
        fn plain_ascii_stays(text in "[ -%'-~\n]{0,60}") {
            if !text.contains("  ") {
                same(&text);
            }
        }
    }
}
