//! What the admin API answers when it does not do what it was asked.

use serde_json::{Value, json};
use web_sys::Response;
use worker::{Error, Result};

use crate::edge::{door, reply};
use crate::wire::json::Invalid;

/// Why not.
pub(super) enum Problem {
    /// No admin secret is set, or one that is too short.
    Off,
    /// The admin secret was not shown.
    Unauthorized,
    /// Nothing has this name.
    NotFound(String),
    /// The path is right, the method is not: only these are.
    MethodNotAllowed(&'static str),
    /// The document is wrong.
    Invalid(Vec<Invalid>),
    /// It is not what `If-Match` says any more.
    Changed,
    /// Grants use it.
    InUse(String),
    /// It has been answered already, or is over.
    Over(String),
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// It was refused at the door.
    Refused(door::Refused),
    /// The platform failed.
    Outage(Error),
}

impl Problem {
    /// The answer. It never shows what the platform said: that goes to the log.
    pub(super) fn response(&self) -> Result<Response> {
        let (status, code, message) = match self {
            Self::Off => (
                401,
                "admin_api_off",
                "the admin API is off: set the Worker secret ADMIN_TOKEN to at least 32 characters".to_owned(),
            ),
            Self::Unauthorized => (401, "unauthorized", "show the admin secret: Authorization: Bearer …".to_owned()),
            Self::NotFound(message) => (404, "not_found", message.clone()),
            Self::MethodNotAllowed(_) => (405, "method_not_allowed", "this path does not take this method".to_owned()),
            Self::Invalid(errors) => return Ok(invalid(errors)),
            Self::Changed => (412, "changed", "somebody changed it since: read it again, then repeat".to_owned()),
            Self::InUse(message) => (409, "in_use", message.clone()),
            Self::Over(message) => (409, "over", message.clone()),
            Self::TooLarge(limit) => (413, "too_large", format!("at most {limit} bytes are accepted")),
            Self::Refused(refused) => (refused.status, "refused", refused.message.to_owned()),
            Self::Outage(_) => {
                (503, "unavailable", "the store cannot be reached, or a secret is missing (the Worker's log says which): nothing is certain, repeat the request".to_owned())
            }
        };
        let response = reply::json(status, &json!({ "error": { "code": code, "message": message } }));
        match self {
            Self::Off | Self::Unauthorized => reply::with(response, "www-authenticate", "Bearer"),
            Self::MethodNotAllowed(allowed) => reply::with(response, "allow", allowed),
            Self::NotFound(_)
            | Self::Invalid(_)
            | Self::Changed
            | Self::InUse(_)
            | Self::Over(_)
            | Self::TooLarge(_)
            | Self::Refused(_)
            | Self::Outage(_) => Ok(response),
        }
    }
}

fn invalid(errors: &[Invalid]) -> Response {
    reply::json(422, &json!({ "errors": described(errors) }))
}

/// Errors or warnings as the API shows them.
pub(super) fn described(found: &[Invalid]) -> Vec<Value> {
    found.iter().map(|invalid| json!({ "pointer": invalid.pointer.as_str(), "message": invalid.message })).collect()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Outage(error)
    }
}

impl From<Invalid> for Problem {
    fn from(error: Invalid) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<Vec<Invalid>> for Problem {
    fn from(errors: Vec<Invalid>) -> Self {
        Self::Invalid(errors)
    }
}
