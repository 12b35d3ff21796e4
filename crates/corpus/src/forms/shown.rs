//! What was shown, as letters, and how much of an answer stands in it.

use super::encoded::decoded;
use super::escapes::{escapes_line_breaks, levels, undo};
use super::in_order::Words;
use super::letters::{Letters, Undone, push};
use super::line_numbers::without_numbers;
use super::tags::without_tags;
use super::text::{Text, text};
use super::wrappers::{LINES_OF_AN_EVENT, without_frames};
use crate::piece::Piece;
use crate::standing::standing;
use crate::tokenizer::Tokenizer;
use memchr::memmem;

/// Between texts: no byte of UTF-8.
const END: u8 = 0xff;
/// Between windows: no byte of UTF-8, and not the one between texts.
const BETWEEN: u8 = 0xfe;
/// Letters of an answer that are compared at once, about: it takes some 140 bytes for each.
const AT_ONCE: usize = 1 << 20;
/// Bytes that may be searched for texts that are there already.
const MOST_SEARCHED: usize = 1 << 30;

/// The letters of everything that was shown with an answer, in every form in which a program may show it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    letters: Vec<u8>,
    words: Words,
    searched: usize,
}

impl Shown {
    /// Everything that a record says was shown.
    pub(crate) fn of(exposure: &[Piece], tokenizer: &Tokenizer) -> Self {
        let mut shown = Self::default();
        // Joins come last and hold what they join.
        for piece in exposure.iter().rev() {
            if let Piece::Text(text) | Piece::Both { text, .. } = piece {
                shown.add(text.as_bytes());
            }
            if let Piece::Tokens(tokens) | Piece::Both { tokens, .. } = piece {
                let bytes = tokens.iter().flat_map(|&token| tokenizer.bytes(token));
                shown.add(&bytes.copied().collect::<Vec<u8>>());
            }
        }
        shown
    }

    /// Adds a text, given as its bytes, and the texts that stand in it encoded.
    fn add(&mut self, shown: &[u8]) {
        self.add_forms(shown);
        for text in decoded(shown) {
            self.add_forms(&text);
        }
    }

    fn add_forms(&mut self, shown: &[u8]) {
        let mut is_first = true;
        each_form(text(shown), &mut |form| {
            let mut letters = vec![];
            push(form, &mut letters);
            if !self.is_known_to_hold(&letters) {
                self.letters.append(&mut letters);
                self.letters.push(END);
                if is_first {
                    self.words.add(form);
                }
            }
            is_first = false;
        });
    }

    /// Whether these letters need not be added. Searches end when they have cost more than they can spare.
    fn is_known_to_hold(&mut self, letters: &[u8]) -> bool {
        if self.searched > MOST_SEARCHED {
            return letters.is_empty();
        }
        self.searched += self.letters.len();
        memmem::find(&self.letters, letters).is_some()
    }

    /// For each of these windows whether its letters stand in one text; none where it has none.
    pub(crate) fn hold(&self, windows: &[Letters]) -> Vec<Option<bool>> {
        let mut hold = Vec::with_capacity(windows.len());
        while hold.len() < windows.len() {
            let mut text = vec![];
            let mut ends = vec![];
            for window in &windows[hold.len()..] {
                text.extend_from_slice(window.all());
                ends.push((text.len(), window.all().len()));
                text.push(BETWEEN);
                if text.len() > AT_ONCE {
                    break;
                }
            }
            let standing = standing(&text, &self.letters);
            let stands =
                |(end, length): (usize, usize)| (length > 0).then(|| standing[end] >= length);
            hold.extend(ends.into_iter().map(stands));
        }
        hold
    }

