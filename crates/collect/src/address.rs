//! Where requests go: the endpoint's address, checked and completed.

use crate::api::Api;
use crate::asking::Asking;
use crate::error::CollectError;
use http::Uri;
use http::uri::{Authority, Scheme};
use std::net::{IpAddr, Ipv6Addr};

impl Asking {
    /// The address that requests go to, given the endpoint up to its version or in full. A query stays.
    ///
    /// With an API key, plain HTTP is refused but to this machine.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn address(&self, endpoint: &str, with_key: bool) -> Result<String, CollectError> {
        let refuse = |reason| CollectError::Endpoint {
            endpoint: without_keys(endpoint),
            reason,
        };
        check(endpoint, with_key).map_err(refuse)?;
        let (place, query) = match endpoint.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (endpoint, None),
        };
        let place = place.trim_end_matches('/');
        let path = self.api.path();
        let is_whole = place.ends_with(path);
        let is_azure = self.api == Api::Azure && !is_whole;
        let mut address = place.to_owned();
        if is_azure && !place.contains("/openai/") {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if self.model.is_empty() || !self.model.chars().all(plain) {
                return Err(refuse(
                    "with the dialect `azure`, --model names the deployment: letters, digits, `-`, `_` and `.`",
                ));
            }
            address += &format!("/openai/deployments/{}", self.model);
        }
        if !is_whole {
            address += path;
        }
        // Its newer interface, under /openai/v1, needs none.
        let is_versioned = address.contains("/openai/v1/")
            || query.is_some_and(|query| query.contains("api-version="));
        if self.api == Api::Azure && !is_versioned {
            return Err(refuse(
                "with the dialect `azure`, the address must end in ?api-version=…",
            ));
        }
        if let Some(query) = query {
            address = format!("{address}?{query}");
        }
        Ok(address)
    }
}

/// The address without what may be a key: whoever stands before the host, and the query.
fn without_keys(endpoint: &str) -> String {
    let (place, query) = match endpoint.split_once('?') {
        Some((place, _)) => (place, "?…"),
        None => (endpoint, ""),
    };
    let (scheme, rest) = match place.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), place),
    };
    let host = match rest.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => rest.to_owned(),
    };
    format!("{scheme}{host}{query}")
}

/// Names in a query that an API key has.
const KEY_NAMES: [&str; 9] = [
    "key",
    "api_key",
    "api-key",
    "apikey",
    "token",
    "access_token",
    "subscription-key",
    "sig",
    "code",
];

fn check(endpoint: &str, with_key: bool) -> Result<(), &'static str> {
    let uri: Uri = endpoint.parse().map_err(|_| "it is no valid address")?;
    let is_secure = uri.scheme() == Some(&Scheme::HTTPS);
    let authority = match uri.authority() {
        Some(authority) if is_secure || uri.scheme() == Some(&Scheme::HTTP) => authority,
        _ => return Err("it must begin with https:// or http://"),
    };
    if authority.as_str().contains('@') {
        return Err("it holds a user name: keys are given by --api-key-env or --api-key-file");
    }
    let host = Host::of(authority)?;
    if authority.as_str() != authority.host() && authority.port().is_none() {
        return Err("its port is no number from 0 to 65535");
    }
    // The parser drops a fragment without a word.
    if endpoint.contains('#') {
        return Err("it must not have a fragment");
    }
    let names = uri.query().unwrap_or_default().split('&');
    let mut names = names.map(|field| {
        field
            .split('=')
            .next()
            .unwrap_or(field)
            .to_ascii_lowercase()
    });
    if names.any(|name| KEY_NAMES.contains(&name.as_str())) {
        return Err(
            "its query holds a key, which would stand in the log: give it by --api-key-env or --api-key-file, with --api-key-header NAME",
        );
    }
    if with_key && !is_secure && !host.is_this_machine() {
        return Err("an API key is not sent in clear text: use https://");
    }
    Ok(())
}

enum Host<'a> {
    Address(IpAddr),
    Name(&'a str),
}

