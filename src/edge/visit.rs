//! An HTTP request as it arrived. Its body is somebody else's affair.

use std::borrow::Cow;

use web_sys::Request;

/// The header fields that nearly every request is asked for. `entry.js` reads them in one go, since each look from here is a
/// call across the border.
pub(super) const READ_AHEAD: [&str; 9] = [
    "host",
    "origin",
    "authorization",
    "content-type",
    "content-encoding",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-session-id",
];

/// A request, with what was read of it ahead.
pub(super) struct Visit {
    request: Request,
    /// The method, the URL and the fields of [`READ_AHEAD`], a line each. No line end can be in any of them (RFC 9110, section
    /// 5.5). A field that is there begins with `=`.
    head: String,
    /// Where each line ends.
    ends: [usize; 2 + READ_AHEAD.len()],
}

impl Visit {
    pub(super) fn new(request: Request, head: String) -> Self {
        let mut ends = [head.len(); 2 + READ_AHEAD.len()];
        let line_ends = head.bytes().enumerate().filter_map(|(place, byte)| (byte == b'\n').then_some(place));
        for (end, place) in ends.iter_mut().zip(line_ends) {
            *end = place;
        }
        Self { request, head, ends }
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

    /// The URL as far as its host: `https://gateway.example`.
    pub(super) fn site(&self) -> &str {
        let url = self.url();
        let behind_scheme = url.find("://").map_or(0, |place| place + 3);
        let end =
            url.get(behind_scheme..).and_then(|rest| rest.find('/')).map_or(url.len(), |host| behind_scheme + host);
        url.get(..end).unwrap_or_default()
    }

    /// The path of the URL, as it was sent.
    pub(super) fn path(&self) -> &str {
        let path = self.url().get(self.site().len()..).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
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

    /// The IP address that it came from, if the platform tells.
    pub(super) fn address(&self) -> Option<String> {
        self.field("cf-connecting-ip").map(Cow::into_owned)
    }

    fn line(&self, number: usize) -> &str {
        let begin = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| end + 1);
        self.ends.get(number).and_then(|end| self.head.get(begin..*end)).unwrap_or_default()
    }
}