    /// For each token of an answer, given as its bytes, how many tokens before it, 255 at most, stand here: their letters are
    /// letters of one text. Tokens without letters stand where those before them do, back to the first with letters; where an answer begins
    /// with such tokens, they do. Empty where nothing was shown.
    ///
    /// Nothing of the token itself or of what follows is looked at, but for a passage whose words stand here with other things
    /// between: all of it stands here, once it is long enough to be no chance.
    pub(crate) fn reach<'a>(&self, answer: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
        let answer = Undone::of(answer);
        self.reach_of_all(&[answer]).pop().unwrap_or_default()
    }

    /// The same of several answers, in time that grows with all of them and not with their number.
    pub(crate) fn reach_of_all(&self, answers: &[Undone]) -> Vec<Vec<u8>> {
        if self.letters.is_empty() {
            return vec![vec![]; answers.len()];
        }
        let letters: Vec<Letters> = answers.iter().map(Letters::of).collect();
        let parts: Vec<Part> = letters.iter().enumerate().flat_map(parts_of).collect();
        let mut reach: Vec<Vec<u8>> = letters.iter().map(|_| vec![]).collect();
        // The earliest token of an answer from which everything up to here stands somewhere.
        let mut from = 0;
        let mut left = &parts[..];
        while !left.is_empty() {
            let mut text = vec![];
            let mut starts = vec![];
            for part in left {
                let own = letters[part.answer].between(part.begin, part.last);
                if !starts.is_empty() && text.len() + own.len() > AT_ONCE {
                    break;
                }
                starts.push(text.len());
                text.extend_from_slice(own);
                text.push(BETWEEN);
            }
            let standing = standing(&text, &self.letters);
            let (these, rest) = left.split_at(starts.len());
            left = rest;
            for (part, start) in these.iter().zip(starts) {
                let answer = &letters[part.answer];
                if part.first == 0 {
                    from = 0;
                }
                for token in part.first..part.last {
                    let stands = standing[start + answer.between(part.begin, token).len()];
                    while token - from > usize::from(u8::MAX)
                        || answer.between(from, token).len() > stands
                    {
                        from += 1;
                    }
                    let is_there = !answer.between(from, token).is_empty()
                        || answer.between(0, token).is_empty();
                    reach[part.answer].push(if is_there { (token - from) as u8 } else { 0 });
                }
            }
        }
        for (reach, passages) in reach.iter_mut().zip(self.words.passages(answers)) {
            for passage in passages {
                // The token behind it has it before.
                for token in passage.start..reach.len().min(passage.end + 1) {
                    let before = u8::try_from(token - passage.start).unwrap_or(u8::MAX);
                    reach[token] = reach[token].max(before);
                }
            }
        }
        reach
    }
}

/// Tokens of an answer that are compared at once.
struct Part {
    answer: usize,
    /// Those from here are looked at.
    begin: usize,
    first: usize,
    last: usize,
}

/// All tokens of an answer in its order, most often in one part.
fn parts_of((answer, letters): (usize, &Letters)) -> impl Iterator<Item = Part> + '_ {
    let mut first = 0;
    std::iter::from_fn(move || {
        let begin = first - first.min(usize::from(u8::MAX));
        let mut ends = first + 1..=letters.tokens();
        let mut last = ends.next()?;
        for end in ends {
            if letters.between(begin, end).len() > AT_ONCE {
                break;
            }
            last = end;
        }
        let part = Part {
            answer,
            begin,
            first,
            last,
        };
        first = last;
        Some(part)
    })
}

