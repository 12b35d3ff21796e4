//! The answer in a response's body, in each dialect.

use crate::api::Api;
use crate::fault::Fault;
use crate::shape::Shape;
use serde_json::{Value, json};

/// An answer, as a response holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Its text; empty where the response has a turn without text.
    pub text: String,
    /// What the model wrote before it, where the endpoint shows that.
    pub reasoning: Option<String>,
    /// Why it ended, in the endpoint's own word.
    pub finish_reason: Option<String>,
    /// Which model answered, as the endpoint says.
    pub model: Option<String>,
    /// Which configuration of it, as the endpoint says.
    pub system_fingerprint: Option<String>,
    /// The ids of what was shown, as the endpoint cut it.
    pub prompt_tokens: Option<Vec<u32>>,
    /// The ids of the answer.
    pub tokens: Option<Vec<u32>>,
    /// The log-probabilities, as the endpoint laid them out.
    pub logprobs: Option<Value>,
}

/// Why a response holds no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum NoAnswer {
    /// It holds an error instead, whatever its status.
    Fault(Fault),
    /// It is no answer of any dialect: every request may bring the same.
    Shape(Shape),
    /// It is broken: another attempt may bring a whole one.
    Broken(String),
    /// It is whole, and not of this dialect: another attempt would bring the same.
    Other(String),
}

impl Answer {
    /// Whether it ended because it was as long as it might be.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        let cut = [
            "length",
            "max_tokens",
            "max_output_tokens",
            "model_length",
            "model_context_window_exceeded",
        ];
        self.ended(&cut)
    }

    /// Whether the endpoint says that it refused, or filtered the answer.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.ended(&[
            "content_filter",
            "refusal",
            "safety",
            "recitation",
            "blocklist",
            "prohibited_content",
        ])
    }

    fn ended(&self, reasons: &[&str]) -> bool {
        let own = self.finish_reason.as_deref().unwrap_or_default();
        reasons
            .iter()
            .any(|reason| own.eq_ignore_ascii_case(reason))
    }
}

impl Api {
    /// The answer in a response's body.
    ///
    /// # Errors
    /// When there is none, with a reason.
    pub fn answer(self, body: &str) -> Result<Answer, NoAnswer> {
        let response: Value =
            serde_json::from_str(body).map_err(|error| match Shape::of(body) {
                Some(shape) => NoAnswer::Shape(shape),
                None => NoAnswer::Broken(format!("the response is no JSON: {error}")),
            })?;
        if let Some(fault) = Fault::of(&response) {
            return Err(NoAnswer::Fault(fault));
        }
        let answer = match self {
            Self::Chat | Self::Azure | Self::Vllm => chat(&response, true),
            Self::Completions | Self::VllmCompletions => chat(&response, false),
            Self::Responses => items(&response),
            Self::Anthropic => blocks(&response),
            Self::Sglang => generated(&response),
        }?;
        let place = || {
            NoAnswer::Other(format!(
                "the response has no text where `{}` puts it",
                self.name()
            ))
        };
        let mut answer = answer.ok_or_else(place)?;
        answer.model = answer.model.or_else(|| text(&response, "model"));
        answer.system_fingerprint = text(&response, "system_fingerprint");
        Ok(answer)
    }

