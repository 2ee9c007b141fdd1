//! A form as a browser sends it.

use web_sys::UrlSearchParams;
use worker::Result;
use worker::js_sys::Uint8Array;

use crate::edge::platform;
use crate::edge::task::settled;
use crate::edge::visit::Visit;

/// The most bytes of one: a reason and a few tokens.
const MOST: u32 = 16 * 1024;

/// Its fields.
pub(super) struct Form {
    fields: UrlSearchParams,
}

impl Form {
    /// Whether a request bears one.
    pub(super) fn is_one(visit: &Visit) -> bool {
        let media_type = visit.field("content-type").unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// Reads it; nothing if it is too large.
    pub(super) async fn of(visit: &Visit) -> Result<Option<Self>> {
        let body = settled(platform::body(visit.request(), MOST)).await?;
        if body.is_undefined() {
            return Ok(None);
        }
        let text = Uint8Array::new(&body).to_vec();
        Ok(Some(Self { fields: UrlSearchParams::new_with_str(&String::from_utf8_lossy(&text))? }))
    }

    /// The first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.fields.get(name)
    }
}
