//! What conditions and schemas look at, whatever is asked for.

use crate::wire::json::Object;

/// The arguments of a call or a prompt, or the variables of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Arguments<'s> {
    /// As they were sent.
    Sent(&'s Object<'s>),
    /// Read out of a URI.
    Decoded(Object<'s>),
    /// Not known, or not all of them, as where they are still being completed.
    Unknown,
}

impl Arguments<'_> {
    pub(super) fn object(&self) -> Option<&Object<'_>> {
        match self {
            Self::Sent(object) => Some(object),
            Self::Decoded(object) => Some(object),
            Self::Unknown => None,
        }
    }
}