    /// What a request shows, as [`Shown`](crate::prompts::Shown) lays it out: turns, or a text.
    pub(crate) fn asked(self, request: &Value) -> Value {
        match self {
            Self::Chat | Self::Azure | Self::Vllm => request["messages"].clone(),
            Self::Completions | Self::VllmCompletions => request["prompt"].clone(),
            Self::Responses => request["input"].clone(),
            Self::Sglang => request["text"].clone(),
            Self::Anthropic => {
                let system = request
                    .get("system")
                    .map(|text| json!({"role": "system", "content": text}));
                let turns = request["messages"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .cloned();
                system.into_iter().chain(turns).collect()
            }
        }
    }
}

type Found = Result<Option<Answer>, NoAnswer>;

/// `choices[0]`, of a chat or of a completion.
fn chat(response: &Value, is_chat: bool) -> Found {
    let Some(choice) = response["choices"].get(0) else {
        return Err(NoAnswer::Shape(Shape::NoChoices));
    };
    if let Some(fault) = Fault::of(choice) {
        return Err(NoAnswer::Fault(fault));
    }
    let finish_reason = text(choice, "finish_reason");
    if finish_reason.as_deref() == Some("error") {
        return Err(NoAnswer::Broken(
            "the answer broke off: its finish_reason is `error`".to_owned(),
        ));
    }
    let message = &choice["message"];
    let said = match is_chat {
        true => Said::of(&message["content"]),
        false => choice["text"].as_str().map(Said::plain),
    };
    // A refusal or a tool call: a turn, but no text.
    let silent =
        || (is_chat && message.is_object() && message["content"].is_null()).then(Said::default);
    let Some(said) = said.or_else(silent) else {
        return Ok(None);
    };
    let has_refusal = message["refusal"]
        .as_str()
        .is_some_and(|refusal| !refusal.is_empty());
    let given = ["reasoning_content", "reasoning"]
        .iter()
        .find_map(|name| text(message, name));
    let ids = |place: &Value, names: &[&str]| names.iter().find_map(|name| ids(&place[*name]));
    Ok(Some(Answer {
        reasoning: given.or(said.reasoning),
        finish_reason: match has_refusal && said.text.is_empty() {
            true => Some("refusal".to_owned()),
            false => finish_reason,
        },
        text: said.text,
        model: None,
        system_fingerprint: None,
        prompt_tokens: ids(choice, &["prompt_token_ids"])
            .or_else(|| ids(response, &["prompt_token_ids"])),
        tokens: ids(choice, &["token_ids"]).or_else(|| spelt(&choice["logprobs"])),
        logprobs: kept(&choice["logprobs"]),
    }))
}

/// The items of `output`: reasoning, then a message of parts.
fn items(response: &Value) -> Found {
    let Some(output) = response["output"].as_array() else {
        return Ok(None);
    };
    let of = |kind: &'static str| output.iter().filter(move |item| item["type"] == kind);
    let parts: Vec<&Value> = of("message")
        .filter_map(|item| item["content"].as_array())
        .flatten()
        .collect();
    let said = |name: &str| -> String {
        parts
            .iter()
            .filter_map(|part| part[name].as_str())
            .collect()
    };
    let thought = of("reasoning").flat_map(|item| {
        let whole = item["content"].as_array().filter(|parts| !parts.is_empty());
        whole
            .or_else(|| item["summary"].as_array())
            .into_iter()
            .flatten()
    });
    let thought: Vec<&str> = thought.filter_map(|part| part["text"].as_str()).collect();
    let (words, refusal) = (said("text"), said("refusal"));
    let finish_reason = match text(&response["incomplete_details"], "reason") {
        Some(reason) => Some(reason),
        None if words.is_empty() && !refusal.is_empty() => Some("refusal".to_owned()),
        None => text(response, "status"),
    };
    let logprobs: Vec<Value> = parts
        .iter()
        .filter_map(|part| part["logprobs"].as_array())
        .flatten()
        .cloned()
        .collect();
    Ok(Some(Answer {
        text: words,
        reasoning: (!thought.is_empty()).then(|| thought.join("\n\n")),
        finish_reason,
        // As a chat lays them out, which is how they are read.
        logprobs: (!logprobs.is_empty()).then(|| json!({ "content": logprobs })),
        ..Answer::default()
    }))
}

/// The blocks of `content`: thinking, then text.
fn blocks(response: &Value) -> Found {
    let Some(said) = response["content"]
        .as_array()
        .and_then(|_| Said::of(&response["content"]))
    else {
        return Ok(None);
    };
    Ok(Some(Answer {
        text: said.text,
        reasoning: said.reasoning,
        finish_reason: text(response, "stop_reason"),
        ..Answer::default()
    }))
}

/// `text` and `meta_info`.
fn generated(response: &Value) -> Found {
    // One prompt in a list is answered by a list.
    let response = response.get(0).unwrap_or(response);
    let Some(words) = response["text"].as_str() else {
        return Ok(None);
    };
    let about = &response["meta_info"];
    let finish_reason =
        text(&about["finish_reason"], "type").or_else(|| text(about, "finish_reason"));
    if matches!(finish_reason.as_deref(), Some("abort" | "error")) {
        let why = text(&about["finish_reason"], "message").unwrap_or_default();
        return Err(NoAnswer::Broken(format!("the answer broke off: {why}")));
    }
    // [logarithm, id, text]
    let column = |list: &Value| -> Option<Vec<u32>> {
        let ids = list
            .as_array()?
            .iter()
            .map(|entry| entry[1].as_u64().and_then(|id| u32::try_from(id).ok()));
        ids.collect()
    };
    let steps = &about["output_token_logprobs"];
    Ok(Some(Answer {
        text: words.to_owned(),
        finish_reason,
        prompt_tokens: column(&about["input_token_logprobs"]).filter(|ids| !ids.is_empty()),
        tokens: ids(&response["output_ids"]).or_else(|| column(steps)),
        logprobs: candidates(steps, &about["output_top_logprobs"]),
        ..Answer::default()
    }))
}

/// SGLang's lists of candidates, as a chat lays them out; none where only ids were asked for.
fn candidates(steps: &Value, tops: &Value) -> Option<Value> {
    let entry = |entry: &Value| {
        let token = match entry[2].as_str() {
            Some(text) => text.to_owned(),
            None => format!("token_id:{}", entry[1]),
        };
        json!({"token": token, "logprob": entry[0]})
    };
    let (steps, tops) = (steps.as_array()?, tops.as_array()?);
    let content = steps.iter().zip(tops).map(|(step, top)| {
        let mut said = entry(step);
        said["top_logprobs"] = top.as_array().into_iter().flatten().map(entry).collect();
        said
    });
    Some(json!({"content": content.collect::<Value>()}))
}

/// What a turn says: its text, and what was thought before it.
#[derive(Default)]
struct Said {
    text: String,
    reasoning: Option<String>,
}

impl Said {
    fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            reasoning: None,
        }
    }

    /// A text, or a list of parts: texts, thoughts, and others that are no words.
    fn of(content: &Value) -> Option<Self> {
        let parts = match content {
            Value::String(text) => return Some(Self::plain(text)),
            Value::Array(parts) => parts,
            _ => return None,
        };
        let (mut said, mut thought) = (Self::default(), String::new());
        for part in parts {
            match part["type"].as_str() {
                Some("thinking" | "reasoning" | "reasoning_text") => {
                    let words = ["thinking", "reasoning", "text", "content"].iter();
                    thought += &words
                        .map(|name| words_of(&part[*name]))
                        .find(|words| !words.is_empty())
                        .unwrap_or_default();
                }
                Some("text" | "output_text") | None => {
                    let words = ["text", "content"].iter();
                    said.text += &words
                        .map(|name| words_of(&part[*name]))
                        .find(|words| !words.is_empty())
                        .unwrap_or_default();
                    said.text += part.as_str().unwrap_or_default();
                }
                Some(_) => {}
            }
        }
        said.reasoning = (!thought.is_empty()).then_some(thought);
        Some(said)
    }
}

