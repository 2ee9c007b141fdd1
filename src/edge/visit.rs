//! An HTTP request as it arrived. Its body is somebody else's affair.

use std::borrow::Cow;

use web_sys::Request;

/// The header fields that nearly every request is asked for. `entry.js` reads them in one go, since each look from here is a
/// call across the border.
pub(super) const READ_AHEAD: [&str; 10] = [
    "host",
    "origin",
    "authorization",
    "content-type",
    "content-encoding",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-session-id",
    "cf-connecting-ip",
];

/// A request, with what was read of it ahead.
pub(super) struct Visit {
    request: Request,
    /// The method, the URL and the fields of [`READ_AHEAD`], a line each. No line end can be in any of them (RFC 9110, section
    /// 5.5). A field that is there begins with `=`.
    head: String,
}

impl Visit {
    pub(super) fn new(request: Request, head: String) -> Self {
        Self { request, head }
    }

    /// The request itself.
    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    pub(super) fn method(&self) -> &str {
        self.line(0)
    }

    pub(super) fn url(&self) -> &str {
        self.line(1)
    }

    /// The path of the URL, as it was sent.
    pub(super) fn path(&self) -> &str {
        let behind_scheme = self.url().split_once("://").map_or("", |(_, rest)| rest);
        let path = behind_scheme.split_once('/').map_or("", |(_, path)| path);
        path.split(['?', '#']).next().unwrap_or_default()
    }

    /// The value of a header field. One that was sent several times arrives joined with `, `.
    pub(super) fn field(&self, name: &str) -> Option<Cow<'_, str>> {
        match READ_AHEAD.iter().position(|known| *known == name) {
            Some(position) => self.line(2 + position).strip_prefix('=').map(Cow::Borrowed),
            // A name that is none of a field is not there either.
            None => self.request.headers().get(name).ok().flatten().map(Cow::Owned),
        }
    }

    fn line(&self, number: usize) -> &str {
        self.head.split('\n').nth(number).unwrap_or_default()
    }
}
