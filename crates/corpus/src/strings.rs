//! All strings of a value.

use crate::exposure::Said;
use crate::tree::Tree;
use std::sync::Arc;

/// Every string within a value, with the name it stands under.
pub(crate) fn strings(value: Tree, name: &Arc<str>, into: &mut Vec<Said>) {
    match value {
        Tree::Text(text) => into.push(Said {
            text,
            name: Arc::clone(name),
        }),
        Tree::List(items) => {
            for item in items {
                strings(item, name, into);
            }
        }
        Tree::Object(fields) => {
            for (key, value) in fields {
                strings(value, &Arc::from(&*key), into);
            }
        }
        _ => {}
    }
}
