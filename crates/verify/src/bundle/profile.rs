//! The profile: the plan's is the one that was committed to.

use super::read::Bundle;
use crate::check::Check;
use crate::formats::{CasePlan, Commitments};
use serde_json::{Map, Value};

pub(super) fn check(
    bundle: &Bundle<'_>,
    plan: &CasePlan,
    commitments: &Commitments,
    checks: &mut Vec<Check>,
) {
    let name = CasePlan::PROFILE;
    let committed = commitments.profile_sha256.as_ref();
    if !bundle.has(name) {
        if committed.is_some() {
            let why = format!("its file's digest was committed to, and there is no {name}");
            checks.push(Check::not_checked(
                "the plan's profile was committed to",
                why,
            ));
        }
        return;
    }
    let what = format!("{name} was committed to");
    let found = bundle.digest(name);
    checks.push(match committed {
        None => Check::not_checked(what, "the commitments name no profile"),
        Some(committed) if *committed == found => Check::holds(what),
        Some(committed) => Check::fails(what, format!("{found}; {committed} was committed to")),
    });
    let what = format!("{name} is the profile of the plan");
    let planned = plan.analysis.get("profile").and_then(Value::as_object);
    let read = bundle
        .text(name)
        .and_then(|text| toml::from_str(&text).map_err(|error| error.message().to_owned()));
    checks.push(match (read, planned) {
        (Err(error), _) => Check::fails(what, error),
        (Ok(_), None) => Check::fails(what, "the plan has none"),
        (Ok(file), Some(planned)) => match differs(file, planned) {
            None => Check::holds(what),
            Some(field) => Check::fails(what, format!("they differ in `{field}`")),
        },
    });
}

/// In which field a profile's file and a plan's profile differ, if they do. The file has sections, the plan none; `ring` is 1 where nothing
/// is said, and what people say of the scheme's checks is in the plan only.
fn differs(file: Map<String, Value>, planned: &Map<String, Value>) -> Option<String> {
    let mut flat = Map::new();
    for (name, value) in file {
        match (&name[..], value) {
            ("hallmark" | "torch", _) => {}
            (section, Value::Object(fields)) => {
                for (field, value) in fields {
                    let digest = section == "tokenizer" && field == "sha256";
                    let name = if digest {
                        "tokenizer_sha256".to_owned()
                    } else {
                        field
                    };
                    flat.insert(name, value);
                }
            }
            (_, value) => {
                flat.insert(name, value);
            }
        }
    }
    flat.entry("ring").or_insert(Value::from(1));
    let one = Value::from(1);
    let of_plan = |field: &str| match planned.get(field) {
        None if field == "ring" => Some(&one),
        found => found,
    };
    let same = |a: &Value, b: &Value| a == b || a.as_f64().is_some_and(|a| Some(a) == b.as_f64());
    let other = flat
        .iter()
        .find(|&(field, value)| !of_plan(field).is_some_and(|planned| same(planned, value)));
    let more = planned
        .keys()
        .find(|&field| field != "checked" && !flat.contains_key(field));
    other.map(|(field, _)| field).or(more).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn every_field_of_either_is_compared() {
        let file = object(json!({
            "hallmark": 1, "name": "a", "scheme": "green", "prf": "p", "window": 2,
            "tokenizer": { "vocab_size": 9, "sha256": "d" }, "green": { "gamma": 0.5, "delta": 2 },
        }));
        let plan = object(json!({
            "name": "a", "scheme": "green", "prf": "p", "window": 2, "vocab_size": 9, "tokenizer_sha256": "d", "gamma": 0.5, "delta": 2.0,
        }));
        assert_eq!(differs(file.clone(), &plan), None);
        for field in plan.keys() {
            let mut other = plan.clone();
            other.insert(field.clone(), json!("other"));
            assert_eq!(differs(file.clone(), &other).as_ref(), Some(field));
            other.remove(field);
            assert_eq!(differs(file.clone(), &other).as_ref(), Some(field));
        }
        for more in [("ring", json!(4)), ("layers", json!(3))] {
            let mut other = plan.clone();
            other.insert(more.0.to_owned(), more.1);
            assert_eq!(differs(file.clone(), &other).as_deref(), Some(more.0));
        }
    }
}
