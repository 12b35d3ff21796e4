//! Who asks.

use crate::config::ProxyConfig;
use axum::http::{HeaderMap, HeaderName};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A client as limits and the log tell them apart: an IPv4 address, or an IPv6 network of 64 bits, which one customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

impl Client {
    fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }

    /// Its address' bytes.
    pub(crate) fn bytes(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }
    }
}

/// Whose word on a client's address is taken.
pub(crate) struct Proxy {
    header: Option<HeaderName>,
    trusted: Vec<IpAddr>,
}

impl Proxy {
    /// Of a configuration that was checked; without one nobody's.
    pub(crate) fn new(config: Option<&ProxyConfig>) -> Self {
        Self {
            header: config.and_then(|config| config.header.parse().ok()),
            trusted: config.map_or_else(Vec::new, |config| {
                config.trusted.iter().map(IpAddr::to_canonical).collect()
            }),
        }
    }

    /// Who asks: the socket's other end, or what a trusted proxy says of it. The header's last address is the one that the
    /// proxy added; those before it are the client's own word.
    pub(crate) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> Client {
        let peer = peer.ip().to_canonical();
        let said = || {
            let header = self.header.as_ref()?;
            let value = headers.get_all(header).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next()?.trim().parse().ok()
        };
        match self.trusted.contains(&peer) {
            true => Client::of(said().unwrap_or(peer)),
            false => Client::of(peer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers
    }

    fn client(address: &str) -> Client {
        Client::of(address.parse().unwrap())
    }

    #[test]
    fn a_header_counts_from_a_trusted_proxy_only() {
        let config = ProxyConfig {
            header: "X-Forwarded-For".to_owned(),
            trusted: vec!["127.0.0.1".parse().unwrap()],
        };
        let (off, on) = (Proxy::new(None), Proxy::new(Some(&config)));
        let (near, far) = (
            "127.0.0.1:9".parse().unwrap(),
            "192.0.2.7:9".parse().unwrap(),
        );
        let said = headers(&["198.51.100.1", "203.0.113.5, 198.51.100.9"]);
        assert_eq!(off.client(near, &said), client("127.0.0.1"));
        assert_eq!(on.client(far, &said), client("192.0.2.7"));
        assert_eq!(on.client(near, &said), client("198.51.100.9"));
        assert_eq!(on.client(near, &headers(&[])), client("127.0.0.1"));
        assert_eq!(
            on.client(near, &headers(&["nonsense"])),
            client("127.0.0.1")
        );
        let mapped = "[::ffff:127.0.0.1]:9".parse().unwrap();
        assert_eq!(on.client(mapped, &said), client("198.51.100.9"));
    }

    #[test]
    fn a_network_of_64_bits_is_one_client() {
        assert_eq!(client("2001:db8:1:2:3::4"), client("2001:db8:1:2:ffff::"));
        assert_ne!(client("2001:db8:1:2::"), client("2001:db8:1:3::"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }
}
