//! How much of a text stands in others, in time that grows with all of them and not with their product: of bytes, and of tokens.
//!
//! The suffix automaton of the text (Blumer et al., 1985, *The smallest automaton recognizing the subwords of a text*) reads the other once.
//! A state stands for passages of the text that end at the same places; what was read to it marks how long a passage of them
//! stands, and whoever stands lets all its own ends stand, which are the states its links lead to.

use hashbrown::HashMap;

/// For each number of bytes from 0 to all of `text`, how many of them, counted from the last, stand in `other` as they are.
pub(crate) fn standing(text: &[u8], other: &[u8]) -> Vec<usize> {
    let mut automaton = Automaton::of(text.iter().map(|&byte| u32::from(byte)), 256);
    automaton.read(other.iter().map(|&byte| u32::from(byte)));
    automaton.ends()
}

/// The same of several texts of tokens and of pieces that are told one after another: for each text, and for each number of its tokens.
pub(crate) struct Tokens {
    automaton: Automaton,
    lengths: Vec<usize>,
    symbols: HashMap<u32, u32>,
}

/// A token that is in none of the texts.
const ELSEWHERE: u32 = 0;
/// Between texts, and in no piece.
const BETWEEN: u32 = 1;

impl Tokens {
    pub(crate) fn of(texts: &[&[u32]]) -> Self {
        let mut symbols = HashMap::new();
        let mut all = vec![];
        for text in texts {
            for &token in *text {
                let next = symbols.len() as u32 + BETWEEN + 1;
                all.push(*symbols.entry(token).or_insert(next));
            }
            all.push(BETWEEN);
        }
        let alphabet = symbols.len() + BETWEEN as usize + 1;
        Self {
            automaton: Automaton::of(all.into_iter(), alphabet),
            lengths: texts.iter().map(|text| text.len()).collect(),
            symbols,
        }
    }

    /// Reads a piece.
    pub(crate) fn read(&mut self, piece: &[u32]) {
        let symbol = |token| self.symbols.get(token).copied().unwrap_or(ELSEWHERE);
        self.automaton.read(piece.iter().map(symbol));
    }

    /// For each text and each number of its tokens, how many of them, counted from the last, stand in one of the pieces.
    pub(crate) fn ends(self) -> Vec<Vec<usize>> {
        let ends = self.automaton.ends();
        let mut ends = ends.as_slice();
        let mut all = vec![];
        for length in self.lengths {
            let (own, rest) = ends.split_at(length + 1);
            all.push(own.to_vec());
            ends = rest;
        }
        all
    }
}

/// No state, and no edge.
const NONE: u32 = u32::MAX;
/// The state of nothing read.
const ROOT: u32 = 0;

struct Automaton {
    states: Vec<State>,
    /// Where the edge of a state with a symbol leads, of all states but the root.
    edges: HashMap<(u32, u32), u32>,
    /// The symbols of those edges, and the place of the next symbol of the same state.
    symbols: Vec<(u32, u32)>,
    /// The edges of the root.
    first: Vec<u32>,
    /// The state of each beginning of the text.
    beginnings: Vec<u32>,
}

struct State {
    /// Symbols of its longest passage.
    length: u32,
    /// The state of the longest end of its passages that ends elsewhere too.
    link: u32,
    /// The place of the first symbol of its edges.
    symbols: u32,
    /// Symbols of the longest of its passages that was read.
    stands: u32,
}

impl Automaton {
    /// Of a text of symbols below `alphabet`.
    fn of(text: impl ExactSizeIterator<Item = u32>, alphabet: usize) -> Self {
        let length = text.len();
        let mut automaton = Self {
            states: Vec::with_capacity(2 * length + 1),
            edges: HashMap::with_capacity(2 * length),
            symbols: Vec::with_capacity(2 * length),
            first: vec![NONE; alphabet],
            beginnings: Vec::with_capacity(length + 1),
        };
        let mut last = automaton.state(0, NONE);
        automaton.beginnings.push(last);
        for symbol in text {
            last = automaton.extend(last, symbol);
            automaton.beginnings.push(last);
        }
        automaton
    }

    fn state(&mut self, length: u32, link: u32) -> u32 {
        self.states.push(State {
            length,
            link,
            symbols: NONE,
            stands: 0,
        });
        (self.states.len() - 1) as u32
    }

    /// Adds a symbol behind all that was added; `last` is the state of that.
    fn extend(&mut self, last: u32, symbol: u32) -> u32 {
        let new = self.state(self.states[last as usize].length + 1, ROOT);
        let mut from = last;
        let reached = loop {
            match self.follow(from, symbol) {
                Some(reached) => break reached,
                None => self.add_edge(from, symbol, new),
            }
            from = self.states[from as usize].link;
            if from == NONE {
                return new;
            }
        };
        let length = self.states[from as usize].length + 1;
        if self.states[reached as usize].length == length {
            self.states[new as usize].link = reached;
            return new;
        }
        // Passages up to this length end here too, the longer ones of the state do not: they part.
        let parted = self.state(length, self.states[reached as usize].link);
        let mut at = self.states[reached as usize].symbols;
        while at != NONE {
            let (symbol, next) = self.symbols[at as usize];
            if let Some(to) = self.follow(reached, symbol) {
                self.add_edge(parted, symbol, to);
            }
            at = next;
        }
        while from != NONE && self.follow(from, symbol) == Some(reached) {
            self.turn_edge(from, symbol, parted);
            from = self.states[from as usize].link;
        }
        self.states[reached as usize].link = parted;
        self.states[new as usize].link = parted;
        new
    }

