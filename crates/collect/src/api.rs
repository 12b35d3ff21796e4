//! The two OpenAI-compatible interfaces: what a request says, and where the answer stands.

use crate::prompts::Shown;
use serde_json::{Map, Value, json};

/// Which interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// `…/chat/completions`: turns in, a turn out.
    Chat,
    /// `…/completions`: a text in, its continuation out.
    Completions,
}

/// How every prompt of a run is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// Which interface.
    pub api: Api,
    /// The model's name at the endpoint.
    pub model: String,
    /// The most tokens in an answer.
    pub max_tokens: Option<u32>,
    /// The sampling temperature.
    pub temperature: Option<f64>,
    /// Log-probabilities of so many candidates for each token.
    pub logprobs: Option<u32>,
    /// Fields to add to every request.
    pub extra: Map<String, Value>,
}

/// An answer, as a response holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its text; empty where the response has a turn without text.
    pub text: String,
    /// The log-probabilities, as the endpoint laid them out.
    pub logprobs: Option<Value>,
}

impl Api {
    /// Its name in flags and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Completions => "completions",
        }
    }

    /// Where it stands behind an endpoint's version.
    #[cfg(feature = "client")]
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Completions => "/completions",
        }
    }

    /// The answer in a response's body.
    ///
    /// # Errors
    /// When it is not JSON of the interface, with a reason.
    pub fn answer(self, body: &str) -> Result<Answer, String> {
        let mut response: Value = serde_json::from_str(body)
            .map_err(|error| format!("the response is no JSON: {error}"))?;
        if let Some(error) = response.get("error").filter(|error| !error.is_null()) {
            return Err(format!(
                "the response holds an error: {}",
                brief(&error.to_string())
            ));
        }
        let choice = response
            .get_mut("choices")
            .and_then(|choices| choices.get_mut(0))
            .ok_or("the response has no choices[0]")?;
        let text = match self {
            Api::Chat => choice
                .get("message")
                .and_then(|message| message.get("content")),
            Api::Completions => choice.get("text"),
        };
        let text = match (text, choice.get("message")) {
            (Some(Value::String(text)), _) => text.clone(),
            // A refusal or a tool call: a turn, but no text.
            (Some(Value::Null), _) | (None, Some(Value::Object(_))) => String::new(),
            _ => {
                return Err(format!(
                    "the response has no text where {} puts it",
                    self.name()
                ));
            }
        };
        let logprobs = choice
            .get_mut("logprobs")
            .map(Value::take)
            .filter(|logprobs| !logprobs.is_null());
        Ok(Answer { text, logprobs })
    }
}

impl Asking {
    /// The body of the request for one prompt.
    ///
    /// # Errors
    /// When the interface cannot show it.
    pub fn body(&self, shown: &Shown) -> Result<String, &'static str> {
        let mut body = Map::new();
        body.insert("model".into(), json!(self.model));
        match (self.api, shown) {
            (Api::Chat, shown) => {
                body.insert("messages".into(), json!(shown.turns()));
            }
            (
                Api::Completions,
                Shown::Prompt {
                    system: None,
                    prompt,
                },
            ) => {
                body.insert("prompt".into(), json!(prompt));
            }
            (Api::Completions, _) => {
                return Err(
                    "the completions interface takes a prompt alone, without system text or turns",
                );
            }
        }
        if let Some(max_tokens) = self.max_tokens {
            body.insert("max_tokens".into(), json!(max_tokens));
        }
        if let Some(temperature) = self.temperature {
            body.insert("temperature".into(), json!(temperature));
        }
        match (self.api, self.logprobs) {
            (_, None) => {}
            (Api::Chat, Some(candidates)) => {
                body.insert("logprobs".into(), json!(true));
                body.insert("top_logprobs".into(), json!(candidates));
            }
            (Api::Completions, Some(candidates)) => {
                body.insert("logprobs".into(), json!(candidates));
            }
        }
        for (name, value) in &self.extra {
            body.insert(name.clone(), value.clone());
        }
        Ok(Value::Object(body).to_string())
    }
}

/// The start of a text, for a message.
pub(crate) fn brief(text: &str) -> String {
    let mut start: String = text.trim().chars().take(300).collect();
    if start.len() < text.trim().len() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(api: Api) -> Asking {
        Asking {
            api,
            model: "m".into(),
            max_tokens: Some(5),
            temperature: Some(0.5),
            logprobs: Some(3),
            extra: json!({"seed": 4}).as_object().expect("an object").clone(),
        }
    }

    fn prompt(system: Option<&str>) -> Shown {
        Shown::Prompt {
            system: system.map(ToOwned::to_owned),
            prompt: "Hi".into(),
        }
    }

    #[test]
    fn requests_have_the_interfaces_own_layout() {
        let body = |api, system| -> Value {
            let body = asking(api).body(&prompt(system)).expect("a body");
            serde_json::from_str(&body).expect("JSON")
        };
        assert_eq!(
            body(Api::Chat, Some("S")),
            json!({"model": "m", "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}],
                "max_tokens": 5, "temperature": 0.5, "logprobs": true, "top_logprobs": 3, "seed": 4})
        );
        assert_eq!(
            body(Api::Completions, None),
            json!({"model": "m", "prompt": "Hi", "max_tokens": 5, "temperature": 0.5, "logprobs": 3, "seed": 4})
        );
        assert!(asking(Api::Completions).body(&prompt(Some("S"))).is_err());
    }

    #[test]
    fn answers_are_found_and_garbage_is_not_one() {
        let found = Api::Chat.answer(
            r#"{"choices": [{"message": {"content": "Yes"}, "logprobs": {"content": []}}]}"#,
        );
        let found = found.expect("an answer");
        assert_eq!(
            (found.text.as_str(), found.logprobs),
            ("Yes", Some(json!({"content": []})))
        );
        let silent =
            Api::Chat.answer(r#"{"choices": [{"message": {"content": null, "refusal": "no"}}]}"#);
        assert_eq!(silent.expect("an answer").text, "");
        let plain = Api::Completions.answer(r#"{"choices": [{"text": "Yes", "logprobs": null}]}"#);
        assert_eq!(
            plain.expect("an answer"),
            Answer {
                text: "Yes".into(),
                logprobs: None
            }
        );
        for bad in [
            "",
            "<html>",
            "{}",
            "[]",
            r#"{"choices": []}"#,
            r#"{"choices": [{"text": "not chat"}]}"#,
            r#"{"choices": [{"message": {"content": 5}}]}"#,
            r#"{"error": {"message": "busy"}}"#,
        ] {
            assert!(Api::Chat.answer(bad).is_err(), "{bad}");
        }
    }
}
