//! A request's body, up to a size.

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use std::future::poll_fn;
use std::pin::Pin;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than it may be.
    TooLong,
    /// It broke off, or its chunks are none.
    Broken,
}

/// Reads a body of at most `most` bytes, and holds no more of a longer one.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    most: usize,
) -> Result<Vec<u8>, Unread> {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most as u64) {
        return Err(Unread::TooLong);
    }
    let mut bytes = Vec::with_capacity(length.unwrap_or(0) as usize);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else {
            // Trailers.
            continue;
        };
        if data.len() > most - bytes.len() {
            return Err(Unread::TooLong);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
