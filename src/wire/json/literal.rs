//! A value that outlives the text it was read from, to compare others with.

use std::collections::BTreeMap;
use std::fmt;

use super::{Decimal, Node, Object, Value, quote};

/// A JSON value of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(BTreeMap<String, Self>),
}

impl Literal {
    /// The value of `node`.
    pub fn of(node: &Node<'_>) -> Self {
        match &node.value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Number(number) => Self::Number((*number).to_owned()),
            Value::String(text) => Self::String(text.as_ref().to_owned()),
            Value::Array(elements) => Self::Array(elements.iter().map(Self::of).collect()),
            Value::Object(object) => {
                let members = object.members().iter();
                Self::Object(members.map(|member| (member.key.as_ref().to_owned(), Self::of(&member.node))).collect())
            }
        }
    }

    /// Whether `node` is the same value: numbers by value (`1` is `1.0`), objects in any order, `"1"` never `1`.
    pub fn equals(&self, node: &Node<'_>) -> bool {
        match (self, &node.value) {
            (Self::Null, Value::Null) => true,
            (Self::Bool(own), Value::Bool(other)) => own == other,
            (Self::Number(own), Value::Number(other)) => Decimal::of(own) == Decimal::of(other),
            (Self::String(own), Value::String(other)) => own == other,
            (Self::Array(own), Value::Array(others)) => {
                own.len() == others.len() && own.iter().zip(others).all(|(own, other)| own.equals(other))
            }
            (Self::Object(_), Value::Object(other)) => self.equals_object(other),
            (Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) | Self::Object(_), _) => {
                false
            }
        }
    }

    /// The same for an object without a text around it.
    pub fn equals_object(&self, object: &Object<'_>) -> bool {
        match self {
            Self::Object(own) => {
                let same = |(key, own): (&String, &Self)| object.get(key).is_some_and(|other| own.equals(other));
                own.len() == object.members().len() && own.iter().all(same)
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => false,
        }
    }

    /// Whether `node` has the same JSON type.
    pub fn is_kind_of(&self, node: &Node<'_>) -> bool {
        matches!(
            (self, &node.value),
            (Self::Null, Value::Null)
                | (Self::Bool(_), Value::Bool(_))
                | (Self::Number(_), Value::Number(_))
                | (Self::String(_), Value::String(_))
                | (Self::Array(_), Value::Array(_))
                | (Self::Object(_), Value::Object(_))
        )
    }
}

/// As JSON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(truth) => truth.fmt(f),
            Self::Number(number) => f.write_str(number),
            Self::String(text) => f.write_str(&quote(text)),
            Self::Array(elements) => {
                f.write_str("[")?;
                for (n, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if n > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (n, (key, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if n > 0 { "," } else { "" }, quote(key))?;
                }
                f.write_str("}")
            }
        }
    }
}
