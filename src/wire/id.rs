//! The id of a JSON-RPC request.

use super::json::{Node, Value, quote};

/// Integers past this size are not told apart by every reader (a double has 53 bits).
const LARGEST: i64 = 1 << 53;

/// A string, or an integer within ±2^53; an answer echoes its type and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Id {
    /// A string.
    String(String),
    /// An integer.
    Integer(i64),
}

impl Id {
    /// The id that `node` is, if it is one.
    pub fn read(node: &Node<'_>) -> Option<Self> {
        match &node.value {
            Value::String(text) => Some(Self::String(text.clone().into_owned())),
            Value::Number(_) => {
                node.as_integer().filter(|integer| (-LARGEST..=LARGEST).contains(integer)).map(Self::Integer)
            }
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The id as JSON.
    pub fn written(&self) -> String {
        match self {
            Self::String(text) => quote(text),
            Self::Integer(integer) => integer.to_string(),
        }
    }
}
