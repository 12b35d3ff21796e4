//! What a request says, in each dialect.

use crate::api::Api;
use crate::prompts::Shown;
use serde_json::{Map, Value, json};

/// How every prompt of a run is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// Which dialect.
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

impl Asking {
    #[cfg(feature = "client")]
    /// Why no request can be made so, if there is a reason.
    pub(crate) fn wrong(&self) -> Option<&'static str> {
        let is_stream = self
            .extra
            .get("stream")
            .is_some_and(|stream| *stream != false);
        let temperature = self.temperature.unwrap_or(0.0);
        if !(temperature >= 0.0 && temperature.is_finite()) {
            Some("the temperature must be 0 or more")
        } else if is_stream {
            Some("answers are not taken in streams: leave `stream` out")
        } else if self.api == Api::Anthropic && self.logprobs.is_some() {
            Some("the dialect `anthropic` has no log-probabilities: leave --logprobs out")
        } else if self.api == Api::Anthropic
            && self.max_tokens.is_none()
            && !self.extra.contains_key("max_tokens")
        {
            Some("the dialect `anthropic` must say how long an answer may be: give --max-tokens")
        } else {
            None
        }
    }

    /// The body of the request for one prompt.
    ///
    /// # Errors
    /// When the dialect cannot show it.
    pub fn body(&self, shown: &Shown) -> Result<String, &'static str> {
        let mut body = match self.api {
            Api::Chat | Api::Azure | Api::Vllm => self.chat(shown),
            Api::Completions | Api::VllmCompletions => self.completion(alone(shown)?),
            Api::Responses => self.response(shown),
            Api::Anthropic => self.message(shown)?,
            Api::Sglang => self.generate(alone(shown)?),
        };
        if matches!(self.api, Api::Vllm | Api::VllmCompletions) {
            body.insert("return_token_ids".into(), json!(true));
        }
        for (name, value) in &self.extra {
            merge(&mut body, name, value);
        }
        Ok(Value::Object(body).to_string())
    }

    fn chat(&self, shown: &Shown) -> Map<String, Value> {
        let mut body = self.with("messages", json!(shown.turns()), "max_tokens");
        if let Some(candidates) = self.logprobs {
            body.insert("logprobs".into(), json!(true));
            body.insert("top_logprobs".into(), json!(candidates));
        }
        body
    }

    fn completion(&self, prompt: &str) -> Map<String, Value> {
        let mut body = self.with("prompt", json!(prompt), "max_tokens");
        if let Some(candidates) = self.logprobs {
            body.insert("logprobs".into(), json!(candidates));
        }
        body
    }

    fn response(&self, shown: &Shown) -> Map<String, Value> {
        let mut body = self.with("input", json!(shown.turns()), "max_output_tokens");
        // Each request stands alone.
        body.insert("store".into(), json!(false));
        if let Some(candidates) = self.logprobs {
            body.insert("include".into(), json!(["message.output_text.logprobs"]));
            body.insert("top_logprobs".into(), json!(candidates));
        }
        body
    }

    fn message(&self, shown: &Shown) -> Result<Map<String, Value>, &'static str> {
        let mut turns = shown.turns();
        let first = turns.first().is_some_and(|turn| turn.role == "system");
        let system = first.then(|| turns.remove(0).content);
        if turns.iter().any(|turn| turn.role == "system") {
            return Err("this dialect takes one system text, before all turns");
        }
        let mut body = self.with("messages", json!(turns), "max_tokens");
        if let Some(system) = system {
            body.insert("system".into(), json!(system));
        }
        Ok(body)
    }

    fn generate(&self, prompt: &str) -> Map<String, Value> {
        let mut sampling = Map::new();
        if let Some(max_tokens) = self.max_tokens {
            sampling.insert("max_new_tokens".into(), json!(max_tokens));
        }
        if let Some(temperature) = self.temperature {
            sampling.insert("temperature".into(), json!(temperature));
        }
        let mut body = Map::new();
        body.insert("text".into(), json!(prompt));
        body.insert("sampling_params".into(), json!(sampling));
        // Its ids stand in its log-probabilities.
        body.insert("return_logprob".into(), json!(true));
        if let Some(candidates) = self.logprobs {
            body.insert("top_logprobs_num".into(), json!(candidates));
            body.insert("return_text_in_logprobs".into(), json!(true));
        }
        body
    }

    fn with(&self, name: &str, shown: Value, longest: &str) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("model".into(), json!(self.model));
        body.insert(name.into(), shown);
        if let Some(max_tokens) = self.max_tokens {
            body.insert(longest.into(), json!(max_tokens));
        }
        if let Some(temperature) = self.temperature {
            body.insert("temperature".into(), json!(temperature));
        }
        body
    }
}

