//! One exchange over HTTP: a request out, a status and a body in, or the reason why not.

use crate::api::Api;
use crate::asking::Asking;
use crate::error::CollectError;
use crate::secret::ApiKey;
use crate::waits::is_about_waiting;
use std::io::Read;
use std::time::Duration;
use ureq::{Agent, Error};

/// What one attempt brought.
pub(crate) struct Exchange {
    /// The HTTP status, where there was a response.
    pub(crate) status: Option<u16>,
    /// The body, as far as it came.
    pub(crate) body: Vec<u8>,
    /// The headers that say how long the endpoint asks to wait.
    pub(crate) headers: Vec<(String, String)>,
    /// Why there is no whole response.
    pub(crate) broken: Option<Broken>,
}

/// Why there is no whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The connection or the response failed: another attempt may succeed.
    Connection(String),
    /// The response is longer than what is read.
    TooLong,
}

/// The version of Anthropic's interface whose layout is read.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// The longest response that is read, in bytes.
pub(crate) const MAX_RESPONSE: u64 = 16 << 20;

/// Asks one endpoint.
pub(crate) struct Client<'a> {
    agent: Agent,
    address: String,
    key: Option<&'a ApiKey>,
    key_header: Option<&'a str>,
    api: Api,
}

impl<'a> Client<'a> {
    pub(crate) fn new(
        endpoint: &str,
        asking: &Asking,
        key: Option<&'a ApiKey>,
        key_header: Option<&'a str>,
        timeout: Duration,
    ) -> Result<Self, CollectError> {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            // A redirect could carry the key to another host.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("hallmark/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            address: asking.address(endpoint, key.is_some())?,
            key,
            key_header,
            api: asking.api,
        })
    }

    /// The address that is asked.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Sends a body and reads the response.
    pub(crate) fn send(&self, body: &str) -> Exchange {
        let mut exchange = Exchange {
            status: None,
            body: vec![],
            headers: vec![],
            broken: None,
        };
        let mut request = self
            .agent
            .post(&self.address)
            .header("content-type", "application/json")
            .header("accept", "application/json");
        if self.api == Api::Anthropic {
            request = request.header("anthropic-version", ANTHROPIC_VERSION);
        }
        let own = match self.api {
            Api::Anthropic => Some("x-api-key"),
            Api::Azure => Some("api-key"),
            _ => None,
        };
        request = match (self.key, self.key_header.or(own)) {
            (Some(key), Some(name)) => request.header(name, key.alone().as_str()),
            (Some(key), None) => request.header("authorization", key.bearer().as_str()),
            (None, _) => request,
        };
        let mut response = match request.send(body) {
            Ok(response) => response,
            Err(error) => {
                exchange.broken = Some(Broken::Connection(reason(&error)));
                return exchange;
            }
        };
        exchange.status = Some(response.status().as_u16());
        exchange.headers = response
            .headers()
            .iter()
            .filter(|(name, _)| is_about_waiting(name.as_str()))
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        let reader = response.body_mut().as_reader();
        match reader
            .take(MAX_RESPONSE + 1)
            .read_to_end(&mut exchange.body)
        {
            Ok(_) if exchange.body.len() as u64 > MAX_RESPONSE => {
                exchange.body.truncate(MAX_RESPONSE as usize);
                exchange.broken = Some(Broken::TooLong);
            }
            Ok(_) => {}
            Err(error) => {
                exchange.broken = Some(Broken::Connection(format!(
                    "the response broke off: {error}"
                )));
            }
        }
        exchange
    }
}

fn reason(error: &Error) -> String {
    match error {
        Error::Timeout(_) => "no answer in time".to_owned(),
        error => error.to_string(),
    }
}
