//! Where a request comes from, for the back-off of failed sign-ins.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The network address that failures are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(pub String);

/// A proxy on this machine says whom it speaks for in the last entry of `X-Forwarded-For`; from anywhere else the header
/// is hearsay. Of an IPv6 address the network counts, for its owner has all the addresses in it.
fn client(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let Some(peer) = peer.map(|ip| ip.to_canonical()) else {
        return "unknown".to_owned();
    };
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.rsplit(',').next())
        .and_then(|v| v.trim().parse::<IpAddr>().ok());
    let address = match named {
        Some(ip) if peer.is_loopback() => ip.to_canonical(),
        _ => peer,
    };
    match address {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|c| c.0.ip());
        Ok(ClientAddress(client(peer, &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        client(Some(peer.parse().unwrap()), &headers)
    }

    #[test]
    fn only_a_proxy_on_this_machine_may_name_the_client() {
        assert_eq!(of("203.0.113.7", ""), "203.0.113.7");
        assert_eq!(of("203.0.113.7", "198.51.100.1"), "203.0.113.7");
        assert_eq!(of("127.0.0.1", "10.0.0.9, 198.51.100.1"), "198.51.100.1");
        assert_eq!(of("127.0.0.1", "nonsense"), "127.0.0.1");
        assert_eq!(of("::ffff:203.0.113.7", ""), "203.0.113.7");
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        assert_eq!(of("2001:db8:1:2:3:4:5:6", ""), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::1", ""), "2001:db8:1:2::/64");
    }
}
