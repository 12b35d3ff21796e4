//! The dialects that endpoints speak: their names, and where requests go.

/// Which dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// OpenAI's `…/chat/completions`: turns in, a turn out. Most endpoints speak it.
    Chat,
    /// OpenAI's `…/completions`: a text in, its continuation out.
    Completions,
    /// OpenAI's `…/responses`: turns in, items out.
    Responses,
    /// Anthropic's `…/messages`.
    Anthropic,
    /// Azure's chat: the deployment in the path, the version of the interface in the query, the key in `api-key`.
    Azure,
    /// vLLM's chat, asked for token ids.
    Vllm,
    /// vLLM's completions, asked for token ids.
    VllmCompletions,
    /// SGLang's own `/generate`: a text in, its continuation and its ids out.
    Sglang,
}

impl Api {
    /// All of them, the default first.
    pub const ALL: [Self; 8] = [
        Self::Chat,
        Self::Completions,
        Self::Responses,
        Self::Anthropic,
        Self::Azure,
        Self::Vllm,
        Self::VllmCompletions,
        Self::Sglang,
    ];

    /// Its name in flags and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Completions => "completions",
            Self::Responses => "responses",
            Self::Anthropic => "anthropic",
            Self::Azure => "azure",
            Self::Vllm => "vllm",
            Self::VllmCompletions => "vllm-completions",
            Self::Sglang => "sglang",
        }
    }

    /// The dialect of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.name() == name)
    }

    #[cfg(feature = "client")]
    /// Where it stands behind an endpoint's version.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chat | Self::Azure | Self::Vllm => "/chat/completions",
            Self::Completions | Self::VllmCompletions => "/completions",
            Self::Responses => "/responses",
            Self::Anthropic => "/messages",
            Self::Sglang => "/generate",
        }
    }

    /// Whether it takes a text alone, without system text or turns.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Completions | Self::VllmCompletions | Self::Sglang
        )
    }
}
