//! Adherence: in what a run differs from what was planned.

use serde_json::Value;

/// Names of the fields, with dots between levels, in which what was done differs from what was planned; neither has fields that are null.
/// Answers and the logs of their collection may come later than the plan: where it names none, any will do.
#[must_use]
pub fn differences(planned: &Value, done: &Value) -> Vec<String> {
    let mut found = vec![];
    compare("", planned, done, &mut found);
    found
}

/// What may be filled in after the plan was made.
const LATER: [&str; 2] = ["answers.files", "logs"];

fn compare(name: &str, planned: &Value, done: &Value, found: &mut Vec<String>) {
    if LATER.contains(&name) && is_empty(planned) {
        return;
    }
    let (Value::Object(planned), Value::Object(done)) = (planned, done) else {
        if planned != done {
            found.push(name.to_owned());
        }
        return;
    };
    let added = done.keys().filter(|field| !planned.contains_key(*field));
    for field in planned.keys().chain(added) {
        let nothing = &Value::Null;
        let name = match name {
            "" => field.clone(),
            _ => format!("{name}.{field}"),
        };
        let planned = planned.get(field).unwrap_or(nothing);
        compare(&name, planned, done.get(field).unwrap_or(nothing), found);
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_may_come_later_and_nothing_else_may_change() {
        let planned = json!({ "answers": { "files": [], "skip_bad": 0 }, "decoys": 4999 });
        let done =
            json!({ "answers": { "files": ["a"], "skip_bad": 0 }, "decoys": 4999, "logs": ["l"] });
        assert_eq!(differences(&planned, &done), Vec::<String>::new());
        let other =
            json!({ "answers": { "files": ["a"], "skip_bad": 1 }, "decoys": 99, "shape": true });
        assert_eq!(
            differences(&planned, &other),
            ["answers.skip_bad", "decoys", "shape"]
        );
        let named = json!({ "answers": { "files": ["b"], "skip_bad": 0 }, "decoys": 4999 });
        assert_eq!(differences(&named, &done), ["answers.files"]);
    }
}
