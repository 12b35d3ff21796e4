//! Responses that claim success and are no answer of any dialect: who sends one sends it to every request.

/// What came instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A page for people: a login, a proxy's notice, a front door.
    Page,
    /// Events one after another, as they are sent to who asks for a stream.
    Stream,
    /// An empty list of choices, or none.
    NoChoices,
}

impl Shape {
    /// The shape of a body that is no JSON.
    #[must_use]
    pub fn of(body: &str) -> Option<Self> {
        let body = body.trim_start_matches('\u{feff}').trim_start();
        let is_event = |line: &str| {
            ["data:", "event:", "id:", "retry:", ":"]
                .iter()
                .any(|field| line.starts_with(field))
        };
        if body.starts_with('<') {
            Some(Self::Page)
        } else if is_event(body) {
            Some(Self::Stream)
        } else {
            None
        }
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Page => "the response is no JSON but a page (HTML or XML)",
            Self::Stream => "the response is a stream of events, and no stream was asked for",
            Self::NoChoices => "the response has no choices[0]",
        }
    }

    #[cfg(feature = "client")]
    /// What to do where every request brings it.
    pub(crate) fn way_out(self) -> &'static str {
        match self {
            Self::Page => {
                "check --endpoint: the interface's own address up to its version, not that of a site for people; a proxy or a login before it has to let requests through; then the same command goes on"
            }
            Self::Stream => {
                "ask for none in words: --body '{\"stream\":false}'; an endpoint that streams all the same cannot be asked"
            }
            Self::NoChoices => {
                "check the model's name and --dialect; where the first prompt alone is at fault, put another one first"
            }
        }
    }

    #[cfg(feature = "client")]
    /// Whether the prompt may be the reason, rather than the endpoint.
    pub(crate) fn may_be_the_prompts(self) -> bool {
        self == Self::NoChoices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_streams_are_told_from_broken_json() {
        for (body, shape) in [
            ("<!DOCTYPE html>\n<html>", Some(Shape::Page)),
            ("\u{feff}\r\n <?xml version=\"1.0\"?>", Some(Shape::Page)),
            (
                "data: {\"choices\": []}\n\ndata: [DONE]\n",
                Some(Shape::Stream),
            ),
            (": keep-alive\n\n", Some(Shape::Stream)),
            ("event: message_start\ndata: {}", Some(Shape::Stream)),
            ("", None),
            ("Bad gateway", None),
            ("{\"choices\": [{\"mess", None),
        ] {
            assert_eq!(Shape::of(body), shape, "{body:?}");
        }
    }
}
