//! Records that stand in lists of larger documents: spans of a batch, results of a page of a usage report.

use super::layout::Layout;
use super::row::Found;
use serde_json::Value;
use std::borrow::Cow;

/// The records of a document, each with the layout's places of its own and of what stands around it, the nearest first; nothing where
/// the document has none of the layout's lists.
pub(crate) fn records(document: &Value, layout: &Layout) -> Option<Vec<Found<'static>>> {
    let mut found = vec![];
    unfold(document, layout.lists, layout, &mut vec![], &mut found).then_some(found)
}

/// Adds the records in a value that stands where the first of `lists` is looked for. Whether any of the lists was there.
fn unfold<'v>(
    value: &'v Value,
    lists: &[&[&str]],
    layout: &Layout,
    around: &mut Vec<&'v Value>,
    found: &mut Vec<Found<'static>>,
) -> bool {
    if let Value::Array(items) = value {
        let mut is_there = false;
        for item in items {
            is_there |= unfold(item, lists, layout, around, found);
        }
        return is_there;
    }
    // Parts of a document may be stored without what stood around them.
    let list = (0..lists.len()).find_map(|at| {
        let name = lists[at].iter().find_map(|name| value.get(name))?;
        Some((name, &lists[at + 1..]))
    });
    around.push(value);
    let is_there = match list {
        Some((list, deeper)) => {
            each(list, deeper, layout, around, found);
            true
        }
        None => false,
    };
    around.pop();
    is_there
}

/// Adds the records in a list: the items themselves where no list is left to look for.
fn each<'v>(
    list: &'v Value,
    deeper: &[&[&str]],
    layout: &Layout,
    around: &mut Vec<&'v Value>,
    found: &mut Vec<Found<'static>>,
) {
    if !deeper.is_empty() {
        unfold(list, deeper, layout, around, found);
        return;
    }
    for item in list.as_array().into_iter().flatten() {
        around.push(item);
        let places = layout.places.iter().map(|(_, path)| {
            let mut levels = around.iter().rev();
            levels.find_map(|level| at(level, path)).map(Cow::Owned)
        });
        found.push(Found {
            places: places.collect(),
            ..Found::default()
        });
        around.pop();
    }
}

/// The text or number at a path: names of fields, positions in lists, and names of attributes that are a list as OTLP has them.
fn at(value: &Value, path: &[String]) -> Option<String> {
    let Some((name, rest)) = path.split_first() else {
        return match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        };
    };
    match value {
        Value::Object(fields) => at(fields.get(name)?, rest),
        Value::Array(items) => {
            let of_number = name.parse().ok().and_then(|place: usize| items.get(place));
            let of_name = || {
                let item = items.iter().find(|item| item["key"] == name.as_str())?;
                let value = &item["value"];
                let typed = value.as_object().and_then(|own| own.values().next());
                Some(typed.unwrap_or(value))
            };
            at(of_number.or_else(of_name)?, rest)
        }
        _ => None,
    }
}
