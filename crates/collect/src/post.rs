//! One request to an authority: bytes out, bytes in.

use std::io::Read;
use std::time::Duration;
use thiserror::Error;
use ureq::Agent;

/// The longest response that is read, in bytes.
const MAX_RESPONSE: u64 = 1 << 20;

/// How long is waited for it.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why an authority gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{address}: {why}")]
pub struct PostError {
    /// Who was asked.
    pub address: String,
    /// Why there is no answer.
    pub why: String,
}

/// Posts bytes and gives the response's. Nothing is followed elsewhere.
///
/// # Errors
/// When there is no answer within half a minute, it is no success, or longer than 1 MiB.
pub fn post(address: &str, content_type: &str, body: &[u8]) -> Result<Vec<u8>, PostError> {
    let failed = |why: String| PostError {
        address: address.to_owned(),
        why,
    };
    let config = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .user_agent(concat!("hallmark/", env!("CARGO_PKG_VERSION")))
        .build();
    let request = Agent::from(config).post(address);
    let request = request.header("content-type", content_type);
    let mut response = request
        .send(body)
        .map_err(|error| failed(error.to_string()))?;
    if response.status() != 200 {
        return Err(failed(format!(
            "it answered with status {}",
            response.status()
        )));
    }
    let mut bytes = vec![];
    let reader = response.body_mut().as_reader();
    reader
        .take(MAX_RESPONSE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(error.to_string()))?;
    match bytes.len() as u64 > MAX_RESPONSE {
        true => Err(failed(format!(
            "its answer is longer than {MAX_RESPONSE} bytes"
        ))),
        false => Ok(bytes),
    }
}
