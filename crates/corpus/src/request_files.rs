//! Files of requests.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::error::{CorpusError, Reason};
use crate::fields::Field;
use crate::formats::Format;
use crate::formats::json_array::Elements;
use crate::formats::json_object::{self, Role};
use crate::formats::jsonl::Lines;
use crate::formats::records::{Opened, RecordKind, Records, Several};
use crate::input::Input;
use crate::options::ReadOptions;
use crate::record::Source;
use crate::requests::{Asked, Requests};
use crate::stream::Stream;

impl Requests {
    /// Reads files of requests. Of `options`, the places of `id` and `prompt_tokens` and the limits count.
    ///
    /// # Errors
    /// Where a file cannot be read, a request has no id, two have one, or one has numbers that may be tokens at a place that is not named.
    pub fn read<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        options: &ReadOptions,
    ) -> Result<Self, CorpusError> {
        let options = ReadOptions {
            fields: options.fields.of_requests(),
            limits: options.limits.clone(),
            ..ReadOptions::default()
        };
        let mut requests = Self::default();
        for request in Stream::<Request>::open_all(paths, &options)? {
            let Request { source, id, asked } = request?;
            let fail = |reason| CorpusError::new(&source.file, Some(source.line), reason);
            let Some(id) = id else {
                let field = options.fields.path(Field::Id);
                return Err(fail(Reason::NoId { field }));
            };
            requests.insert(id, asked).map_err(fail)?;
        }
        Ok(requests)
    }
}

/// One request.
pub(crate) struct Request {
    source: Source,
    id: Option<String>,
    asked: Asked,
}

impl RecordKind for Request {
    const SKIPPED_IF_BAD: bool = false;

    fn open(input: Input, options: Arc<ReadOptions>) -> Result<Opened<Self>, Reason> {
        let format = Format::detect(&input.file, &input.start);
        let records: Box<dyn Records<Self>> = match format {
            Format::Json => Box::new(Elements::new(input, options)),
            Format::Jsonl => Box::new(Lines::new(input, options)),
            Format::Text | Format::Parquet | Format::Csv | Format::Tsv => {
                return Err(Reason::NotRequests);
            }
        };
        Ok((format, records))
    }

    fn from_json(
        json: &[u8],
        source: Source,
        options: &ReadOptions,
    ) -> Result<Several<Self>, Reason> {
        let found = json_object::found(json, options, Role::Request)?;
        // It was read just now: what follows looks for what strings do not say.
        let value: Value = serde_json::from_slice(json).unwrap_or_default();
        let tokens = options.fields.path(Field::PromptTokens);
        if let Some(field) = numbers(&value, "", &tokens) {
            return Err(Reason::MayBeTokens { field });
        }
        let points_elsewhere = points_elsewhere(&value);
        let (id, prompt_tokens, strings) = found.into_said();
        let says_something =
            prompt_tokens.is_some() || strings.iter().any(|field| !field.is_empty());
        // As batch services name it.
        let names = ["custom_id", "key"].iter();
        let named = names.clone().find_map(|name| value.get(name)?.as_str());
        let id = id.or_else(|| {
            named
                .filter(|_| !options.fields.maps_id())
                .map(str::to_owned)
        });
        Ok(vec![Ok(Self {
            source,
            id,
            asked: Asked::new(strings, prompt_tokens, says_something && !points_elsewhere),
        })])
    }
}

/// The path of a list of whole numbers, long enough to be tokens, that is not at the named place.
fn numbers(value: &Value, path: &str, named: &str) -> Option<String> {
    const FEW: usize = 3;
    match value {
        Value::Array(items) => {
            let is_list = items.len() > FEW && items.iter().all(Value::is_u64);
            if is_list && path != named {
                return Some(path.to_owned());
            }
            let mut items = items.iter().enumerate();
            items.find_map(|(at, item)| numbers(item, &within(path, &at.to_string()), named))
        }
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, field)| numbers(field, &within(path, name), named)),
        _ => None,
    }
}

fn within(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// Whether a request takes something that was shown from elsewhere: an earlier answer, a conversation, a file or a stored prompt.
fn points_elsewhere(value: &Value) -> bool {
    const NAMES: [&str; 8] = [
        "previous_response_id",
        "conversation",
        "conversation_id",
        "file_id",
        "file_ids",
        "file_data",
        "vector_store_ids",
        "cached_content",
    ];
    match value {
        Value::Object(fields) => fields.iter().any(|(name, field)| {
            let is_there = !field.is_null();
            let is_name = NAMES.contains(&name.as_str());
            let is_stored_prompt = name == "prompt" && field.get("id").is_some();
            is_there && (is_name || is_stored_prompt) || points_elsewhere(field)
        }),
        Value::Array(items) => items.iter().any(points_elsewhere),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{numbers, points_elsewhere};
    use serde_json::json;

    #[test]
    fn lists_of_numbers_are_found_but_at_their_place() {
        let asked = json!({"id": 1, "body": {"prompt": [5, 6, 7, 8], "stop": [1, 2], "n": 3}});
        assert_eq!(
            numbers(&asked, "", "prompt_tokens").as_deref(),
            Some("body.prompt")
        );
        assert_eq!(numbers(&asked, "", "body.prompt"), None);
        assert_eq!(
            numbers(&json!({"size": [1.5, 2.5, 3.5, 4.5]}), "", ""),
            None
        );
    }

    #[test]
    fn what_is_shown_from_elsewhere_is_noticed() {
        for (asked, elsewhere) in [
            (
                json!({"body": {"input": "go on", "previous_response_id": "r"}}),
                true,
            ),
            (
                json!({"body": {"input": "go on", "previous_response_id": null}}),
                false,
            ),
            (json!({"body": {"prompt": {"id": "pmpt_1"}}}), true),
            (
                json!({"body": {"input": [{"content": [{"file_id": "f"}]}]}}),
                true,
            ),
            (json!({"body": {"prompt": "a conversation"}}), false),
        ] {
            assert_eq!(points_elsewhere(&asked), elsewhere, "{asked}");
        }
    }
}