/// The words of a text, or of a list of parts.
fn words_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(|part| words_of(&part["text"])).collect(),
        _ => String::new(),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn kept(value: &Value) -> Option<Value> {
    (!value.is_null()).then(|| value.clone())
}

fn ids(list: &Value) -> Option<Vec<u32>> {
    let id = |id: &Value| id.as_u64().and_then(|id| u32::try_from(id).ok());
    list.as_array()?.iter().map(id).collect()
}

/// Ids that stand where the tokens' text would: `token_id:84`.
fn spelt(logprobs: &Value) -> Option<Vec<u32>> {
    let id = |token: &Value| token.as_str()?.strip_prefix("token_id:")?.parse().ok();
    let ids: Vec<u32> = match logprobs["content"].as_array() {
        Some(content) => content
            .iter()
            .map(|entry| id(&entry["token"]))
            .collect::<Option<_>>()?,
        None => logprobs["tokens"]
            .as_array()?
            .iter()
            .map(id)
            .collect::<Option<_>>()?,
    };
    (!ids.is_empty()).then_some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(api: Api, body: &Value) -> Answer {
        api.answer(&body.to_string()).expect("an answer")
    }

    #[test]
    fn texts_parts_and_thoughts_are_told_apart() {
        let parts = json!([
            {"type": "thinking", "thinking": [{"type": "text", "text": "Short. "}, {"type": "text", "text": "Yes."}]},
            {"type": "text", "text": "A "}, {"type": "output_text", "text": "gate."}, {"type": "image_url"}
        ]);
        let body = |message: Value| json!({"model": "m-2", "system_fingerprint": "f", "choices": [{"message": message, "finish_reason": "stop"}]});
        let found = answer(Api::Chat, &body(json!({"content": parts})));
        assert_eq!(
            (found.text.as_str(), found.reasoning.as_deref()),
            ("A gate.", Some("Short. Yes."))
        );
        assert_eq!(
            (found.model.as_deref(), found.system_fingerprint.as_deref()),
            (Some("m-2"), Some("f"))
        );
        for name in ["reasoning_content", "reasoning"] {
            let found = answer(Api::Chat, &body(json!({"content": "", name: "Hm."})));
            assert_eq!(
                (found.text.as_str(), found.reasoning.as_deref()),
                ("", Some("Hm."))
            );
        }
        let refused = answer(Api::Chat, &body(json!({"content": null, "refusal": "no"})));
        assert!(refused.text.is_empty() && refused.is_refused());
        let called = answer(Api::Chat, &body(json!({"content": null, "tool_calls": []})));
        assert!(called.text.is_empty() && !called.is_refused());
    }

    #[test]
    fn ids_stand_in_many_places() {
        let choice =
            json!({"message": {"content": "a"}, "token_ids": [1, 2], "finish_reason": "length"});
        let found = answer(
            Api::Vllm,
            &json!({"prompt_token_ids": [7], "choices": [choice]}),
        );
        assert_eq!(
            (found.tokens.as_deref(), found.prompt_tokens.as_deref()),
            (Some(&[1, 2][..]), Some(&[7][..]))
        );
        assert!(found.is_cut());
        let choice = json!({"text": "a", "token_ids": [1], "prompt_token_ids": [7, 8]});
        let found = answer(Api::VllmCompletions, &json!({"choices": [choice]}));
        assert_eq!(
            (found.tokens, found.prompt_tokens),
            (Some(vec![1]), Some(vec![7, 8]))
        );
        let entry = |id: u32| json!({"token": format!("token_id:{id}"), "logprob": -0.5, "top_logprobs": []});
        let logprobs = json!({"content": [entry(84), entry(260)]});
        let found = answer(
            Api::Chat,
            &json!({"choices": [{"message": {"content": "a"}, "logprobs": logprobs}]}),
        );
        assert_eq!(found.tokens, Some(vec![84, 260]));
        let found = answer(
            Api::Completions,
            &json!({"choices": [{"text": "a", "logprobs": {"tokens": ["token_id:3"]}}]}),
        );
        assert_eq!(found.tokens, Some(vec![3]));
        let found = answer(
            Api::Completions,
            &json!({"choices": [{"text": "a", "logprobs": {"tokens": ["a"]}}]}),
        );
        assert_eq!(found.tokens, None);
    }

    #[test]
    fn items_of_a_response_are_read_by_their_type() {
        let body = json!({"status": "completed", "model": "m", "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"type": "message", "content": [{"type": "output_text", "text": "Yes.", "logprobs": [{"token": "Yes."}]}]}]});
        let found = answer(Api::Responses, &body);
        assert_eq!(
            (found.text.as_str(), found.reasoning.as_deref()),
            ("Yes.", Some("Hm."))
        );
        assert_eq!(
            found.logprobs,
            Some(json!({"content": [{"token": "Yes."}]}))
        );
        assert_eq!(found.finish_reason.as_deref(), Some("completed"));
        let cut = json!({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "error": null, "output": [{"type": "reasoning", "summary": []}]});
        let found = answer(Api::Responses, &cut);
        assert!(found.text.is_empty() && found.is_cut());
        let refused = json!({"status": "completed", "output": [{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}]});
        assert!(answer(Api::Responses, &refused).is_refused());
    }

    #[test]
    fn blocks_of_a_message_are_read_by_their_type() {
        let body = json!({"type": "message", "model": "m", "stop_reason": "max_tokens", "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "s"}, {"type": "text", "text": "Yes"}]});
        let found = answer(Api::Anthropic, &body);
        assert_eq!(
            (found.text.as_str(), found.reasoning.as_deref()),
            ("Yes", Some("Hm."))
        );
        assert!(found.is_cut());
        let refused = json!({"type": "message", "stop_reason": "refusal", "content": []});
        assert!(answer(Api::Anthropic, &refused).is_refused());
    }

    #[test]
    fn what_sglang_generates_has_ids_and_candidates() {
        let body = json!({"text": "Hi there", "meta_info": {"finish_reason": {"type": "length", "length": 2},
            "input_token_logprobs": [[null, 5, null], [-1.0, 6, null]],
            "output_token_logprobs": [[-0.1, 10, "Hi"], [-0.2, 11, null]],
            "output_top_logprobs": [[[-0.1, 10, "Hi"]], [[-0.2, 11, null]]]}});
        let found = answer(Api::Sglang, &body);
        assert_eq!(
            (found.tokens.as_deref(), found.prompt_tokens.as_deref()),
            (Some(&[10, 11][..]), Some(&[5, 6][..]))
        );
        assert!(found.is_cut());
        assert_eq!(
            found.logprobs,
            Some(json!({"content": [
                {"token": "Hi", "logprob": -0.1, "top_logprobs": [{"token": "Hi", "logprob": -0.1}]},
                {"token": "token_id:11", "logprob": -0.2, "top_logprobs": [{"token": "token_id:11", "logprob": -0.2}]}]}))
        );
    }

    #[test]
    fn garbage_is_no_answer() {
        for bad in ["", "{", r#"{"choices": [{"finish_reason": "error"}]}"#] {
            assert!(
                matches!(Api::Chat.answer(bad), Err(NoAnswer::Broken(_))),
                "{bad}"
            );
        }
        for (bad, shape) in [
            ("<html>", Shape::Page),
            ("data: {}", Shape::Stream),
            ("{}", Shape::NoChoices),
            ("[]", Shape::NoChoices),
            (r#"{"choices": []}"#, Shape::NoChoices),
        ] {
            assert_eq!(Api::Chat.answer(bad), Err(NoAnswer::Shape(shape)), "{bad}");
        }
        for bad in [
            r#"{"choices": [{"text": "not chat"}]}"#,
            r#"{"choices": [{"message": {"content": 5}}]}"#,
        ] {
            assert!(
                matches!(Api::Chat.answer(bad), Err(NoAnswer::Other(_))),
                "{bad}"
            );
        }
        let broken =
            r#"{"choices": [{"message": {"content": "The ri"}, "finish_reason": "error"}]}"#;
        assert!(matches!(Api::Chat.answer(broken), Err(NoAnswer::Broken(_))));
        let fault = r#"{"choices": [{"message": {"content": "The ri"}, "finish_reason": "error", "error": {"code": 502, "message": "broke off"}}]}"#;
        assert!(matches!(Api::Chat.answer(fault), Err(NoAnswer::Fault(_))));
        assert!(matches!(
            Api::Chat.answer(r#"{"error": {"message": "busy"}}"#),
            Err(NoAnswer::Fault(_))
        ));
        for api in [Api::Responses, Api::Anthropic, Api::Sglang] {
            assert!(matches!(
                api.answer(r#"{"choices": []}"#),
                Err(NoAnswer::Other(_))
            ));
        }
    }
}
