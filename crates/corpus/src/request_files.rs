//! Files of requests.

use std::path::Path;
use std::sync::Arc;

use crate::calls::lacks_a_result;
use crate::elsewhere::points_elsewhere;
use crate::error::{CorpusError, Reason};
use crate::fields::Field;
use crate::formats::Format;
use crate::formats::json_array::Elements;
use crate::formats::json_fields::{Role, found_in};
use crate::formats::json_object;
use crate::formats::jsonl::Lines;
use crate::formats::records::{Opened, RecordKind, Records, Several};
use crate::input::Input;
use crate::options::ReadOptions;
use crate::record::Source;
use crate::requests::{Asked, Requests};
use crate::spelled::SPELLED;
use crate::stream::Stream;
use crate::talk::{Message, asked};
use crate::tree::Tree;

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
        let mut tree = json_object::tree(json, options)?;
        // All of a batch in one object, as it is sent.
        if let Some(Tree::List(requests)) = tree.take("requests") {
            let each = requests.into_iter();
            return Ok(each
                .map(|tree| Self::of(tree, source.clone(), options))
                .collect());
        }
        Ok(vec![Self::of(tree, source, options)])
    }
}

impl Request {
    /// One request.
    fn of(tree: Tree, source: Source, options: &ReadOptions) -> Result<Self, Reason> {
        let tokens = options.fields.path(Field::PromptTokens);
        if let Some(field) = numbers(&tree, "", &tokens) {
            return Err(Reason::MayBeTokens { field });
        }
        let points_elsewhere = points_elsewhere(&tree) || lacks_a_result(&tree, &options.roles);
        let says_something = says_something(&tree);
        // As batch services name it.
        let mut names = ["custom_id", "key"].iter();
        let named = names.find_map(|name| tree.text_at(name));
        let named = named.filter(|_| !options.fields.maps_id());
        let named = named.map(str::to_owned);
        let found = found_in(tree, options, Role::Request)?;
        let (id, prompt_tokens, strings) = found.into_said();
        let is_whole = (prompt_tokens.is_some() || says_something) && !points_elsewhere;
        Ok(Self {
            source,
            id: id.or(named),
            asked: Asked::new(strings, prompt_tokens, is_whole),
        })
    }
}

/// Whether a request says what was asked: a turn that is no system's where it has turns, else any text beside what every request has.
fn says_something(request: &Tree) -> bool {
    const BODIES: [&str; 5] = [
        "request.body",
        "request.params",
        "body",
        "params",
        "request",
    ];
    const OTHERS: [&str; 8] = [
        SPELLED,
        "id",
        "custom_id",
        "key",
        "method",
        "url",
        "model",
        "endpoint",
    ];
    let body = BODIES.iter().find_map(|path| request.at(path));
    let body = body.unwrap_or(request);
    let turns = asked(body.clone());
    let is_turn = |turn: &&Message| turn.role.as_deref().is_some_and(|role| !role.is_empty());
    if turns.iter().any(|turn| is_turn(&turn)) {
        return turns.iter().any(Message::is_said);
    }
    let mut said = turns.iter().flat_map(|turn| &turn.strings);
    said.any(|(said, _)| !OTHERS.contains(&&*said.name) && !said.text.is_empty())
}

/// The path of a list of whole numbers, long enough to be tokens, that is not at the named place.
fn numbers(value: &Tree, path: &str, named: &str) -> Option<String> {
    const FEW: usize = 3;
    let is_whole = |item: &Tree| matches!(item, Tree::Whole(0..));
    let long = match value {
        Tree::Ids(ids) => ids.len() > FEW,
        Tree::List(items) => items.len() > FEW && items.iter().all(is_whole),
        _ => false,
    };
    if long && path != named {
        return Some(path.to_owned());
    }
    let mut items = value.items().iter().enumerate();
    let within_items =
        items.find_map(|(at, item)| numbers(item, &within(path, &at.to_string()), named));
    let mut fields = value.fields().iter();
    within_items
        .or_else(|| fields.find_map(|(name, field)| numbers(field, &within(path, name), named)))
}

fn within(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{numbers, says_something};
    use crate::tree::{Tree, parse};

    fn tree(json: &str) -> Tree {
        parse(json.as_bytes(), 9).unwrap().tree
    }

    #[test]
    fn lists_of_numbers_are_found_but_at_their_place() {
        let asked = tree(r#"{"id": 1, "body": {"prompt": [5, 6, 7, 8], "stop": [1, 2], "n": 3}}"#);
        assert_eq!(
            numbers(&asked, "", "prompt_tokens").as_deref(),
            Some("body.prompt")
        );
        assert_eq!(numbers(&asked, "", "body.prompt"), None);
        let sizes = tree(r#"{"size": [1.5, 2.5, 3.5, 4.5]}"#);
        assert_eq!(numbers(&sizes, "", ""), None);
    }

    #[test]
    fn a_request_of_a_system_text_alone_does_not_say_what_was_asked() {
        for (request, says) in [
            (
                r#"{"custom_id": "a", "body": {"model": "m", "messages": [{"role": "system", "content": "s"}]}}"#,
                false,
            ),
            (
                r#"{"custom_id": "a", "body": {"model": "m", "messages": [{"role": "user", "content": "q"}]}}"#,
                true,
            ),
            (
                r#"{"custom_id": "a", "method": "POST", "url": "/v1", "body": {"model": "m"}}"#,
                false,
            ),
            (r#"{"id": "a", "question": "q"}"#, true),
            (
                r#"{"custom_id": "a", "params": {"system": "s", "messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}]}}"#,
                true,
            ),
            (r#"{"id": "a", "prompt": "q"}"#, true),
        ] {
            assert_eq!(says_something(&tree(request)), says, "{request}");
        }
    }
}
