//! Why a body is no message, and the answer that says so.

use super::answer::{Answer, HEADER_MISMATCH, INVALID_PARAMS, METHOD_NOT_FOUND, UNSUPPORTED_VERSION};
use super::era::{Era, MODERN_REVISION};
use super::fold::imitation;
use super::id::Id;
use super::json::{Object, quote};

/// Why a body is no message; the era and the id make an [`Answer`] of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refused {
    code: i32,
    message: String,
    /// JSON.
    data: Option<String>,
}

impl Refused {
    pub(super) fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    pub(super) fn params(message: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMS, message)
    }

    /// Refuses an object in which another reader might read other keys than we do.
    pub(super) fn imitations(object: &Object<'_>, reserved: &[&str]) -> Result<(), Self> {
        match imitation(object, reserved) {
            None => Ok(()),
            Some(key) => Err(Self::params(format!("{} is not a key that may stand here", quote(key)))),
        }
    }

    pub(super) fn missing_meta(key: &str) -> Self {
        Self::params(format!("`params._meta` must carry `{key}`"))
    }

    pub(super) fn unsupported_version(requested: &str) -> Self {
        Self {
            code: UNSUPPORTED_VERSION,
            message: "Unsupported protocol version".to_owned(),
            data: Some(format!(r#"{{"supported":[{}],"requested":{}}}"#, quote(MODERN_REVISION), quote(requested))),
        }
    }

    pub(super) fn header_mismatch(header: &str) -> Self {
        Self::new(
            HEADER_MISMATCH,
            format!("The header `{header}` must be there once, well formed, and agree with the body"),
        )
    }

    pub(super) fn answer(self, id: Option<&Id>, era: Era) -> Answer {
        let status = match (self.code, era) {
            (METHOD_NOT_FOUND, Era::Legacy) => 200,
            (METHOD_NOT_FOUND, Era::Modern) => 404,
            _ => 400,
        };
        Answer::error(status, id, self.code, &self.message, self.data.as_deref())
    }
}
