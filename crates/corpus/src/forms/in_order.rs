//! Passages of an answer whose words stand in what was shown in their order, with other things between: speakers' names, a second
//! column, markup.
//!
//! A local alignment: a word that stands in both counts its letters, an interruption of up to [`GAP`] words costs
//! [`INTERRUPTION`], and a passage that reaches [`ENOUGH`] was shown. Words of the answer are never passed over.

use super::fold::fold;
use super::letters::Undone;
use super::text::Char;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// Words of what was shown that may stand between two words of the answer.
const GAP: u32 = 16;
/// What an interruption costs, in letters: runs of fewer letters between interruptions are not told from chance.
const INTERRUPTION: u32 = 8;
/// Letters, less the interruptions, from which a passage counts as shown.
const ENOUGH: u32 = 32;
/// What a character counts that is a word by itself.
const IDEOGRAPH: u32 = 4;

/// Places of a word up to which an alignment may begin at it. Commoner words only go on what rarer ones began, each at its next place, so
/// that no more alignments than this are followed at once and time grows with the answer, and not with how often both repeat themselves.
const RARE: usize = 256;
/// Words by which a passage is made longer at either end.
const ENDS: usize = 255;

/// The words of texts, each with its place. Texts are further apart than any interruption reaches.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    letters: Vec<u8>,
    words: Vec<Word>,
    next: u32,
}

#[derive(Clone, Debug)]
struct Word {
    /// Where its letters end; they begin where those of the word before end.
    end: usize,
    place: u32,
    /// Its first and its last character's place in the original text.
    from: u32,
    to: u32,
    worth: u32,
}

impl Words {
    /// Adds the words of a text: runs of letters and digits, and characters of scripts that put no space between words.
    pub(super) fn add(&mut self, text: &[Char]) {
        let mut is_open = false;
        for char in text {
            let start = self.letters.len();
            fold(char.c, &mut |c| {
                self.letters
                    .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            });
            if self.letters.len() == start {
                // A combining mark does not end a word.
                is_open &= !char.c.is_whitespace() && !char.c.is_ascii() && !is_punctuation(char.c);
                continue;
            }
            let alone = is_ideograph(char.c);
            let end = self.letters.len();
            match self.words.last_mut() {
                Some(word) if is_open && !alone => {
                    word.end = end;
                    word.to = char.at;
                    word.worth += 1;
                }
                _ => {
                    self.words.push(Word {
                        end,
                        place: self.next,
                        from: char.at,
                        to: char.at,
                        worth: if alone { IDEOGRAPH } else { 1 },
                    });
                    self.next = self.next.saturating_add(1);
                }
            }
            is_open = !alone;
        }
        self.next = self.next.saturating_add(GAP + 1);
    }

    fn iter(&self) -> impl Iterator<Item = (&[u8], &Word)> {
        let starts = std::iter::once(0).chain(self.words.iter().map(|word| word.end));
        let words = self.words.iter().zip(starts);
        words.map(|(word, start)| (&self.letters[start..word.end], word))
    }

    /// The passages of answers that stand here in order, as tokens of each answer from a first to before a last; they may overlap.
    pub(super) fn passages(&self, answers: &[Undone]) -> Vec<Vec<Range<usize>>> {
        if self.words.is_empty() {
            return vec![vec![]; answers.len()];
        }
        let asked = answers.iter().map(|answer| {
            let mut asked = Words::default();
            asked.add(&answer.chars);
            asked
        });
        let asked: Vec<Words> = asked.collect();
        let words = asked.iter().flat_map(Self::iter);
        let mut places: HashMap<&[u8], Vec<u32>> = words.map(|(word, _)| (word, vec![])).collect();
        for (letters, word) in self.iter() {
            if let Some(places) = places.get_mut(letters) {
                places.push(word.place);
            }
        }
        let each = asked.iter().zip(answers);
        each.map(|(asked, answer)| passages(asked, answer, &places))
            .collect()
    }
}

/// The passages of one answer. `places`: of each of its words.
fn passages(
    asked: &Words,
    answer: &Undone,
    places: &HashMap<&[u8], Vec<u32>>,
) -> Vec<Range<usize>> {
    // By where they begin, where they end.
    let mut found: BTreeMap<Match, Match> = BTreeMap::new();
    // Alignments that end with the word before, by place.
    let (mut before, mut now): (Vec<Aligned>, Vec<Aligned>) = (vec![], vec![]);
    for (at, (letters, word)) in asked.iter().enumerate() {
        let places = &places[letters][..];
        let of_its_own = if places.len() > RARE { &[] } else { places };
        let gone_on: Vec<u32> = match places.len() > RARE {
            true => before
                .iter()
                .filter_map(|other| other.next_of(places))
                .collect(),
            false => vec![],
        };
        let mut oldest = 0;
        for &place in of_its_own.iter().chain(&gone_on) {
            if now.last().is_some_and(|other| other.place == place) {
                continue;
            }
            oldest += before[oldest..].partition_point(|other| !other.reaches(place));
            let reaching = before[oldest..].iter();
            let best = reaching
                .take_while(|other| other.place < place)
                .filter_map(|other| other.followed_at(place))
                .max_by_key(|&(worth, (first, _))| (worth, std::cmp::Reverse(first)));
            let own = (places.len() <= RARE).then_some((0, (at, place)));
            if let Some((worth, first)) = best.or(own) {
                let worth = worth + word.worth;
                now.push(Aligned {
                    place,
                    worth,
                    first,
                });
            }
        }
        // All that end here stand in the one that begins first.
        let enough = now.iter().filter(|aligned| aligned.worth >= ENOUGH);
        if let Some(longest) = enough.min_by_key(|aligned| aligned.first) {
            found.insert(longest.first, (at, longest.place));
        }
        std::mem::swap(&mut before, &mut now);
        now.clear();
    }
    let places: Vec<&[u32]> = asked.iter().map(|(word, _)| &places[word][..]).collect();
    let tokens = found.into_iter().map(|(first, last)| {
        let Range { start, end } = Passage { first, last }.with_ends(&places);
        let (first, last) = (&asked.words[start], &asked.words[end - 1]);
        answer.token_at(first.from)..answer.token_at(last.to) + 1
    });
    tokens.collect()
}

