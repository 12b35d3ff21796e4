//! Whether joining whatever makes a token is joining the pairs that the file lists.
//!
//! The reference joins two neighbours where the file lists them as a pair, the pair of the lowest rank first, from the left. The fast
//! reader joins two neighbours where what they make is what any pair makes, or any other token of the vocabulary, at the rank of the
//! first pair that makes it. Both give the same ids for every text where
//!
//! 1. the letters of a token that a pair makes, standing alone, are joined by the reference to that token, or to three parts or more;
//! 2. the last pair that it joins in making the token is the first in the list that makes it, or none that makes another stands between;
//! 3. no other token of the vocabulary with more than one letter is two that may stand side by side.
//!
//! *Proof.* Let both have joined the same so far, and let neighbours u and v make a token T that some pair makes. Nothing was joined
//! across the ends of uv, so within it the reference did what it does with the letters of T alone, in the same order: the lowest rank
//! first, from the left. Alone, each step leaves one part fewer, so two parts are left at one time at most. By 1 that time is before
//! the last pair is joined, and this pair is (u, v). So (u, v) is listed, and is the only pair that ever makes T. By 2 ranks by token
//! stand in the order of the ranks of these pairs, and equal ones are of one token, which both join from the left. By 3 nothing else
//! is joined. So both join the same next.

use hashbrown::HashMap;

use super::parts::{Merge, Model};

/// # Errors
/// What keeps the two from being the same, in words.
pub(super) fn check(model: &Model) -> Result<(), String> {
    let vocab = &model.vocab.0;
    let ids: HashMap<&str, u32> = vocab
        .iter()
        .map(|entry| (entry.token.as_str(), entry.id))
        .collect();
    let pairs = Pairs::of(model, &ids)?;
    let letters: HashMap<char, u32> = vocab
        .iter()
        .filter_map(|entry| Some((only(&entry.token)?, entry.id)))
        .collect();
    let mut symbols = vec![];
    for entry in vocab {
        let token = entry.token.as_str();
        if only(token).is_some() || token.is_empty() {
            continue;
        }
        let Some(made_by) = pairs.making.get(&entry.id) else {
            let stands = |part: &str| {
                let id = ids.get(part);
                only(part).is_some() || id.is_some_and(|id| pairs.making.contains_key(id))
            };
            let mut cuts = token.char_indices().skip(1);
            if cuts.any(|(cut, _)| stands(&token[..cut]) && stands(&token[cut..])) {
                return Err(format!("token {token:?}, which no merge makes"));
            }
            continue;
        };
        symbols.clear();
        symbols.extend(token.chars().map_while(|letter| letters.get(&letter)));
        let is_known = symbols.len() == token.chars().count();
        let last = pairs.join(&mut symbols);
        match (symbols.len(), last) {
            _ if !is_known => return Err(format!("token {token:?} of letters that are no tokens")),
            (1, Some(rank)) if !made_by.is_in_a_row_to(rank) => {
                return Err(format!("merges that make {token:?} with others between"));
            }
            (2, _) => return Err(format!("token {token:?}, whose halves no merge joins")),
            _ => {}
        }
    }
    Ok(())
}

/// The letter of a token that is one.
fn only(token: &str) -> Option<char> {
    let mut letters = token.chars();
    let letter = letters.next()?;
    letters.next().is_none().then_some(letter)
}

struct Pairs {
    /// Rank, and what a pair makes.
    ranks: HashMap<(u32, u32), (u32, u32)>,
    /// The ranks of the pairs that make a token.
    making: HashMap<u32, Ranks>,
}

/// Ascending ranks: the first, and how many stand in a row from it on.
struct Ranks {
    first: u32,
    in_a_row: u32,
}

impl Ranks {
    fn is_in_a_row_to(&self, rank: u32) -> bool {
        rank < self.first + self.in_a_row
    }
}

impl Pairs {
    fn of(model: &Model, ids: &HashMap<&str, u32>) -> Result<Self, String> {
        let mut pairs = Self {
            ranks: HashMap::new(),
            making: HashMap::new(),
        };
        let merges = model.merges.iter().flatten();
        let listed = merges.filter_map(|merge| match merge {
            Merge::Pair(first, second) => Some((first.as_str(), second.as_str())),
            Merge::Heading => None,
        });
        let mut token = String::new();
        for (rank, (first, second)) in (0..).zip(listed) {
            token.clear();
            token.extend([first, second]);
            let id = |token: &str| ids.get(token).copied();
            let (Some(pair), Some(made)) = (id(first).zip(id(second)), id(&token)) else {
                return Err(format!(
                    "a merge of {token:?}, which is not in the vocabulary"
                ));
            };
            if pairs.ranks.insert(pair, (rank, made)).is_some() {
                return Err(format!("the merge of {first:?} and {second:?} twice"));
            }
            let making = pairs.making.entry(made).or_insert(Ranks {
                first: rank,
                in_a_row: 0,
            });
            if rank == making.first + making.in_a_row {
                making.in_a_row += 1;
            }
        }
        match pairs.ranks.is_empty() {
            true => Err("no merges".to_owned()),
            false => Ok(pairs),
        }
    }

