//! Where requests go: the endpoint's address, checked and completed.

use crate::api::Api;
use crate::error::CollectError;
use http::Uri;
use http::uri::{Authority, Scheme};
use std::net::{IpAddr, Ipv6Addr};

impl Api {
    /// The address that requests go to, given the endpoint up to its version or in full.
    ///
    /// With an API key, plain HTTP is refused but to this machine.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn address(self, endpoint: &str, with_key: bool) -> Result<String, CollectError> {
        check(endpoint, with_key).map_err(|reason| CollectError::Endpoint {
            endpoint: endpoint.to_owned(),
            reason,
        })?;
        let endpoint = endpoint.trim_end_matches('/');
        if endpoint.ends_with(self.path()) {
            return Ok(endpoint.to_owned());
        }
        Ok(format!("{endpoint}{}", self.path()))
    }
}

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
    if uri.query().is_some() || endpoint.contains('#') {
        return Err("it must not have a query");
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

    #[test]
    fn endpoints_are_completed_and_clear_text_keys_refused() {
        let of = |endpoint, key| Api::Chat.address(endpoint, key);
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
            "https://h/v1?k=1",
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
            let of = |with_key| Api::Chat.address(good, with_key);
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
            ("https://h/v1?", "query"),
            ("https://h/v1#k", "query"),
            ("https://h?k=1", "query"),
        ] {
            let error = Api::Chat.address(bad, false).expect_err(bad).to_string();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }
}
