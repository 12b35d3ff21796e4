//! Bytes to a tree: valid JSON, and not too deep.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::halves::without_halves;
use super::value::Tree;
use crate::error::Reason;
use crate::limits::LimitKind;

/// A tree, and what was the matter with its bytes.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) tree: Tree,
    /// Whether half characters were read as U+FFFD: lone surrogates, or bytes that are no UTF-8.
    pub(crate) has_halves: bool,
    /// Good bytes before the first that are no UTF-8.
    pub(crate) utf8_up_to: Option<usize>,
}

/// Reads one value, of at most that many levels of lists and objects.
pub(crate) fn parse(bytes: &[u8], levels: u32) -> Result<Parsed, Reason> {
    let utf8_up_to = str::from_utf8(bytes).err().map(|e| e.valid_up_to());
    let json = String::from_utf8_lossy(bytes);
    let (tree, has_halves) = match tree(&json, levels) {
        Err(Reason::Json { .. }) if let Some(whole) = without_halves(&json) => {
            (tree(&whole, levels)?, true)
        }
        // What is no JSON in other respects has bytes of another encoding for its first fault.
        Err(Reason::Json { .. }) if let Some(at) = utf8_up_to => return Err(Reason::Utf8 { at }),
        read => (read?, utf8_up_to.is_some()),
    };
    Ok(Parsed {
        tree,
        has_halves,
        utf8_up_to,
    })
}

/// The list or object that a text holds as JSON, as exports put them into columns and attributes.
pub(crate) fn embedded(text: &str, levels: u32) -> Option<Tree> {
    if !text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    parse(text.as_bytes(), levels).ok().map(|read| read.tree)
}

fn tree(json: &str, levels: u32) -> Result<Tree, Reason> {
    let too_deep = Cell::new(false);
    let mut parser = serde_json::Deserializer::from_str(json);
    let value = Value {
        levels,
        too_deep: &too_deep,
    };
    let read = value
        .deserialize(&mut parser)
        .and_then(|tree| parser.end().map(|()| tree));
    read.map_err(|error| match too_deep.get() {
        true => Reason::OverLimit {
            limit: LimitKind::Nesting,
            value: levels.into(),
        },
        false => syntax(json, &error),
    })
}

/// Parser messages end with a position in the record; ours names the byte apart.
fn syntax(json: &str, error: &serde_json::Error) -> Reason {
    let message = error.to_string();
    let why = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(why, _)| why);
    let lines = json.split_inclusive('\n').take(error.line().max(1) - 1);
    let before: usize = lines.map(str::len).sum();
    let at = (before + error.column()).saturating_sub(1).min(json.len());
    let why = named(json.as_bytes(), at).unwrap_or(why);
    Reason::Json {
        why: why.to_owned(),
        column: error.column(),
    }
}

/// What stands where the parser stopped, if it is one of the usual things that are no JSON.
fn named(json: &[u8], at: usize) -> Option<&'static str> {
    let from = |at: usize| json.get(at..).unwrap_or_default();
    let stands = |word: &[u8]| (0..=2).any(|back| from(at.saturating_sub(back)).starts_with(word));
    [
        (&b"NaN"[..], "NaN is no JSON value; null is"),
        (b"Infinity", "Infinity is no JSON value; null is"),
        (b"\r{", "a carriage return alone ends no line"),
        (b"None", "None is Python's, not JSON's; null is"),
        (b"True", "True is Python's, not JSON's; true is"),
        (b"False", "False is Python's, not JSON's; false is"),
    ]
    .into_iter()
    .find_map(|(word, why)| stands(word).then_some(why))
}

struct Value<'a> {
    levels: u32,
    too_deep: &'a Cell<bool>,
}

impl Value<'_> {
    /// A value within this one.
    fn inside<E: Error>(&self) -> Result<Self, E> {
        match self.levels.checked_sub(1) {
            Some(levels) => Ok(Self { levels, ..*self }),
            None => {
                self.too_deep.set(true);
                Err(E::custom(""))
            }
        }
    }
}

