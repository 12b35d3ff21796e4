//! The names of layouts.

use std::fmt;
use std::str::FromStr;

/// A layout of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// `text` or `tokens`.
    #[default]
    Document,
    /// `response` or `response_tokens`, mostly beside `prompt`.
    Answer,
    /// `messages`: turns with `role` and `content`, as chat services take them and data sets keep them.
    Chat,
    /// Fields that were named with `--field`.
    Fields,
    /// Lines of a batch's output, with `custom_id` and `response`.
    OpenAiBatch,
    /// `choices` with `message`.
    OpenAiChat,
    /// `choices` with `text`.
    OpenAiCompletions,
    /// `output`, a list of items.
    OpenAiResponses,
    /// `content`, a list of parts, and `stop_reason`.
    AnthropicMessages,
    /// Lines of a batch's results, with `custom_id` and `result`.
    AnthropicBatch,
    /// `contents` and `candidates`, of `parts`.
    Gemini,
    /// `conversations` of `from` and `value`, or of turns.
    ShareGpt,
    /// `instruction`, `input`, `output`.
    Alpaca,
    /// `generated_text`, as pipelines give it.
    GeneratedText,
    /// `prompt` and `completion`, or `chosen`: texts or lists of turns.
    Completion,
    /// Spans, events or attributes `gen_ai.…`.
    OpenTelemetry,
    /// `input` and `output` of traces and observations.
    Langfuse,
    /// A gateway's payloads: `messages`, `response` and what they cost.
    LiteLlm,
    /// Conversations of `ChatGPT`'s export: `mapping`.
    ChatGpt,
    /// Conversations of Claude.ai's export: `chat_messages`.
    ClaudeAi,
    /// `message` and `done`.
    Ollama,
    /// `message` and `finish_reason`, `text` and `generation_id`, or `generations`.
    Cohere,
    /// A request's `outputs`, as vLLM gives them offline.
    VllmOffline,
    /// `output.message`, or a log of calls with both bodies.
    Bedrock,
    /// Lines of a batch's output, with `recordId`, `modelInput` and `modelOutput`.
    BedrockBatch,
    /// Runs with `run_type`, `inputs` and `outputs`.
    LangSmith,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 26] = [
        Self::Document,
        Self::Answer,
        Self::Chat,
        Self::Fields,
        Self::OpenAiBatch,
        Self::OpenAiChat,
        Self::OpenAiCompletions,
        Self::OpenAiResponses,
        Self::AnthropicMessages,
        Self::AnthropicBatch,
        Self::Gemini,
        Self::ShareGpt,
        Self::Alpaca,
        Self::GeneratedText,
        Self::Completion,
        Self::OpenTelemetry,
        Self::Langfuse,
        Self::LiteLlm,
        Self::ChatGpt,
        Self::ClaudeAi,
        Self::Ollama,
        Self::Cohere,
        Self::VllmOffline,
        Self::Bedrock,
        Self::BedrockBatch,
        Self::LangSmith,
    ];

    /// The name in flags and results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Answer => "answer",
            Self::Chat => "chat",
            Self::Fields => "fields",
            Self::OpenAiBatch => "openai-batch",
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiCompletions => "openai-completions",
            Self::OpenAiResponses => "openai-responses",
            Self::AnthropicMessages => "anthropic-messages",
            Self::AnthropicBatch => "anthropic-batch",
            Self::Gemini => "gemini",
            Self::ShareGpt => "sharegpt",
            Self::Alpaca => "alpaca",
            Self::GeneratedText => "generated-text",
            Self::Completion => "completion",
            Self::OpenTelemetry => "opentelemetry",
            Self::Langfuse => "langfuse",
            Self::LiteLlm => "litellm",
            Self::ChatGpt => "chatgpt",
            Self::ClaudeAi => "claude-ai",
            Self::Ollama => "ollama",
            Self::Cohere => "cohere",
            Self::VllmOffline => "vllm-offline",
            Self::Bedrock => "bedrock",
            Self::BedrockBatch => "bedrock-batch",
            Self::LangSmith => "langsmith",
        }
    }

    /// Whether its fields stand at the top of a record, under names of our own or the user's.
    pub(crate) fn is_by_fields(self) -> bool {
        matches!(
            self,
            Self::Document | Self::Answer | Self::Chat | Self::Fields
        )
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Layout {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mut all = Self::ALL
            .into_iter()
            .filter(|layout| *layout != Self::Fields);
        all.find(|layout| layout.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name);
            let known: Vec<_> = known.into_iter().filter(|name| *name != "fields").collect();
            format!(
                "there is no layout `{name}`; known are {}",
                known.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for layout in Layout::ALL.into_iter().filter(|&one| one != Layout::Fields) {
            assert_eq!(layout.to_string().parse(), Ok(layout));
        }
        assert!("fields".parse::<Layout>().is_err());
        assert!("xml".parse::<Layout>().unwrap_err().contains("sharegpt"));
    }
}
