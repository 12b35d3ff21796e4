//! Every way in which a file is altered: each leaf of JSON and TOML, each line of text, bytes of what is binary.

use serde_json::Value;

/// A file with one thing changed, and what.
pub(crate) struct Altered {
    pub(crate) what: String,
    pub(crate) bytes: Vec<u8>,
}

/// All alterations of a file.
pub(crate) fn all(name: &str, bytes: &[u8]) -> Vec<Altered> {
    let extension = name.rsplit('.').next().unwrap_or_default();
    let text = || str::from_utf8(bytes).unwrap();
    match extension {
        "json" => {
            let value: Value = serde_json::from_str(text()).unwrap();
            each_leaf(&value, &|value| serde_json::to_vec_pretty(value).unwrap())
        }
        "jsonl" => lines_of_json(text()),
        "toml" => {
            let value: Value = toml::from_str(text()).unwrap();
            each_leaf(&value, &|value| {
                toml::to_string_pretty(value).unwrap().into_bytes()
            })
        }
        "bin" => some_bytes(bytes, bytes.len().div_ceil(97)),
        _ => some_bytes(bytes, 3),
    }
}

/// A place in a value.
pub(crate) type Place = Vec<String>;

/// Every leaf's place, lists and objects that are empty with them.
pub(crate) fn leaves(value: &Value) -> Vec<Place> {
    let mut found = vec![];
    walk(value, &mut vec![], &mut found);
    found
}

fn walk(value: &Value, at: &mut Place, found: &mut Vec<Place>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => vec![],
    };
    if children.is_empty() {
        found.push(at.clone());
    }
    for (name, child) in children {
        at.push(name);
        walk(child, at, found);
        at.pop();
    }
}

/// The value at a place.
pub(crate) fn at<'a>(value: &'a mut Value, place: &[String]) -> &'a mut Value {
    place.iter().fold(value, |value, name| match value {
        Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
        value => &mut value[&name[..]],
    })
}

/// Another value of the same kind.
pub(crate) fn other(value: &Value) -> Value {
    match value {
        Value::Bool(is) => (!is).into(),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => (whole + 1).into(),
            // Towards the accuser where it is a p-value: a bound may lie on the other side by what the documents allow.
            (None, Some(number)) => (number - 0.06 * (1.0 + number.abs())).into(),
            _ => 1.into(),
        },
        Value::String(text) if text.is_empty() => "x".into(),
        Value::String(text) => {
            let mut letters: Vec<char> = text.chars().collect();
            letters[0] = if letters[0] == 'a' { 'b' } else { 'a' };
            letters.into_iter().collect::<String>().into()
        }
        Value::Null => 0.into(),
        Value::Array(_) => Value::Array(vec!["x".into()]),
        Value::Object(_) => serde_json::json!({ "x": 1 }),
    }
}

fn each_leaf(value: &Value, write: &dyn Fn(&Value) -> Vec<u8>) -> Vec<Altered> {
    let of = |place: Place| {
        let mut altered = value.clone();
        let leaf = at(&mut altered, &place);
        *leaf = other(leaf);
        Altered {
            what: place.join("."),
            bytes: write(&altered),
        }
    };
    leaves(value).into_iter().map(of).collect()
}

fn lines_of_json(text: &str) -> Vec<Altered> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = vec![];
    for (number, line) in lines.iter().enumerate() {
        let value: Value = serde_json::from_str(line).unwrap();
        let written = |value: &Value| serde_json::to_vec(value).unwrap();
        for altered in each_leaf(&value, &written) {
            let mut other: Vec<Vec<u8>> =
                lines.iter().map(|line| line.as_bytes().to_vec()).collect();
            other[number] = altered.bytes;
            found.push(Altered {
                what: format!("line {} {}", number + 1, altered.what),
                bytes: other.join(&b'\n').into_iter().chain([b'\n']).collect(),
            });
        }
    }
    found
}

fn some_bytes(bytes: &[u8], step: usize) -> Vec<Altered> {
    let of = |at: usize| {
        let mut altered = bytes.to_vec();
        altered[at] ^= 1;
        Altered {
            what: format!("byte {at}"),
            bytes: altered,
        }
    };
    (0..bytes.len()).step_by(step.max(1)).map(of).collect()
}