/// A prompt for a dialect that takes a text alone.
fn alone(shown: &Shown) -> Result<&str, &'static str> {
    match shown {
        Shown::Prompt {
            system: None,
            prompt,
        } => Ok(prompt),
        _ => Err("this dialect takes a prompt alone, without system text or turns"),
    }
}

/// Puts a field in, or its fields where both are objects.
fn merge(body: &mut Map<String, Value>, name: &str, value: &Value) {
    match (body.get_mut(name), value) {
        (Some(Value::Object(own)), Value::Object(fields)) => {
            for (name, value) in fields {
                own.insert(name.clone(), value.clone());
            }
        }
        _ => {
            body.insert(name.to_owned(), value.clone());
        }
    }
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

    fn body(api: Api, system: Option<&str>) -> Value {
        let shown = Shown::Prompt {
            system: system.map(ToOwned::to_owned),
            prompt: "Hi".into(),
        };
        let body = asking(api).body(&shown).expect("a body");
        serde_json::from_str(&body).expect("JSON")
    }

    #[test]
    fn requests_have_the_dialects_own_layout() {
        let turns = json!([{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]);
        let chat = json!({"model": "m", "messages": turns, "max_tokens": 5, "temperature": 0.5, "logprobs": true, "top_logprobs": 3, "seed": 4});
        assert_eq!(body(Api::Chat, Some("S")), chat);
        assert_eq!(body(Api::Azure, Some("S")), chat);
        let mut with_ids = chat;
        with_ids["return_token_ids"] = json!(true);
        assert_eq!(body(Api::Vllm, Some("S")), with_ids);
        assert_eq!(
            body(Api::Completions, None),
            json!({"model": "m", "prompt": "Hi", "max_tokens": 5, "temperature": 0.5, "logprobs": 3, "seed": 4})
        );
        assert_eq!(
            body(Api::Responses, Some("S")),
            json!({"model": "m", "input": turns, "max_output_tokens": 5, "temperature": 0.5, "store": false,
                "include": ["message.output_text.logprobs"], "top_logprobs": 3, "seed": 4})
        );
        assert_eq!(
            body(Api::Anthropic, Some("S")),
            json!({"model": "m", "system": "S", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5, "temperature": 0.5, "seed": 4})
        );
        assert_eq!(
            body(Api::Sglang, None),
            json!({"text": "Hi", "sampling_params": {"max_new_tokens": 5, "temperature": 0.5}, "return_logprob": true,
                "top_logprobs_num": 3, "return_text_in_logprobs": true, "seed": 4})
        );
    }

    #[test]
    fn fields_of_a_field_are_added_to_it() {
        let mut asking = asking(Api::Sglang);
        asking.extra = json!({"sampling_params": {"top_p": 0.9}})
            .as_object()
            .expect("an object")
            .clone();
        let shown = Shown::Prompt {
            system: None,
            prompt: "Hi".into(),
        };
        let body: Value =
            serde_json::from_str(&asking.body(&shown).expect("a body")).expect("JSON");
        assert_eq!(
            body["sampling_params"],
            json!({"max_new_tokens": 5, "temperature": 0.5, "top_p": 0.9})
        );
    }

    #[test]
    fn what_a_dialect_does_not_take_is_said() {
        let shown = Shown::Prompt {
            system: Some("S".into()),
            prompt: "Hi".into(),
        };
        for api in [Api::Completions, Api::VllmCompletions, Api::Sglang] {
            assert!(asking(api).body(&shown).is_err());
        }
        let wrong = |change: fn(&mut Asking)| {
            let mut asking = asking(Api::Anthropic);
            asking.logprobs = None;
            change(&mut asking);
            asking.wrong()
        };
        assert_eq!(wrong(|_| {}), None);
        assert!(
            wrong(|asking| asking.logprobs = Some(1)).is_some_and(|why| why.contains("--logprobs"))
        );
        assert!(
            wrong(|asking| asking.max_tokens = None)
                .is_some_and(|why| why.contains("--max-tokens"))
        );
        assert!(wrong(|asking| asking.temperature = Some(f64::NAN)).is_some());
        assert!(wrong(|asking| drop(asking.extra.insert("stream".into(), json!(true)))).is_some());
    }
}
