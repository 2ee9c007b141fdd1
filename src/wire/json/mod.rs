//! JSON, read strictly and once: a tree that borrows from the bytes it was read from.
//!
//! Two readers that understand one message differently are a hole in a gateway, so this one accepts only what every
//! reader understands alike: no duplicate keys (however they are spelled), no byte-order mark, no lone surrogates, no
//! number that overflows, nothing after the value, and no more than [`MAX_DEPTH`] levels of nesting. Each node keeps its
//! exact text, so that what is forwarded or edited keeps every byte that nobody meant to change.

mod canonical;
mod decimal;
mod fault;
mod fields;
mod literal;
mod number;
mod parse;
mod write;

pub use decimal::Decimal;
pub use fault::{Fault, Unreadable};
pub use fields::{Fields, Invalid, Pointer, string};
pub use literal::Literal;
pub use parse::parse;
pub use write::quote;

use std::borrow::Cow;

/// How many arrays and objects may stand inside one another.
pub const MAX_DEPTH: usize = 64;

/// A value together with the text that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'a> {
    /// The exact text, without the white space around it.
    pub text: &'a str,
    /// What the text says.
    pub value: Value<'a>,
}

/// What a JSON text says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number by RFC 8259, finite as a double. It stays text: an integer of any size is exact.
    Number(&'a str),
    /// A string, its escapes resolved.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object; no key occurs twice.
    Object(Object<'a>),
}

/// The members of an object in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object<'a> {
    members: Vec<Member<'a>>,
}

/// One key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// The key, its escapes resolved.
    pub key: Cow<'a, str>,
    /// The key as it was written, quotes included.
    pub key_text: &'a str,
    /// The value.
    pub node: Node<'a>,
}

impl<'a> Object<'a> {
    /// An object of strings that no text was read for.
    pub fn of_strings(members: Vec<(String, String)>) -> Self {
        let member = |(key, value)| {
            let node = Node { text: "", value: Value::String(Cow::Owned(value)) };
            Member { key: Cow::Owned(key), key_text: "", node }
        };
        Self { members: members.into_iter().map(member).collect() }
    }

    /// The value under `key`, compared as decoded strings.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.members.iter().find(|member| member.key == key).map(|member| &member.node)
    }

    /// Takes the value under `key` out.
    pub fn take(&mut self, key: &str) -> Option<Node<'a>> {
        let position = self.members.iter().position(|member| member.key == key)?;
        Some(self.members.remove(position).node)
    }

    /// The keys in order, as decoded strings.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.key.as_ref())
    }

    /// The members in order.
    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// The object written again, with the values that `replacement` gives for a key in place of its own.
    pub fn rewritten(&self, replacement: impl Fn(&str) -> Option<String>) -> String {
        self.written(|member| match replacement(&member.key) {
            Some(value) => Some(format!("{}:{value}", member.key_text)),
            None => Some(format!("{}:{}", member.key_text, member.node.text)),
        })
    }

    /// The object written again, with only the members whose key `keep` accepts.
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> String {
        self.written(|member| keep(&member.key).then(|| format!("{}:{}", member.key_text, member.node.text)))
    }

    fn written(&self, member: impl Fn(&Member<'a>) -> Option<String>) -> String {
        let members: Vec<String> = self.members.iter().filter_map(member).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// The members sorted by key, and equal keys as they stand in the text.
fn by_key<'m, 'a: 'm>(members: impl IntoIterator<Item = &'m Member<'a>>) -> Vec<&'m Member<'a>> {
    let mut sorted: Vec<_> = members.into_iter().collect();
    sorted.sort_unstable_by(|left, right| {
        left.key.cmp(&right.key).then(left.key_text.as_ptr().cmp(&right.key_text.as_ptr()))
    });
    sorted
}

impl<'a> Node<'a> {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_string().map(AsRef::as_ref)
    }

    /// The string, if it is one, still borrowing from the text where it has no escapes.
    pub fn as_string(&self) -> Option<&Cow<'a, str>> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match &self.value {
            Value::Object(object) => Some(object),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        }
    }

    /// The object, if it is one, without the text around it.
    pub fn into_object(self) -> Option<Object<'a>> {
        match self.value {
            Value::Object(object) => Some(object),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        }
    }

    /// The array's elements, if it is one.
    pub fn as_array(&self) -> Option<&[Node<'a>]> {
        match &self.value {
            Value::Array(elements) => Some(elements),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
        }
    }

    /// The integer, if it is written as one (`1`, not `1.0`) and fits.
    pub fn as_integer(&self) -> Option<i64> {
        match &self.value {
            Value::Number(text) => text.parse().ok(),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// What kind of value it is, in words for an error message.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}
