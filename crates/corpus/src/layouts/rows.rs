//! The layouts, one row each: what tells it, and where its questions and answers stand.

use super::contenders::is_answered;
use super::exchange::{Exchange, exchange, has, one, take_named, whole};
use super::name::Layout;
use super::{apps, langsmith, observed, servers, spans};
use crate::tree::Tree;

/// A record read by its layout.
#[derive(Debug)]
pub(crate) struct Laid {
    pub(crate) layout: Layout,
    pub(crate) exchanges: Vec<Exchange>,
    /// The record's own id, at the layout's place.
    pub(crate) id: Option<String>,
}

impl Laid {
    /// Whether nothing stands where the layout has answers.
    pub(crate) fn is_empty(&self) -> bool {
        self.exchanges
            .iter()
            .all(|exchange| exchange.replies.is_empty())
    }
}

/// A layout: what tells it, and how it is read.
struct Row {
    layout: Layout,
    is: fn(&Tree) -> bool,
    read: fn(&mut Tree) -> Vec<Exchange>,
}

/// Told in this order.
const ROWS: [Row; 22] = [
    Row {
        layout: Layout::OpenTelemetry,
        is: spans::is,
        read: spans::read,
    },
    Row {
        layout: Layout::OpenAiBatch,
        is: |tree| {
            let answered = tree.get("response").is_some_and(Tree::is_object);
            has(tree, "custom_id") && !has(tree, "result") && (answered || has(tree, "error"))
        },
        read: |tree| {
            one(
                tree,
                &["request.body", "body"],
                &["response.body", "response"],
            )
        },
    },
    Row {
        layout: Layout::AnthropicBatch,
        is: |tree| has(tree, "custom_id") && tree.at("result.type").is_some(),
        read: |tree| one(tree, &["request.params", "params"], &["result.message"]),
    },
    Row {
        layout: Layout::BedrockBatch,
        is: |tree| {
            let ended = has(tree, "modelOutput") || has(tree, "error");
            has(tree, "recordId") && has(tree, "modelInput") && ended
        },
        read: |tree| one(tree, &["modelInput"], &["modelOutput"]),
    },
    Row {
        layout: Layout::LangSmith,
        is: langsmith::is,
        read: langsmith::read,
    },
    Row {
        layout: Layout::Langfuse,
        is: observed::is_langfuse,
        read: observed::langfuse,
    },
    Row {
        layout: Layout::LiteLlm,
        is: observed::is_litellm,
        // The request as the gateway got it stays among what was shown: it may hold more than the messages.
        read: |tree| {
            observed::empty_response(tree);
            one(tree, &["messages", "input", "prompt"], &["response"])
        },
    },
    Row {
        layout: Layout::ChatGpt,
        is: apps::is_chatgpt,
        read: apps::chatgpt,
    },
    Row {
        layout: Layout::ClaudeAi,
        is: apps::is_claude_ai,
        read: apps::claude_ai,
    },
    Row {
        layout: Layout::Bedrock,
        is: servers::has_bedrock,
        read: servers::bedrock,
    },
    Row {
        layout: Layout::Ollama,
        is: servers::has_ollama,
        read: servers::ollama,
    },
    Row {
        layout: Layout::Cohere,
        is: servers::has_cohere,
        read: servers::cohere,
    },
    Row {
        layout: Layout::VllmOffline,
        is: servers::has_vllm,
        read: servers::vllm,
    },
    Row {
        layout: Layout::OpenAiResponses,
        is: |tree| {
            let is = |tree: &Tree| {
                tree.text_at("object") == Some("response") || has_items(tree.get("output"))
            };
            is(tree) || tree.get("response").is_some_and(is)
        },
        read: |tree| {
            let nested = tree.get("response").is_some_and(Tree::is_object);
            gather(
                tree,
                nested,
                &["output", "output_text", "status", "incomplete_details"],
            )
        },
    },
    Row {
        layout: Layout::OpenAiChat,
        is: |tree| choices(tree).any(|choice| choice.get("message").is_some_and(Tree::is_object)),
        read: |tree| {
            let nested = tree.get("choices").is_none();
            gather(tree, nested, &["choices", "prompt_token_ids"])
        },
    },
    Row {
        layout: Layout::OpenAiCompletions,
        is: |tree| choices(tree).any(|choice| choice.get("text").is_some()),
        read: |tree| {
            let nested = tree.get("choices").is_none();
            gather(tree, nested, &["choices", "prompt_token_ids"])
        },
    },
    Row {
        layout: Layout::AnthropicMessages,
        is: |tree| {
            let is = |tree: &Tree| {
                let speaks = tree.text_at("role") == Some("assistant");
                let is_message = tree.text_at("type") == Some("message");
                tree.get("content").is_some_and(Tree::is_list)
                    && speaks
                    && (is_message || tree.get("stop_reason").is_some())
            };
            is(tree) || tree.get("response").is_some_and(is)
        },
        read: |tree| {
            let nested = tree.get("content").is_none();
            gather(tree, nested, &["content", "role", "stop_reason"])
        },
    },
    Row {
        layout: Layout::Gemini,
        is: |tree| {
            let inner = tree.get("response");
            let blocked = |tree: &Tree| tree.get("promptFeedback").is_some();
            let is =
                |tree: &Tree| tree.get("candidates").is_some_and(Tree::is_list) || blocked(tree);
            is(tree)
                || inner.is_some_and(is)
                || tree
                    .at("contents.0")
                    .is_some_and(|turn| turn.get("parts").is_some())
        },
        read: |tree| {
            let has_reply = tree.get("candidates").is_some() || tree.get("response").is_some();
            match has_reply {
                true => {
                    let nested = tree.get("candidates").is_none();
                    gather(tree, nested, &["candidates"])
                }
                false => {
                    let system = tree.take_all(&["systemInstruction", "system_instruction"]);
                    let turns = tree.take("contents");
                    whole(system, turns)
                }
            }
        },
    },
    Row {
        layout: Layout::ShareGpt,
        is: |tree| {
            let turns = CONVERSATIONS.iter().find_map(|name| tree.get(name));
            let mut turns = turns.map_or(&[][..], Tree::items).iter();
            turns.any(|turn| {
                has(turn, "from") && has(turn, "value") || has(turn, "role") && has(turn, "content")
            })
        },
        read: |tree| {
            let system = tree.take_all(&["system"]);
            let turns = CONVERSATIONS.iter().find_map(|name| tree.take(name));
            whole(system, turns)
        },
    },
    Row {
        layout: Layout::Alpaca,
        is: |tree| tree.text_at("instruction").is_some() && tree.text_at("output").is_some(),
        read: |tree| {
            let output = tree.text_at("output").unwrap_or_default().to_owned();
            let system = tree.take_all(&["system"]);
            let asked = tree.take_all(&["instruction", "input", "context"]);
            let mut asked = asked.map_or_else(Vec::new, |asked| texts(&asked));
            asked.splice(0..0, system);
            // The template filled in: what stands before the answer was shown.
            let template = tree.text_at("text").and_then(|text| {
                let before = text.trim_end().strip_suffix(output.trim_end())?;
                Some(Tree::Text(before.to_owned()))
            });
            if let Some(template) = template {
                tree.take("text");
                asked.push(template);
            }
            exchange(Some(Tree::List(asked)), tree.take("output"))
        },
    },
    Row {
        layout: Layout::GeneratedText,
        is: |tree| has(tree, "generated_text"),
        read: generated_text,
    },
    Row {
        layout: Layout::Completion,
        is: |tree| {
            let prompt = tree.get("prompt");
            let turns = prompt.is_some_and(|prompt| !prompt.items().is_empty());
            let completion = tree.get("completion").or_else(|| tree.get("chosen"));
            let is_answer = |answer: &Tree| answer.text().is_some() || answer.is_list();
            let is_one = prompt.is_some_and(|prompt| prompt.text().is_some() || turns)
                && completion.is_some_and(is_answer);
            is_one || several(tree).is_some()
        },
        read: |tree| {
            let reply = tree.take("completion").or_else(|| tree.take("chosen"));
            if reply.is_none()
                && let Some((asked, answers)) = several(tree)
            {
                return exchange(tree.take(asked), tree.take(answers));
            }
            exchange(tree.take("prompt"), reply)
        },
    },
];

