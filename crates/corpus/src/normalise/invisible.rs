//! Characters that show nothing, and where they belong to what is shown.

/// Whether a character shows nothing and takes no room: zero width, direction, soft hyphens, variation selectors, tags.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether an invisible character is part of what stands beside it: of an emoji, or of a script that joins letters by it.
pub(super) fn is_part(previous: Option<char>, c: char, next: Option<char>) -> bool {
    let Some(previous) = previous else {
        return false;
    };
    match c {
        // A joiner stands between two that it joins.
        '\u{200c}' | '\u{200d}' => {
            let joined = |c: char| joins(c) || is_emoji(c) || c == '\u{fe0f}';
            joined(previous) && next.is_some_and(joined)
        }
        // Text or emoji: behind a symbol, or a key's cap.
        '\u{fe0e}' | '\u{fe0f}' => {
            is_emoji(previous)
                || matches!(previous, '0'..='9' | '#' | '*') && next == Some('\u{20e3}')
        }
        // Forms of Mongolian letters, and of others' by the standard's list.
        '\u{180b}'..='\u{180f}' => ('\u{1800}'..='\u{18af}').contains(&previous),
        '\u{e0100}'..='\u{e01ef}' | '\u{fe00}'..='\u{fe0d}' => is_ideograph(previous),
        // A region's flag is spelled in tags.
        '\u{e0020}'..='\u{e007f}' => {
            previous == '\u{1f3f4}' || ('\u{e0020}'..='\u{e007e}').contains(&previous)
        }
        // Marks of direction belong to scripts that have one.
        '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            is_right_to_left(previous) || next.is_some_and(is_right_to_left)
        }
        _ => false,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Scripts that write joiners: Arabic and its neighbours, those of India and of the south east.
fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
        | '\u{a8e0}'..='\u{a8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
