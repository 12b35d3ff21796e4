//! An authority's answer (RFC 3161, section 2.4.2): a status, and a token if it was granted.

use super::error::TimestampError;
use super::limits::MAX_TOKEN;
use super::read::Fields;
use der::asn1::Utf8StringRef;

/// The most bytes around a token.
const MAX_STATUS: usize = 64 * 1024;

/// The most characters of an authority's own words that are repeated.
const MAX_WORDS: usize = 300;

/// The token in the bytes of a `TimeStampResp`.
///
/// # Errors
/// When they are none, or the authority declined.
pub fn token_of_response(der: &[u8]) -> Result<&[u8], TimestampError> {
    if der.len() > MAX_TOKEN + MAX_STATUS {
        return Err(TimestampError::TooLong);
    }
    let mut response = Fields::of_sequence(der, "the response")?;
    let mut status = response.sequence("the status")?;
    // 0: granted; 1: granted with changes.
    let number = status.integer()?;
    if let [0 | 1] = number {
        let token = response.any()?;
        response.finish()?;
        return Ok(token);
    }
    let mut words = Vec::new();
    if status.next_is(der::Tag::Sequence) {
        let mut texts = status.sequence("the status")?;
        while !texts.is_finished() {
            words.push(texts.decode::<Utf8StringRef<'_>>()?.as_str());
        }
    }
    let printable = words.join("; ").replace(char::is_control, " ");
    Err(TimestampError::Declined {
        status: crate::text::to_hex(number),
        words: printable.chars().take(MAX_WORDS).collect(),
    })
}