/// The field of one prompt, and that of several answers to it, each a text.
fn several(tree: &Tree) -> Option<(&'static str, &'static str)> {
    const ASKED: [&str; 5] = ["prompt", "messages", "question", "instruction", "query"];
    const SEVERAL: [&str; 4] = ["completions", "responses", "generations", "outputs"];
    let answers = SEVERAL.into_iter().find(|name| {
        let texts = tree.get(name).map_or(&[][..], Tree::items);
        !texts.is_empty() && texts.iter().all(|text| text.text().is_some())
    })?;
    let asked = ASKED.into_iter().find(|name| has(tree, name))?;
    let is_asked = asked != "messages" || !tree.get(asked).is_some_and(is_answered);
    is_asked.then_some((asked, answers))
}

/// Fields of data sets that hold a chat.
const CONVERSATIONS: [&str; 4] = ["conversations", "conversation", "dialog", "dialogue"];

/// Reads a record by its layout: the given one, or that which it unmistakably has. What is read is taken out of the tree.
///
/// `all_turns` says whether every turn of the assistant is to be an answer.
pub(crate) fn read(tree: &mut Tree, given: Option<Layout>, all_turns: bool) -> Option<Laid> {
    let row = match given {
        Some(layout) => ROWS.iter().find(|row| row.layout == layout)?,
        None => ROWS.iter().find(|row| (row.is)(tree))?,
    };
    let id = match row.layout {
        Layout::OpenAiBatch | Layout::AnthropicBatch => tree.take("custom_id"),
        Layout::Gemini => tree.take("key"),
        Layout::BedrockBatch => tree.take("recordId"),
        _ => None,
    };
    let exchanges = match row.layout {
        Layout::ChatGpt if all_turns => apps::chatgpt_branches(tree),
        _ => (row.read)(tree),
    };
    Some(Laid {
        layout: row.layout,
        exchanges,
        id: id.and_then(|id| id.text().map(str::to_owned)),
    })
}

