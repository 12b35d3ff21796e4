//! Names of fields that are texts: an index of words, scores by passage, a table by its rows. They were shown like values.

use crate::exposure::Said;
use crate::tree::Tree;
use std::sync::Arc;

/// Fields from which an object is a table and no record.
const MANY: usize = 24;
/// Bytes of the longest name that programs give.
const LONGEST: usize = 48;
/// Fields that hold what the model wrote.
const WRITTEN: [&str; 3] = ["arguments", "args", "partial_json"];

/// The names of objects whose names are texts, in their order; and words by their places, where an object says at which places each word
/// stands. No values: one of them may be the answer, and those that are not are shown without this.
pub(crate) fn names_shown(record: &Tree) -> impl Iterator<Item = Said> {
    let mut texts = vec![];
    walk(record, &mut texts);
    let name: Arc<str> = "names".into();
    texts.into_iter().map(move |text| Said {
        text,
        name: Arc::clone(&name),
    })
}

fn walk(value: &Tree, texts: &mut Vec<String>) {
    let fields = value.fields();
    if fields.len() > MANY || fields.iter().any(|(name, _)| is_text(name)) {
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        texts.push(names.join(" "));
        texts.extend(by_place(fields));
    }
    for (name, value) in fields {
        match value {
            Tree::Text(role) if name == "role" && is_text(role) => texts.push(role.clone()),
            value if !WRITTEN.contains(&name.as_str()) => walk(value, texts),
            _ => {}
        }
    }
    value.items().iter().for_each(|item| walk(item, texts));
}

fn is_text(name: &str) -> bool {
    name.len() > LONGEST || name.contains(char::is_whitespace)
}

/// The words of an index in the order of their places.
fn by_place(fields: &[(String, Tree)]) -> Option<String> {
    let mut words = vec![];
    for (word, places) in fields {
        match places {
            Tree::Ids(places) => {
                words.extend(places.iter().map(|&place| (i128::from(place), word)));
            }
            Tree::Whole(place) => words.push((*place, word)),
            _ => return None,
        }
    }
    words.sort_unstable();
    let words: Vec<&str> = words.into_iter().map(|(_, word)| word.as_str()).collect();
    Some(words.join(" "))
}
