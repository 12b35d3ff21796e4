//! How much of a text stands in another, in time that grows with both and not with their product.
//!
//! The suffix automaton of the text (Blumer et al., 1985, *The smallest automaton recognizing the subwords of a text*) reads the other once.
//! A state stands for passages of the text that end at the same places; what was read to it marks how long a passage of them
//! stands, and whoever stands lets all its own ends stand, which are the states its links lead to.

use hashbrown::HashMap;

/// For each number of bytes from 0 to all of `text`, how many of them, counted from the last, stand in `other` as they are.
pub(super) fn standing(text: &[u8], other: &[u8]) -> Vec<usize> {
    let mut automaton = Automaton::of(text);
    automaton.read(other);
    automaton.ends()
}

/// No state, and no edge.
const NONE: u32 = u32::MAX;
/// The state of nothing read.
const ROOT: u32 = 0;

struct Automaton {
    states: Vec<State>,
    /// Where the edge of a state with a byte leads, of all states but the root.
    edges: HashMap<(u32, u8), u32>,
    /// The bytes of those edges, and the place of the next byte of the same state.
    bytes: Vec<(u8, u32)>,
    /// The edges of the root.
    first: [u32; 256],
    /// The state of each beginning of the text.
    beginnings: Vec<u32>,
}

struct State {
    /// Bytes of its longest passage.
    length: u32,
    /// The state of the longest end of its passages that ends elsewhere too.
    link: u32,
    /// The place of the first byte of its edges.
    bytes: u32,
    /// Bytes of the longest of its passages that was read.
    stands: u32,
}

impl Automaton {
    fn of(text: &[u8]) -> Self {
        let mut automaton = Self {
            states: Vec::with_capacity(2 * text.len() + 1),
            edges: HashMap::with_capacity(2 * text.len()),
            bytes: Vec::with_capacity(2 * text.len()),
            first: [NONE; 256],
            beginnings: Vec::with_capacity(text.len() + 1),
        };
        let mut last = automaton.state(0, NONE);
        automaton.beginnings.push(last);
        for &byte in text {
            last = automaton.extend(last, byte);
            automaton.beginnings.push(last);
        }
        automaton
    }

    fn state(&mut self, length: u32, link: u32) -> u32 {
        self.states.push(State {
            length,
            link,
            bytes: NONE,
            stands: 0,
        });
        (self.states.len() - 1) as u32
    }

    /// Adds a byte behind all that was added; `last` is the state of that.
    fn extend(&mut self, last: u32, byte: u8) -> u32 {
        let new = self.state(self.states[last as usize].length + 1, ROOT);
        let mut from = last;
        let reached = loop {
            match self.follow(from, byte) {
                Some(reached) => break reached,
                None => self.add_edge(from, byte, new),
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
        let mut at = self.states[reached as usize].bytes;
        while at != NONE {
            let (byte, next) = self.bytes[at as usize];
            if let Some(to) = self.follow(reached, byte) {
                self.add_edge(parted, byte, to);
            }
            at = next;
        }
        while from != NONE && self.follow(from, byte) == Some(reached) {
            self.turn_edge(from, byte, parted);
            from = self.states[from as usize].link;
        }
        self.states[reached as usize].link = parted;
        self.states[new as usize].link = parted;
        new
    }

    fn follow(&self, from: u32, byte: u8) -> Option<u32> {
        match from {
            ROOT => Some(self.first[usize::from(byte)]).filter(|&to| to != NONE),
            _ => self.edges.get(&(from, byte)).copied(),
        }
    }

    fn add_edge(&mut self, from: u32, byte: u8, to: u32) {
        if from != ROOT {
            let place = self.bytes.len() as u32;
            let next = std::mem::replace(&mut self.states[from as usize].bytes, place);
            self.bytes.push((byte, next));
        }
        self.turn_edge(from, byte, to);
    }

    fn turn_edge(&mut self, from: u32, byte: u8, to: u32) {
        match from {
            ROOT => self.first[usize::from(byte)] = to,
            _ => {
                self.edges.insert((from, byte), to);
            }
        }
    }

    fn read(&mut self, other: &[u8]) {
        let (mut at, mut length) = (ROOT, 0);
        for &byte in other {
            let reached = loop {
                match self.follow(at, byte) {
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
    use super::standing;
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
