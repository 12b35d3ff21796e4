//! A text that was shown, from every start that a copy of it may have.

use crate::tokenizer::{Tokenizer, TokenizerError};

/// The tokens of a text as it is, and as it may start in a copy: trimmed, behind a space, behind a line break. None twice.
///
/// The starts differ at their ends only, so what lies between is tokenised once where the tokenizer allows it.
///
/// # Errors
/// Where the reference fails on the text.
pub(crate) fn tokens(text: &str, tokenizer: &Tokenizer) -> Result<Vec<Vec<u32>>, TokenizerError> {
    let trimmed = text.trim();
    let Some([first, between, last]) = tokenizer.words(trimmed) else {
        return starts(text, trimmed)
            .map(|[before, behind]| tokenizer.try_encode(&[before, trimmed, behind].concat()))
            .collect();
    };
    let between = tokenizer.try_encode(between)?;
    let starts = starts(text, trimmed);
    let tokens = starts.map(|[before, behind]| {
        let mut tokens = tokenizer.try_encode(&[before, first].concat())?;
        tokens.extend_from_slice(&between);
        tokens.extend(tokenizer.try_encode(&[last, behind].concat())?);
        Ok(tokens)
    });
    tokens.collect()
}

/// What stands before and behind the trimmed text, for every start.
fn starts<'t>(text: &'t str, trimmed: &'t str) -> impl Iterator<Item = [&'t str; 2]> {
    let begin = text.len() - text.trim_start().len();
    let given = [&text[..begin], &text[begin + trimmed.len()..]];
    let others = ["", " ", "\n"].map(|start| [start, ""]).into_iter();
    let others = others.filter(move |other| !trimmed.is_empty() && *other != given);
    std::iter::once(given).chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_tried_from_every_start_once() {
        let starts = |text: &str| {
            let trimmed = text.trim();
            let starts = starts(text, trimmed);
            starts
                .map(|[before, behind]| [before, trimmed, behind].concat())
                .collect::<Vec<_>>()
        };
        assert_eq!(starts("a b"), ["a b", " a b", "\na b"]);
        assert_eq!(starts(" a b"), [" a b", "a b", "\na b"]);
        assert_eq!(starts("\ta \n"), ["\ta \n", "a", " a", "\na"]);
        assert_eq!(starts(" \n"), [" \n"]);
    }
}