impl<'a> Host<'a> {
    fn of(authority: &'a Authority) -> Result<Self, &'static str> {
        let host = authority.host();
        if host.is_empty() {
            return Err("it names no host");
        }
        if let Some(bracketed) = host.strip_prefix('[') {
            let address = bracketed.trim_end_matches(']').parse::<Ipv6Addr>();
            return address
                .map(|address| Self::Address(address.into()))
                .map_err(|_| "what stands in brackets is no IPv6 address");
        }
        Ok(host.parse().map_or(Self::Name(host), Self::Address))
    }

    fn is_this_machine(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback(),
            Self::Name(name) => name.eq_ignore_ascii_case("localhost"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(api: Api) -> Asking {
        Asking {
            api,
            model: "small-1".into(),
            max_tokens: None,
            temperature: None,
            logprobs: None,
            extra: serde_json::Map::new(),
        }
    }

    #[test]
    fn each_dialect_has_its_place_and_a_query_stays() {
        for (api, endpoint, address) in [
            (
                Api::Chat,
                "https://h/v1?api-version=1",
                "https://h/v1/chat/completions?api-version=1",
            ),
            (Api::Responses, "https://h/v1/", "https://h/v1/responses"),
            (Api::Anthropic, "https://h/v1", "https://h/v1/messages"),
            (
                Api::VllmCompletions,
                "https://h/v1",
                "https://h/v1/completions",
            ),
            (
                Api::Sglang,
                "http://127.0.0.1:30000",
                "http://127.0.0.1:30000/generate",
            ),
            (
                Api::Azure,
                "https://n.example?api-version=2024-10-21",
                "https://n.example/openai/deployments/small-1/chat/completions?api-version=2024-10-21",
            ),
            (
                Api::Azure,
                "https://n.example/openai/deployments/other/chat/completions?api-version=1",
                "https://n.example/openai/deployments/other/chat/completions?api-version=1",
            ),
            (
                Api::Azure,
                "https://n.example/openai/v1/",
                "https://n.example/openai/v1/chat/completions",
            ),
        ] {
            assert_eq!(
                asking(api).address(endpoint, true).expect(endpoint),
                address
            );
        }
        let error = asking(Api::Azure)
            .address("https://n.example", true)
            .expect_err("no version");
        assert!(error.to_string().contains("api-version"), "{error}");
        let mut odd = asking(Api::Azure);
        odd.model = "a/../b".into();
        assert!(
            odd.address("https://n.example?api-version=1", true)
                .is_err()
        );
    }

    #[test]
    fn endpoints_are_completed_and_clear_text_keys_refused() {
        let of = |endpoint, key| asking(Api::Chat).address(endpoint, key);
        let full = "https://h.example/v1/chat/completions";
        assert_eq!(of("https://h.example/v1/", true).expect("an address"), full);
        assert_eq!(of(full, true).expect("an address"), full);
        assert!(of("http://h.example/v1", false).is_ok());
        assert!(of("http://h.example/v1", true).is_err());
        assert!(of("http://127.0.0.1:8000/v1", true).is_ok());
        assert!(of("http://[::1]:8000", true).is_ok());
        assert!(of("http://localhost.example/v1", true).is_err());
        for bad in [
            "h.example",
            "ftp://h",
            "https://",
            "https://u:p@h/v1",
            "https://h/v1?key=1",
            "https://h /",
        ] {
            assert!(of(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn hosts_are_names_and_addresses_with_or_without_a_port() {
        for (good, key_may_be_sent) in [
            ("https://h.example:8443/v1", true),
            ("https://[2001:db8::1]/v1", true),
            ("https://[2001:db8::1]:8443/v1", true),
            ("HTTPS://H.EXAMPLE/v1", true),
            ("http://LOCALHOST:8000/v1", true),
            ("http://127.8.9.1/v1", true),
            ("http://[::1]/v1", true),
            ("http://[2001:db8::1]:8000/v1", false),
            ("http://10.0.0.1:8000/v1", false),
            // Names and mapped addresses that only look like this machine.
            ("http://127.0.0.1.example/v1", false),
            ("http://[::ffff:10.0.0.1]/v1", false),
        ] {
            let of = |with_key| asking(Api::Chat).address(good, with_key);
            let full = format!("{good}/chat/completions");
            assert_eq!(of(false).expect(good), full);
            assert_eq!(of(true).is_ok(), key_may_be_sent, "{good}");
        }
    }

    #[test]
    fn each_fault_is_named() {
        for (bad, part) in [
            ("", "no valid address"),
            ("https://", "no valid address"),
            ("https://h /v1", "no valid address"),
            ("http://::1/v1", "no valid address"),
            ("http://[::1/v1", "no valid address"),
            ("h.example", "must begin with"),
            ("/v1", "must begin with"),
            ("ftp://h/v1", "must begin with"),
            ("https://:443/v1", "names no host"),
            ("https://[h]/v1", "no IPv6 address"),
            ("https://[fe80::1%25eth0]/v1", "no IPv6 address"),
            ("https://h:/v1", "port"),
            ("https://h:65536/v1", "port"),
            ("https://h:http/v1", "port"),
            ("https://[::1]:x/v1", "port"),
            ("https://u@h/v1", "user name"),
            ("https://u:p@h:443/v1", "user name"),
            ("http://localhost:1@h.example/v1", "user name"),
            ("https://h/v1#k", "fragment"),
            ("https://h/v1?a=1&API_KEY=2", "query holds a key"),
            ("https://h?sig=1", "query holds a key"),
        ] {
            let error = asking(Api::Chat)
                .address(bad, false)
                .expect_err(bad)
                .to_string();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }

    /// What is refused for holding a key must not show it.
    #[test]
    fn keys_in_an_address_are_not_repeated() {
        for endpoint in [
            "https://me:secret@h/v1",
            "https://secret@h/v1?api-version=1",
            "https://h/v1?api-key=secret",
            "secret@h?key=secret",
        ] {
            let error = asking(Api::Chat).address(endpoint, true).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
