//! A JSON object to a record of log-probabilities.

use serde_json::{Map, Value};

use super::spelling::{self, Spelling, of_name, spelling};
use super::{LogprobRecord, Positions};
use crate::error::{Reason, TokenFault};
use crate::formats::json_object;
use crate::options::ReadOptions;
use crate::piece::Piece;
use crate::record::Source;
use crate::tokens;

/// Reads one line.
pub(super) fn record(
    line: &[u8],
    source: Source,
    options: &ReadOptions,
) -> Result<LogprobRecord, Reason> {
    let value: Value = serde_json::from_slice(line).map_err(|error| Reason::Json {
        why: error.to_string(),
        column: error.column(),
    })?;
    let Value::Object(fields) = value else {
        return Err(Reason::NotAnObject {
            found: kind(&value),
        });
    };
    let vocabulary = options.vocab_size;
    let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
    if let Some(tokens) = given("context_tokens") {
        let positions = Positions::Context {
            tokens: ids(tokens, "context_tokens", vocabulary)?,
            top: pairs(required(&fields, "top")?, "top", vocabulary)?,
        };
        return Ok(LogprobRecord {
            source,
            exposure: vec![],
            exposure_known: true,
            positions,
        });
    }
    // Beside the answer, or where services put them.
    let places = [
        "/choices/0/logprobs",
        "/response/choices/0/logprobs",
        "/response/body/choices/0/logprobs",
    ];
    let nested = || places.iter().find_map(|place| value_at(&fields, place));
    let (by_id, by_string) = (given("top_logprobs"), given("logprobs").or_else(nested));
    if by_id.is_none() && by_string.is_none() {
        return Err(Reason::NoLayout {
            found: format!(
                "{}; log-probabilities stand in `context_tokens` and `top`, `tokens` and `top_logprobs`, or `logprobs`",
                names(&fields)
            ),
            hint: None,
        });
    }
    // What was shown is read by the same rules as of any answer.
    let mut answers = json_object::records(line, &source, options)?;
    let answer = answers.pop().ok_or(Reason::NoLayout {
        found: names(&fields),
        hint: None,
    })??;
    let positions = match (by_id, by_string) {
        (Some(tops), _) => with_ids(answer.body, tops, vocabulary)?,
        (None, Some(strings)) if is_without(strings) => Positions::Without,
        (None, strings) => {
            let read = with_strings(strings.unwrap_or(&Value::Null))?;
            spelled(read, answer.body.text(), options)?
        }
    };
    Ok(LogprobRecord {
        source,
        exposure: answer.exposure,
        exposure_known: answer.exposure_known,
        positions,
    })
}

/// `top_logprobs` beside the tokens of an answer or document.
fn with_ids(body: Piece, tops: &Value, vocabulary: Option<u32>) -> Result<Positions, Reason> {
    let (Piece::Tokens(tokens) | Piece::Both { tokens, .. }) = body else {
        let expected = "a list of token ids beside `top_logprobs`";
        return Err(wrong("tokens", "missing", expected));
    };
    let name = "top_logprobs";
    let tops = each(tops, name, |top| pairs(top, name, vocabulary))?;
    same_length(tokens.len(), tops.len(), name)?;
    Ok(Positions::Tokens { tokens, tops })
}

/// `logprobs` of a chat or of a completion.
fn with_strings(logprobs: &Value) -> Result<Positions, Reason> {
    let (tokens, tops): (Vec<String>, Vec<Vec<(String, f64)>>) = match logprobs.get("content") {
        Some(content) => each(content, "logprobs.content", said)?.into_iter().unzip(),
        None => {
            let field = |name: &str| logprobs.get(name).unwrap_or(&Value::Null);
            let tokens = each(field("tokens"), "logprobs.tokens", |token| {
                string(token, "logprobs.tokens")
            })?;
            let tops = each(field("top_logprobs"), "logprobs.top_logprobs", by_name)?;
            same_length(tokens.len(), tops.len(), "logprobs.top_logprobs")?;
            (tokens, tops)
        }
    };
    Ok(Positions::Text { tokens, tops })
}

/// A value of a record.
fn value_at<'a>(fields: &'a Map<String, Value>, place: &str) -> Option<&'a Value> {
    let (first, rest) = place.strip_prefix('/')?.split_once('/')?;
    let value = fields.get(first)?.pointer(&format!("/{rest}"));
    value.filter(|value| !value.is_null())
}

/// Whether log-probabilities are those of an answer that has none: a refusal, or nothing at all.
fn is_without(logprobs: &Value) -> bool {
    let is_empty = |name: &str| {
        let list = logprobs.get(name);
        list.is_none_or(|list| list.is_null() || list.as_array().is_some_and(Vec::is_empty))
    };
    logprobs.is_object() && is_empty("content") && is_empty("tokens")
}