/// The forms that a text may have had before it was shown: without escapes, which is the first, and without the tags and the numbers of
/// lines that were put in before or after it was escaped. One at a time, for there may be many; some may be the same.
fn each_form(shown: Text, take: &mut dyn FnMut(&Text)) {
    let mut with_numberless = |text: Text| {
        take(&text);
        without_numbers(&text, take);
    };
    let escapes_line_breaks = escapes_line_breaks(&shown);
    let levels = levels(shown);
    with_numberless(levels.last().cloned().unwrap_or_default());
    if escapes_line_breaks && let Some(shown) = levels.first() {
        // A listing may have numbered lines that were none.
        without_numbers(shown, &mut |text| with_numberless(undo(text.clone())));
    }
    // What looks like a tag only when escapes are undone was one, or text.
    for untagged in levels.iter().filter_map(without_tags) {
        with_numberless(undo(untagged));
    }
    for text in &levels {
        let by_lines = LINES_OF_AN_EVENT.filter_map(|apart| without_frames(text, '\n', apart));
        for unframed in by_lines.chain(without_frames(text, '}', 1)) {
            with_numberless(undo(unframed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(shown: &[&str], tokens: &[&str]) -> Vec<u8> {
        let mut all = Shown::default();
        shown.iter().for_each(|text| all.add(text.as_bytes()));
        all.reach(tokens.iter().map(|token| token.as_bytes()))
    }

    #[test]
    fn tokens_before_each_token_are_compared_by_their_letters() {
        let tokens = ["The", " gate", ".", "\n", "It", " is", " shut"];
        assert_eq!(reach(&["THE-GATE\\nit is"], &tokens), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(reach(&["a gate", "it is"], &tokens), [0, 0, 1, 2, 3, 3, 4]);
        assert_eq!(reach(&["1: the\n2: gate"], &tokens), [0, 1, 2, 3, 4, 0, 0]);
        assert_eq!(
            reach(&["the"], &["* ", "*", "The", "!", "me"]),
            [0, 1, 2, 3, 4]
        );
    }

    /// Letters that look alike, base64, a word a row, and the events of a stream.
    #[test]
    fn what_was_shown_in_disguise_is_known_again() {
        let tokens = [
            "The", " gate", " is", " shut", " at", " noon", " and", " nobody", " came",
        ];
        let all: Vec<u8> = (0..9).collect();
        for shown in [
            "\u{1d1b}\u{29c}\u{1d07} \u{262}\u{1d00}\u{1d1b}\u{1d07} \u{26a}\u{a731} \u{a731}\u{29c}\u{1d1c}\u{1d1b} at noon and nobody came",
            "Th\u{435} g\u{251}te is shut \u{430}t n\u{585}\u{585}n and nobody came",
            "VGhlIGdhdGUgaXMgc2h1dCBhdCBub29uIGFuZCBub2JvZHkgY2FtZQ==",
            "5468652067617465206973207368757420617420 6e6f6f6e20616e64206e6f626f64792063616d65",
            "The\ngate\nis\nshut\nat\nnoon\nand\nnobody\ncame\n",
            "row 1: The\nrow 2: gate\nrow 3: is\nrow 4: shut\nrow 5: at\nrow 6: noon\nrow 7: and\nrow 8: nobody\nrow 9: came\n",
            "data: {\"w\": \"The\"}\n\ndata: {\"w\": \" gate\"}\n\ndata: {\"w\": \" is\"}\n\ndata: {\"w\": \" shut\"}\n\ndata: {\"w\": \" at\"}\n\ndata: {\"w\": \" noon\"}\n\ndata: {\"w\": \" and\"}\n\ndata: {\"w\": \" nobody\"}\n\ndata: {\"w\": \" came\"}\n\n",
        ] {
            assert_eq!(reach(&[shown], &tokens), all, "{shown}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_what_looking_for_every_passage_finds(
            shown in "[abc]{1,30}",
            tokens in proptest::collection::vec(
                proptest::sample::select(&["a", "b", "c", "ab", "bca", "-", " "][..]),
                0..12,
            ),
        ) {
            let letters = |from: usize, to: usize| -> String {
                tokens[from..to].concat().replace(['-', ' '], "")
            };
            let slowly = (0..tokens.len()).map(|token| {
                let from = (0..=token).find(|&from| shown.contains(&letters(from, token))).unwrap();
                let is_there = !letters(from, token).is_empty() || letters(0, token).is_empty();
                if is_there { (token - from) as u8 } else { 0 }
            });
            proptest::prop_assert_eq!(reach(&[&shown], &tokens), slowly.collect::<Vec<_>>());
        }
    }

    /// More letters than are compared at once.
    #[test]
    fn a_copy_goes_on_where_the_next_part_begins() {
        let words: Vec<String> = (0..200_000).map(|word| format!("w{word} ")).collect();
        let tokens: Vec<&str> = words.iter().map(String::as_str).collect();
        let shown = words.concat();
        assert!(shown.len() > super::AT_ONCE);
        let reach = reach(&[&shown.replace(' ', "-")], &tokens);
        assert!(
            reach
                .iter()
                .enumerate()
                .all(|(at, &reach)| usize::from(reach) == at.min(255))
        );
        let windows: Vec<Letters> = tokens
            .iter()
            .map(|token| Letters::of_tokens([token.as_bytes()].into_iter()))
            .collect();
        let mut all = Shown::default();
        all.add(&shown.as_bytes()[..1000]);
        let held = all.hold(&windows);
        let expected = tokens
            .iter()
            .map(|token| Some(shown[..1000].replace(' ', "").contains(token.trim())));
        assert_eq!(held, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_long_copy_is_followed_beyond_what_a_byte_counts() {
        let words: Vec<String> = (0..600).map(|word| format!("w{word} ")).collect();
        let tokens: Vec<&str> = words.iter().map(String::as_str).collect();
        let reach = reach(&[&words.concat().to_uppercase()], &tokens);
        let expected = (0..600).map(|token: usize| token.min(255) as u8);
        assert_eq!(reach, expected.collect::<Vec<_>>());
    }
}
