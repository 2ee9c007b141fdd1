//! JSON Schemas of arguments. Not read yet: a policy that has one is refused.

use crate::wire::json::{Invalid, Node, Object, Pointer};

/// A schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    never: std::convert::Infallible,
}

/// The first thing in which a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where in the value.
    pub at: Pointer,
    /// What is wrong there.
    pub message: String,
}

impl Schema {
    pub(super) fn read(_: &Node<'_>, pointer: &Pointer, errors: &mut Vec<Invalid>) -> Option<Self> {
        errors.push(Invalid { pointer: pointer.clone(), message: "`arguments` is not supported yet".to_owned() });
        None
    }

    pub(super) fn violation_of_object(&self, _: &Object<'_>) -> Option<Violation> {
        match self.never {}
    }
}