impl Clone for Value<'_> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Tree;
    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Tree, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Tree, M::Error> {
        let inside = self.inside()?;
        let mut fields = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            fields.push((name, map.next_value_seed(inside.clone())?));
        }
        Ok(Tree::Object(fields))
    }

    fn visit_seq<L: SeqAccess<'de>>(self, mut list: L) -> Result<Tree, L::Error> {
        let inside = self.inside()?;
        let mut ids: Vec<u32> = Vec::new();
        let mut items: Option<Vec<Tree>> = None;
        while let Some(item) = list.next_element_seed(inside.clone())? {
            let id = match (&items, &item) {
                (None, Tree::Whole(number)) => u32::try_from(*number).ok(),
                _ => None,
            };
            match id {
                Some(id) => ids.push(id),
                None => items
                    .get_or_insert_with(|| {
                        let ids = std::mem::take(&mut ids).into_iter();
                        ids.map(|id| Tree::Whole(id.into())).collect()
                    })
                    .push(item),
            }
        }
        Ok(match items {
            Some(items) => Tree::List(items),
            None if ids.is_empty() => Tree::List(vec![]),
            None => Tree::Ids(ids),
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Whole(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Whole(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Tree, E> {
        Ok(Tree::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_doubled_names_are_kept() {
        let tree = parse(br#"{"b": 1, "a": [1, -2], "b": [3]}"#, 3)
            .unwrap()
            .tree;
        let names: Vec<_> = tree
            .fields()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["b", "a", "b"]);
        assert_eq!(tree.at("a.1"), Some(&Tree::Whole(-2)));
    }

    #[test]
    fn what_is_no_json_is_named() {
        let why = |json: &[u8]| match parse(json, 9) {
            Err(Reason::Json { why, .. }) => why,
            other => panic!("{other:?}"),
        };
        assert!(why(br#"{"a": NaN}"#).starts_with("NaN is no JSON value"));
        assert!(why(br#"{"a": -Infinity}"#).starts_with("Infinity is no JSON value"));
        assert!(why(b"{\"a\": 1}\r{\"a\": 2}").starts_with("a carriage return alone"));
        assert!(why(br#"{"a": None}"#).starts_with("None is Python's"));
    }

    #[test]
    fn half_characters_are_read_as_such_and_noticed() {
        let read = parse(
            br#"{"a": "x\ud83d y\ud83e\udd8a \udcb2", "b": "\\ud83d"}"#,
            9,
        )
        .unwrap();
        assert!(read.has_halves && read.utf8_up_to.is_none());
        assert_eq!(read.tree.text_at("a"), Some("x\u{fffd} y🦊 \u{fffd}"));
        assert_eq!(read.tree.text_at("b"), Some("\\ud83d"));
        let read = parse(b"{\"a\": \"caf\xe9\"}", 9).unwrap();
        assert_eq!((read.has_halves, read.utf8_up_to), (true, Some(10)));
        assert!(!parse(br#"{"a": "\ufffd"}"#, 9).unwrap().has_halves);
        assert!(parse(br#"{"a": "\u12"}"#, 9).is_err());
    }

    #[test]
    fn values_are_found_and_taken_by_path() {
        let json = br#"{"a": [{"b": "c"}], "n": null, "d": {"e": [1, 2], "f": "g"}}"#;
        let mut tree = parse(json, 9).unwrap().tree;
        assert_eq!(tree.text_at("a.0.b"), Some("c"));
        assert_eq!(tree.at("n"), None);
        assert_eq!(tree.at("a.1.b"), None);
        assert_eq!(tree.take("d.e"), Some(Tree::Ids(vec![1, 2])));
        assert_eq!(tree.take("d.e"), None);
        let taken = tree.take_all(&["a", "n", "x"]).unwrap();
        assert_eq!(taken.fields().len(), 1);
    }
}
