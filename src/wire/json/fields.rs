//! Reading a document field by field: every error says where, and no field goes unread.

use std::fmt;

use super::canonical::canonical_members;
use super::{Member, Node, quote};

/// A JSON pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the member `key` of what this one points to.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// The pointer to the element `index` of what this one points to.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Where in the document.
    pub pointer: Pointer,
    /// What is wrong, as a sentence for the author of the document.
    pub message: String,
}

/// One error where several may be.
impl From<Invalid> for Vec<Invalid> {
    fn from(invalid: Invalid) -> Self {
        vec![invalid]
    }
}

/// The members of one object of a document, each to be taken once.
pub struct Fields<'n, 'a> {
    pointer: Pointer,
    members: Vec<&'n Member<'a>>,
}

impl<'n, 'a> Fields<'n, 'a> {
    /// The members of `node`, which must be an object.
    pub fn of(node: &'n Node<'a>, pointer: Pointer) -> Result<Self, Invalid> {
        match node.as_object() {
            Some(object) => Ok(Self { pointer, members: object.members().iter().collect() }),
            None => Err(Invalid { pointer, message: format!("must be an object, not {}", node.kind()) }),
        }
    }

    /// Those that have not been taken, in their canonical form.
    pub fn canonical(&self) -> String {
        canonical_members(&self.members)
    }

    /// Where these fields stand.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Whether the field `key` is there and has not been taken.
    pub fn has(&self, key: &str) -> bool {
        self.members.iter().any(|member| member.key == key)
    }

    /// Takes the field `key` out, with its place, if it is there.
    pub fn take(&mut self, key: &str) -> Option<(&'n Node<'a>, Pointer)> {
        let position = self.members.iter().position(|member| member.key == key)?;
        Some((&self.members.remove(position).node, self.pointer.key(key)))
    }

    /// Takes the field `key`, which must be there.
    pub fn require(&mut self, key: &str) -> Result<(&'n Node<'a>, Pointer), Invalid> {
        self.take(key).ok_or_else(|| self.invalid(format!("`{key}` is required")))
    }

    /// Takes the string under `key`, if it is there.
    pub fn take_string(&mut self, key: &str) -> Result<Option<&'n str>, Invalid> {
        self.take(key).map(|(node, pointer)| string(node, &pointer)).transpose()
    }

    /// Takes the string under `key`, which must be there.
    pub fn require_string(&mut self, key: &str) -> Result<&'n str, Invalid> {
        let (node, pointer) = self.require(key)?;
        string(node, &pointer)
    }

    /// All fields, in the order of the text, each with its key and its place: for objects whose keys are names.
    pub fn into_members(self) -> impl Iterator<Item = (&'n str, &'n Node<'a>, Pointer)> {
        let pointer = self.pointer;
        self.members.into_iter().map(move |member| (member.key.as_ref(), &member.node, pointer.key(&member.key)))
    }

    /// Every field that nobody took is an error.
    pub fn finish(self) -> Result<(), Vec<Invalid>> {
        if self.members.is_empty() {
            return Ok(());
        }
        Err(self
            .members
            .iter()
            .map(|member| Invalid {
                pointer: self.pointer.key(&member.key),
                message: format!("unknown field {}", quote(&member.key)),
            })
            .collect())
    }

    /// An error about the object as a whole.
    pub fn invalid(&self, message: impl Into<String>) -> Invalid {
        Invalid { pointer: self.pointer.clone(), message: message.into() }
    }
}

/// The string that `node` is.
pub fn string<'n>(node: &'n Node<'_>, pointer: &Pointer) -> Result<&'n str, Invalid> {
    node.as_str()
        .ok_or_else(|| Invalid { pointer: pointer.clone(), message: format!("must be a string, not {}", node.kind()) })
}
