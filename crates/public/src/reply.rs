//! Answers on the wire: JSON that is the same for everyone, and says of errors what a caller can do and no more.

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use std::time::Duration;

/// What a response was, for the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted {
    /// Bytes of the request's body.
    pub(crate) bytes: u64,
    /// The result's or the error's name.
    pub(crate) result: &'static str,
}

/// Errors that callers see. Nothing in them comes from the request or from inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    NotAQuestion,
    NotAnId,
    NoText,
    NoTokens,
    Broken,
    Unauthorized,
    NoSuchEndpoint,
    Method,
    Timeout,
    TooLarge,
    NotJson,
    TooMany(Duration),
    Failed,
    Busy,
    Unavailable,
}

impl Problem {
    /// Status, code and message: part of the interface.
    pub(crate) const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotAQuestion => (
                StatusCode::BAD_REQUEST,
                "not-a-question",
                "the body is neither {\"text\": \"…\"} nor {\"tokens\": […]}, in UTF-8",
            ),
            Self::NotAnId => (
                StatusCode::BAD_REQUEST,
                "not-an-id",
                "one of the tokens is not an id of the tokenizer",
            ),
            Self::NoText => (
                StatusCode::BAD_REQUEST,
                "no-text",
                "texts cannot be read here: give tokens",
            ),
            Self::NoTokens => (
                StatusCode::BAD_REQUEST,
                "no-tokens",
                "tokens cannot be read here: give the text",
            ),
            Self::Broken => (StatusCode::BAD_REQUEST, "broken", "the body broke off"),
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "this needs a token: authorization: Bearer …",
            ),
            Self::NoSuchEndpoint => (
                StatusCode::NOT_FOUND,
                "no-such-endpoint",
                "see /v1/openapi.json",
            ),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "this endpoint has another method: see /v1/openapi.json",
            ),
            Self::Timeout => (
                StatusCode::REQUEST_TIMEOUT,
                "timeout",
                "the body did not come in time",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "the body is longer than /v1/info says",
            ),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "send application/json",
            ),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many",
                "too many requests: come again later",
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "failed",
                "the detector failed on this request",
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "the detector is busy: come again later",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the detector does not answer at present",
            ),
        }
    }

    /// Its code.
    pub(crate) const fn code(self) -> &'static str {
        self.parts().1
    }

    /// Seconds after which to come again.
    fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooMany(wait) => Some((wait.as_secs_f64().ceil() as u64).max(1)),
            Self::Busy => Some(1),
            Self::Unavailable => Some(30),
            _ => None,
        }
    }

    /// The body.
    pub(crate) fn body(self) -> String {
        let (_, code, message) = self.parts();
        serde_json::json!({ "error": { "code": code, "message": message } }).to_string()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = json(self.body());
        *response.status_mut() = self.parts().0;
        if let Some(seconds) = self.retry_after() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self == Self::Unauthorized {
            let bearer = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
        }
        response.extensions_mut().insert(Noted {
            bytes: 0,
            result: self.code(),
        });
        response
    }
}

/// A response of JSON text that nobody is to keep.
pub(crate) fn json(text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The same of a value.
pub(crate) fn value(value: &impl Serialize) -> Response<Body> {
    match serde_json::to_string(value) {
        Ok(text) => json(text),
        Err(_) => Problem::Failed.into_response(),
    }
}