    fn follow(&self, from: u32, symbol: u32) -> Option<u32> {
        match from {
            ROOT => Some(self.first[symbol as usize]).filter(|&to| to != NONE),
            _ => self.edges.get(&(from, symbol)).copied(),
        }
    }

    fn add_edge(&mut self, from: u32, symbol: u32, to: u32) {
        if from != ROOT {
            let place = self.symbols.len() as u32;
            let next = std::mem::replace(&mut self.states[from as usize].symbols, place);
            self.symbols.push((symbol, next));
        }
        self.turn_edge(from, symbol, to);
    }

    fn turn_edge(&mut self, from: u32, symbol: u32, to: u32) {
        match from {
            ROOT => self.first[symbol as usize] = to,
            _ => {
                self.edges.insert((from, symbol), to);
            }
        }
    }

    fn read(&mut self, other: impl Iterator<Item = u32>) {
        let (mut at, mut length) = (ROOT, 0);
        for symbol in other {
            let reached = loop {
                match self.follow(at, symbol) {
                    Some(reached) => break Some(reached),
                    None if at == ROOT => break None,
                    None => {
                        at = self.states[at as usize].link;
                        length = self.states[at as usize].length;
                    }
                }
            };
            (at, length) = reached.map_or((ROOT, 0), |reached| (reached, length + 1));
            let state = &mut self.states[at as usize];
            state.stands = state.stands.max(length);
        }
    }

    fn ends(mut self) -> Vec<usize> {
        let mut by_length: Vec<u32> = (1..self.states.len() as u32).collect();
        by_length.sort_unstable_by_key(|&state| self.states[state as usize].length);
        for &state in by_length.iter().rev() {
            let State { link, stands, .. } = self.states[state as usize];
            if stands > 0 {
                let link = &mut self.states[link as usize];
                link.stands = link.length;
            }
        }
        for state in by_length {
            let link = self.states[state as usize].link;
            let of_link = self.states[link as usize].stands;
            let state = &mut self.states[state as usize];
            state.stands = state.stands.max(of_link);
        }
        let ends = self.beginnings.iter();
        ends.map(|&state| self.states[state as usize].stands as usize)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Tokens, standing};
    use proptest::prelude::*;

    fn slowly(text: &[u8], other: &[u8]) -> Vec<usize> {
        let stands = |passage: &[u8]| {
            passage.is_empty() || other.windows(passage.len()).any(|other| other == passage)
        };
        let longest = |end: usize| (0..=end).find(|&start| stands(&text[start..end]));
        (0..=text.len())
            .map(|end| end - longest(end).unwrap())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn it_is_what_looking_everywhere_finds(
            text in prop_oneof!["[ab]{0,40}", "[a-d]{0,40}", "(abcab){0,6}[a-c]{0,9}"],
            other in prop_oneof!["[ab]{0,40}", "[a-e]{0,60}", "(abcab){0,6}[a-c]{0,9}"],
        ) {
            let (text, other) = (text.as_bytes(), other.as_bytes());
            prop_assert_eq!(standing(text, other), slowly(text, other));
        }
    }

    proptest! {
        /// Texts and pieces of tokens, each by itself: no passage goes over from one to another.
        #[test]
        fn texts_of_tokens_are_as_each_alone(
            texts in proptest::collection::vec(proptest::collection::vec(90_000_u32..90_004, 0..12), 0..5),
            pieces in proptest::collection::vec(proptest::collection::vec(90_000_u32..90_006, 0..12), 0..5),
        ) {
            let all: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
            let mut tokens = Tokens::of(&all);
            pieces.iter().for_each(|piece| tokens.read(piece));
            let stands = |passage: &[u32]| {
                passage.is_empty() || pieces.iter().any(|piece| piece.windows(passage.len()).any(|other| other == passage))
            };
            let expected: Vec<Vec<usize>> = texts.iter().map(|text| {
                let longest = |end: usize| (0..=end).find(|&start| stands(&text[start..end])).unwrap();
                (0..=text.len()).map(|end| end - longest(end)).collect()
            }).collect();
            prop_assert_eq!(tokens.ends(), expected);
        }
    }

    #[test]
    fn every_byte_has_a_place() {
        let all: Vec<u8> = (0..=255).collect();
        let twice = [&all[..], &all[..]].concat();
        assert_eq!(standing(&all, &twice), (0..=256).collect::<Vec<_>>());
        assert_eq!(standing(&twice, &all)[257], 1);
        assert_eq!(standing(b"", &all), [0]);
        assert_eq!(standing(b"ab", b""), [0, 0, 0]);
    }
}