/// Strings as text, in whatever alphabet they are, if they spell the answer.
fn spelled(
    positions: Positions,
    answer: Option<&str>,
    options: &ReadOptions,
) -> Result<Positions, Reason> {
    let (Positions::Text { tokens, tops }, Some(answer)) = (&positions, answer) else {
        return Ok(positions);
    };
    let unspelled = |are_ids| Positions::Unspelled {
        positions: tokens.len() as u64,
        are_ids,
    };
    Ok(match spelling(tokens.iter().map(String::as_str), answer) {
        Spelling::Text => positions,
        Spelling::ByteNames => Positions::Text {
            tokens: tokens.iter().map(|token| of_name(token)).collect(),
            tops: tops
                .iter()
                .map(|top| {
                    top.iter()
                        .map(|(token, logprob)| (of_name(token), *logprob))
                        .collect()
                })
                .collect(),
        },
        Spelling::Ids if options.ids => {
            let check = |(index, token): (usize, &String)| {
                let id = spelling::id(token).unwrap_or(u32::MAX);
                let checked = tokens::token(id.into(), options.vocab_size);
                checked.map_err(|why| Reason::Token {
                    field: "logprobs".to_owned(),
                    index,
                    found: token.clone(),
                    why,
                })
            };
            let ids: Result<Vec<u32>, Reason> = tokens.iter().enumerate().map(check).collect();
            let top = |top: &Vec<(String, f64)>| {
                let named = top
                    .iter()
                    .filter_map(|(token, logprob)| Some((spelling::id(token)?, *logprob)));
                let is_known = |id: u32| options.vocab_size.is_none_or(|size| id < size);
                named.filter(|(id, _)| is_known(*id)).collect()
            };
            Positions::Tokens {
                tokens: ids?,
                tops: tops.iter().map(top).collect(),
            }
        }
        Spelling::Ids => unspelled(true),
        Spelling::Unknown => unspelled(false),
    })
}

/// `{token, logprob, top_logprobs: [{token, logprob}]}`; the token itself need not be among the top ones.
fn said(entry: &Value) -> Result<(String, Vec<(String, f64)>), Reason> {
    let pair = |entry: &Value| {
        let name = "logprobs.content.token";
        let token = string(entry.get("token").unwrap_or(&Value::Null), name)?;
        let logprob = number(
            entry.get("logprob").unwrap_or(&Value::Null),
            "logprobs.content.logprob",
        )?;
        Ok((token, logprob))
    };
    let own = pair(entry)?;
    let mut top = match entry.get("top_logprobs") {
        None | Some(Value::Null) => vec![],
        Some(top) => each(top, "logprobs.content.top_logprobs", pair)?,
    };
    if top.iter().all(|(token, _)| *token != own.0) {
        top.push(own.clone());
    }
    Ok((own.0, top))
}

/// `{token: logprob}` or null.
fn by_name(top: &Value) -> Result<Vec<(String, f64)>, Reason> {
    let name = "logprobs.top_logprobs";
    match top {
        Value::Null => Ok(vec![]),
        Value::Object(top) => top
            .iter()
            .map(|(token, logprob)| Ok((token.clone(), number(logprob, name)?)))
            .collect(),
        other => Err(wrong(
            name,
            kind(other),
            "an object of tokens and logarithms",
        )),
    }
}

/// `[[id, logprob], …]`, or `[{id, logprob}, …]` as in columns, or null.
fn pairs(top: &Value, name: &str, vocabulary: Option<u32>) -> Result<Vec<(u32, f64)>, Reason> {
    if top.is_null() {
        return Ok(vec![]);
    }
    each(top, name, |pair| {
        let (token, logprob) = match pair {
            Value::Array(pair) if pair.len() == 2 => (&pair[0], &pair[1]),
            Value::Object(pair) if pair.contains_key("id") && pair.contains_key("logprob") => {
                (&pair["id"], &pair["logprob"])
            }
            _ => {
                let expected = "pairs of a token id and a logarithm";
                return Err(wrong(name, kind(pair), expected));
            }
        };
        Ok((id(token, 0, name, vocabulary)?, number(logprob, name)?))
    })
}

fn ids(list: &Value, name: &str, vocabulary: Option<u32>) -> Result<Vec<u32>, Reason> {
    let mut index = 0;
    each(list, name, |token| {
        index += 1;
        id(token, index - 1, name, vocabulary)
    })
}

fn id(token: &Value, index: usize, name: &str, vocabulary: Option<u32>) -> Result<u32, Reason> {
    let fault = |why| Reason::Token {
        field: name.to_owned(),
        index,
        found: token.to_string(),
        why,
    };
    let value = token.as_u64().ok_or_else(|| fault(TokenFault::NotAnId))?;
    tokens::token(value.into(), vocabulary).map_err(fault)
}

fn each<T>(
    list: &Value,
    name: &str,
    read: impl FnMut(&Value) -> Result<T, Reason>,
) -> Result<Vec<T>, Reason> {
    match list {
        Value::Array(list) => list.iter().map(read).collect(),
        other => Err(wrong(name, kind(other), "a list")),
    }
}

fn string(value: &Value, name: &str) -> Result<String, Reason> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(wrong(name, kind(other), "a string")),
    }
}

fn number(value: &Value, name: &str) -> Result<f64, Reason> {
    value
        .as_f64()
        .ok_or_else(|| wrong(name, kind(value), "a number"))
}

fn required<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a Value, Reason> {
    fields
        .get(name)
        .ok_or_else(|| wrong(name, "missing", "a list"))
}

fn same_length(tokens: usize, tops: usize, name: &str) -> Result<(), Reason> {
    if tokens == tops {
        return Ok(());
    }
    Err(Reason::Kind {
        field: name.to_owned(),
        found: format!("{tops} entries long"),
        expected: "one entry for each token",
    })
}

fn wrong(field: &str, found: &str, expected: &'static str) -> Reason {
    Reason::Kind {
        field: field.to_owned(),
        found: found.to_owned(),
        expected,
    }
}

fn names(fields: &Map<String, Value>) -> String {
    let names: Vec<String> = fields
        .keys()
        .take(8)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len() {
        0 => "it has no field".to_owned(),
        _ => format!("it has {}", names.join(", ")),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
