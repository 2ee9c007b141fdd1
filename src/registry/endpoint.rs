//! The URL of an origin.

use std::fmt;

/// An absolute `http` or `https` URL without credentials and without a fragment.
///
/// The platform parses it when it is used; this only makes sure that it cannot mean anything but what an operator reads:
/// a host of letters, digits, dots and hyphens (or an IPv6 address in brackets), perhaps a port, then visible ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// The URL that `text` is, or what is wrong with it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or("must begin with https:// (or http://)")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err("must hold no user name or password: put credentials into `headers`");
        }
        if rest.contains('#') {
            return Err("must have no fragment");
        }
        if !is_authority(authority) {
            return Err("must name a host, like https://django.example/mcp");
        }
        if !rest.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && !b"\\\"<>^`{|}".contains(&byte)) {
            return Err("must be plain ASCII: percent-encode what is not");
        }
        Ok(Self(text.to_owned()))
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => return is_ipv6(address) && is_port(port),
        None => authority.find(':').and_then(|colon| authority.split_at_checked(colon)).unwrap_or((authority, "")),
    };
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !host.is_empty() && host.bytes().all(known) && is_port(port)
}

fn is_ipv6(address: &str) -> bool {
    address.parse::<std::net::Ipv6Addr>().is_ok()
}

/// Nothing, or a colon and a number.
fn is_port(port: &str) -> bool {
    port.is_empty() || port.strip_prefix(':').is_some_and(|number| number.parse::<u16>().is_ok_and(|number| number > 0))
}
