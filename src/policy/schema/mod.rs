//! JSON Schema 2020-12, as far as servers publish it in `inputSchema`: what the arguments of a call must be.
//!
//! A keyword that is not checked is refused when the schema is read, by name, and so is nothing silently let through. What
//! cannot be judged (a text too long for a pattern, more work than a call may cost) does not fit, under `not` neither.

mod instance;
mod judge;
mod keyword;
mod read;
mod refs;

use instance::Instance;
use judge::Judge;
use keyword::Keyword;

use crate::wire::json::{Invalid, Node, Object, Pointer};

/// A schema, and all that stand in it: one that leads to another by `$ref` has its number, so that a schema may recur.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    schemas: Vec<Vec<Keyword>>,
}

/// The number of a schema within the whole. The whole is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Id(usize);

/// The first thing in which a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where in the value. A key that is longer than 64 characters is cut.
    pub at: Pointer,
    /// What is wrong there, for a model: it follows the place in a sentence, and has at most 200 characters.
    pub message: String,
}

impl Schema {
    /// Reads a schema. Everything that is wrong or not supported goes to `errors`, each with its place; then there is none.
    pub fn read(node: &Node<'_>, pointer: &Pointer, errors: &mut Vec<Invalid>) -> Option<Self> {
        read::read(node, pointer, errors)
    }

    /// The first thing in which `node` does not fit; none if it fits.
    pub fn violation(&self, node: &Node<'_>) -> Option<Violation> {
        Judge::of(self).violation(Instance::Node(node))
    }

    /// The same for an object, as the arguments of a call are one without a text around them.
    pub fn violation_of_object(&self, object: &Object<'_>) -> Option<Violation> {
        Judge::of(self).violation(Instance::Object(object))
    }

    fn keywords(&self, id: Id) -> &[Keyword] {
        // An id is only ever that of a schema which was read.
        self.schemas.get(id.0).map_or(&[Keyword::Never], Vec::as_slice)
    }
}