/// The layout that an object unmistakably has.
pub(crate) fn told(tree: &Tree) -> Option<Layout> {
    let row = ROWS.iter().find(|row| (row.is)(tree))?;
    Some(row.layout)
}

/// Whether an object is unmistakably of a layout.
pub(super) fn is_known_tree(tree: &Tree) -> bool {
    told(tree).is_some()
}

/// Whether these are items of a response.
fn has_items(output: Option<&Tree>) -> bool {
    const ITEMS: [&str; 3] = ["message", "reasoning", "function_call"];
    let mut items = output.map_or(&[][..], Tree::items).iter();
    items.any(|item| {
        item.text_at("type")
            .is_some_and(|kind| ITEMS.contains(&kind))
    })
}

/// Where responses stand in records that hold the request too.
const RESPONSES: [&str; 6] = [
    "response.body",
    "response",
    "body",
    "output",
    "completion",
    "result",
];

/// Where requests stand in them.
const REQUESTS: [&str; 9] = [
    "request.body",
    "request",
    "kwargs",
    "instructions",
    "system",
    "contents",
    "input",
    "messages",
    "prompt",
];

/// The choices of a response, wherever it stands.
fn choices(tree: &Tree) -> impl Iterator<Item = &Tree> {
    let nested = RESPONSES
        .iter()
        .find_map(|path| tree.at(path)?.get("choices"));
    let choices = tree.get("choices").or(nested);
    choices.map_or(&[][..], Tree::items).iter()
}

/// The exchange of a response that stands in a field of its own, or whose fields stand at the top.
fn gather(tree: &mut Tree, nested: bool, fields: &[&str]) -> Vec<Exchange> {
    let reply = match nested {
        true => RESPONSES.iter().find_map(|path| tree.take(path)),
        false => tree.take_all(fields),
    };
    exchange(take_named(tree, &REQUESTS), reply)
}

/// The texts of an object's fields, one turn each.
fn texts(tree: &Tree) -> Vec<Tree> {
    let texts = tree.fields().iter();
    let texts = texts.filter(|(_, text)| text.text() != Some(""));
    texts.map(|(_, text)| text.clone()).collect()
}

/// `generated_text`: the answer, behind its prompt where the pipeline left it there; or the whole chat.
fn generated_text(tree: &mut Tree) -> Vec<Exchange> {
    let prompt = ["prompt", "input", "inputs", "text"].iter();
    let prompt = prompt.clone().find_map(|name| tree.take(name));
    match tree.take("generated_text") {
        Some(Tree::List(items)) if items.iter().all(|item| item.get("role").is_some()) => {
            whole(prompt, Some(Tree::List(items)))
        }
        Some(Tree::Text(text)) => {
            let given = prompt.as_ref().and_then(Tree::text).unwrap_or_default();
            let answer = text.strip_prefix(given).unwrap_or(&text).to_owned();
            exchange(prompt, Some(Tree::Text(answer)))
        }
        reply => exchange(prompt, reply),
    }
}