/// A word of the answer, by its number, at a place of what was shown.
type Match = (usize, u32);

/// An alignment that ends at a place of what was shown.
struct Aligned {
    place: u32,
    worth: u32,
    /// Where it begins.
    first: Match,
}

impl Aligned {
    fn reaches(&self, place: u32) -> bool {
        self.place.saturating_add(GAP + 1) >= place
    }

    /// The nearest of these places behind it, if it reaches so far.
    fn next_of(&self, places: &[u32]) -> Option<u32> {
        let next = places.partition_point(|&place| place <= self.place);
        let next = places.get(next).copied();
        next.filter(|&place| self.reaches(place))
    }

    /// What is left of it if the next word stands at this place, and where it begins.
    fn followed_at(&self, place: u32) -> Option<(u32, Match)> {
        let is_next = self.place + 1 == place;
        let cost = if is_next { 0 } else { INTERRUPTION };
        let worth = self.worth.checked_sub(cost).filter(|&worth| worth > 0)?;
        Some((worth, self.first))
    }
}

/// An alignment that is no chance.
struct Passage {
    first: Match,
    last: Match,
}

impl Passage {
    /// Its words of the answer, and those before and after them that are in reach, however short the runs between
    /// interruptions. `places`: of each word of the answer.
    fn with_ends(&self, places: &[&[u32]]) -> Range<usize> {
        let (mut first, mut place) = self.first;
        while let Some(before) = first.checked_sub(1).filter(|_| self.first.0 - first < ENDS) {
            let places = places[before];
            let nearest = places[..places.partition_point(|&other| other < place)].last();
            match nearest {
                Some(&nearest) if nearest.saturating_add(GAP + 1) >= place => {
                    (first, place) = (before, nearest);
                }
                _ => break,
            }
        }
        let (mut last, mut place) = self.last;
        while let Some(places) = places.get(last + 1).filter(|_| last - self.last.0 < ENDS) {
            match places.get(places.partition_point(|&other| other <= place)) {
                Some(&nearest) if nearest <= place.saturating_add(GAP + 1) => {
                    (last, place) = (last + 1, nearest);
                }
                _ => break,
            }
        }
        first..last + 1
    }
}

/// Characters of scripts that put no space between words: from the radicals of Chinese on, without Hangul.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Punctuation and symbols beyond ASCII that stand between words.
fn is_punctuation(c: char) -> bool {
    matches!(c, '\u{a1}'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '\u{2010}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff65}')
}

#[cfg(test)]
mod tests {
    use super::super::text::text;
    use super::*;

    /// The words of an answer that stand in what was shown, a token for each word.
    fn known(shown: &[&str], answer: &str) -> Vec<usize> {
        let mut words = Words::default();
        shown
            .iter()
            .for_each(|shown| words.add(&text(shown.as_bytes())));
        let tokens = answer.split_inclusive(' ').map(str::as_bytes);
        let passages = words.passages(&[Undone::of(tokens)]);
        let mut tokens: Vec<usize> = passages.into_iter().flatten().flatten().collect();
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    #[test]
    fn words_in_order_with_other_things_between_are_known_again() {
        let answer = "So then: the harbour lights were out before the pilot could answer them again, they say";
        for shown in [
            "anna: the harbour lights\nbertram: were out before\nclaire: the pilot could\nd.: answer them again",
            "the \\emph{harbour lights} were \\index{out}out before the [[pilot]] could answer them again",
            "the harbour lights | left column\nwere out before | is another\nthe pilot could | text\nanswer them again | here",
        ] {
            assert_eq!(
                known(&[shown], answer),
                (2..14).collect::<Vec<_>>(),
                "{shown}"
            );
        }
    }

    #[test]
    fn other_words_other_orders_and_single_words_are_not() {
        let answer = "the harbour lights were out before the pilot could answer them again";
        for shown in [
            "again them answer could pilot the before out were lights harbour the",
            "the x harbour x lights x were x out x before x the x pilot x could x answer x them x again",
            "a pilot who could answer before the lights of the harbour were out asks for them again",
        ] {
            assert_eq!(known(&[shown], answer), [0_usize; 0], "{shown}");
        }
        let apart: Vec<&str> = answer.split_inclusive("before ").collect();
        assert_eq!(known(&apart, "harbour lights were out"), [0_usize; 0]);
    }

    /// A word ten thousand times, answered ten thousand times: a hundred million pairs if each were looked at.
    #[test]
    fn repetitions_take_no_longer_than_they_are() {
        let many = "ha ".repeat(10_000);
        let shown = format!(
            "{many}the harbour lights\nx: were out before\ny: the pilot could\nz: answer them again {many}"
        );
        let answer =
            format!("{many}the harbour lights were out before the pilot could answer them again");
        let known = known(&[&shown], &answer);
        assert!(
            (10_000..10_012).all(|word| known.contains(&word)),
            "{} words",
            known.len()
        );
    }

    #[test]
    fn characters_of_scripts_without_spaces_are_words() {
        let shown = "甲：春眠不覺曉乙：處處聞啼鳥丙：夜來風雨聲";
        let answer = "春眠不覺曉處處聞啼鳥夜來風雨聲";
        assert_eq!(known(&[shown], answer), [0]);
    }
}