    /// Joins as the reference does; the rank of the last pair that was joined.
    fn join(&self, symbols: &mut Vec<u32>) -> Option<u32> {
        let mut last = None;
        loop {
            let neighbours = symbols.windows(2).enumerate();
            let listed = neighbours.filter_map(|(at, pair)| {
                let &(rank, made) = self.ranks.get(&(pair[0], pair[1]))?;
                Some((rank, at, made))
            });
            let Some((rank, at, made)) = listed.min() else {
                return last;
            };
            symbols[at] = made;
            symbols.remove(at + 1);
            last = Some(rank);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tokenizer::engine::Engine;
    use crate::tokenizer::parts::{Model, Parts};
    use crate::tokenizer::reference::Reference;

    fn checked(vocab: &[&str], merges: &[&str]) -> Result<(), String> {
        let ids = vocab.iter().zip(0..).map(|(token, id)| (*token, id));
        let model = serde_json::json!({
            "type": "BPE", "vocab": ids.collect::<std::collections::BTreeMap<&str, u32>>(),
            "merges": merges,
        });
        check(&serde_json::from_value::<Model>(model).unwrap())
    }

    #[test]
    fn each_condition_is_checked() {
        let abc = ["a", "b", "c", "ab", "bc", "abc"];
        assert_eq!(checked(&abc, &["a b", "b c", "ab c"]), Ok(()));
        let every = ["a b", "b c", "a bc", "ab c"];
        assert_eq!(checked(&abc, &every), Ok(()));
        for (vocab, merges, why) in [
            // `abc` alone is cut `ab`, `c`.
            (&abc[..], &["a b", "b c", "a bc"][..], "whose halves"),
            (&abc, &["a b", "a bc", "b c", "ab c"], "others between"),
            (&abc, &["a b", "ab c"], "\"bc\", which no merge makes"),
            (&["a", "b", "xy"], &["a b"], "not in the vocabulary"),
            (&["a", "b", "ab"], &["a b", "a b"], "twice"),
            (&["a", "b"], &[], "no merges"),
        ] {
            let found = checked(vocab, merges).unwrap_err();
            assert!(found.contains(why), "{found}");
        }
        assert_eq!(checked(&["a", "b", "ab", "<s>"], &["a b"]), Ok(()));
        // `abcd` alone is cut `a`, `bc`, `d`.
        let abcd = ["a", "b", "c", "d", "bc", "ab", "cd", "abcd"];
        assert_eq!(checked(&abcd, &["b c", "a b", "c d", "ab cd"]), Ok(()));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
        /// Merges at random, of which many are of no trained vocabulary.
        #[test]
        fn what_the_fast_reader_is_given_it_reads_as_the_reference_does(
            chosen in proptest::collection::vec((0..16_usize, 0..16_usize), 3..14),
            other in "[abc]{3}",
            texts in proptest::collection::vec("[abc ]{1,14}", 40),
            prepends in proptest::bool::ANY,
        ) {
            let mut tokens: Vec<String> = ["a", "b", "c", "\u{2581}"].map(str::to_owned).into();
            let mut merges: Vec<[String; 2]> = vec![];
            for (first, second) in chosen {
                let pair = [first, second].map(|at| tokens[at % tokens.len()].clone());
                let made = pair.concat();
                if made.chars().count() < 8 && !merges.contains(&pair) {
                    merges.push(pair);
                    if !tokens.contains(&made) {
                        tokens.push(made);
                    }
                }
            }
            if !tokens.contains(&other) {
                tokens.push(other);
            }
            let bytes = (0..=255).map(|byte| format!("<0x{byte:02X}>"));
            let all = std::iter::once("<unk>".to_owned()).chain(bytes).chain(tokens);
            let vocab: std::collections::BTreeMap<String, u32> = all.zip(0..).collect();
            let replace = serde_json::json!({"type": "Replace", "pattern": {"String": " "}, "content": "\u{2581}"});
            let prepend = serde_json::json!({"type": "Prepend", "prepend": "\u{2581}"});
            let steps = if prepends { vec![prepend, replace] } else { vec![replace] };
            let file = serde_json::json!({
                "normalizer": {"type": "Sequence", "normalizers": steps},
                "model": {
                    "type": "BPE", "vocab": vocab, "merges": merges,
                    "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
                },
            });
            let file = serde_json::to_vec(&file).unwrap();
            let parts = Parts::of(&file).unwrap();
            let engine = Engine::open(&parts).unwrap();
            let reference = Reference::read(&parts.json(&[]).unwrap(), &parts.decoder).unwrap();
            for text in texts {
                proptest::prop_assert_eq!(
                    engine.encode(&text).unwrap(),
                    reference.encode(&text).unwrap(),
                    "{}", text
                );
            }
        }
    }

    /// As in Mistral's first vocabularies, whose runs of blanks are all of one score.
    #[test]
    fn runs_of_blanks_of_one_score_are_for_the_reference() {
        let runs = [
            "\u{2581}",
            "\u{2581}\u{2581}",
            "\u{2581}\u{2581}\u{2581}",
            "\u{2581}\u{2581}\u{2581}\u{2581}",
        ];
        let joined =
            |first: usize, second: usize| format!("{} {}", runs[first - 1], runs[second - 1]);
        let by_length = [joined(1, 1), joined(2, 1), joined(2, 2), joined(1, 2)];
        let by_length: Vec<&str> = by_length.iter().map(String::as_str).collect();
        assert_eq!(checked(&runs, &by_length), Ok(()));
        let shuffled = [
            joined(2, 1),
            joined(2, 2),
            joined(1, 2),
            joined(3, 1),
            joined(1, 1),
        ];
        let shuffled: Vec<&str> = shuffled.iter().map(String::as_str).collect();
        let why = checked(&runs, &shuffled).unwrap_err();
        assert!(why.contains("with others between"), "{why}");
    }
}
