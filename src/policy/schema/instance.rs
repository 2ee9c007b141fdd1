//! What a schema is applied to: a value of the text, the arguments of a call, or the name of a member.

use super::keyword::Types;
use crate::wire::json::{Decimal, Literal, Node, Object, Value};

#[derive(Debug, Clone, Copy)]
pub(super) enum Instance<'n> {
    Node(&'n Node<'n>),
    Object(&'n Object<'n>),
    Name(&'n str),
}

impl<'n> Instance<'n> {
    /// Each type that it is of: `1.0` is an integer and a number.
    pub(super) fn types(self) -> Types {
        match self {
            Self::Object(_) => Types::OBJECT,
            Self::Name(_) => Types::STRING,
            Self::Node(node) => match &node.value {
                Value::Null => Types::NULL,
                Value::Bool(_) => Types::BOOLEAN,
                Value::Number(number) if Decimal::of(number).is_integer() => Types::WHOLE_NUMBER,
                Value::Number(_) => Types::NUMBER,
                Value::String(_) => Types::STRING,
                Value::Array(_) => Types::ARRAY,
                Value::Object(_) => Types::OBJECT,
            },
        }
    }

    /// The number as it was written.
    pub(super) fn number(self) -> Option<&'n str> {
        match self {
            Self::Node(Node { value: Value::Number(number), .. }) => Some(number),
            Self::Node(_) | Self::Object(_) | Self::Name(_) => None,
        }
    }

    pub(super) fn text(self) -> Option<&'n str> {
        match self {
            Self::Node(node) => node.as_str(),
            Self::Name(name) => Some(name),
            Self::Object(_) => None,
        }
    }

    pub(super) fn elements(self) -> Option<&'n [Node<'n>]> {
        match self {
            Self::Node(node) => node.as_array(),
            Self::Object(_) | Self::Name(_) => None,
        }
    }

    pub(super) fn object(self) -> Option<&'n Object<'n>> {
        match self {
            Self::Node(node) => node.as_object(),
            Self::Object(object) => Some(object),
            Self::Name(_) => None,
        }
    }

    pub(super) fn is(self, literal: &Literal) -> bool {
        match self {
            Self::Node(node) => literal.equals(node),
            Self::Object(object) => literal.equals_object(object),
            Self::Name(name) => matches!(literal, Literal::String(text) if text == name),
        }
    }
}
