//! The interface as an `OpenAPI` 3.1 document, as `/v1/openapi.json` gives it.

/// The document. Tests hold it against what the endpoints take and give.
pub const TEXT: &str = include_str!("openapi.json");
