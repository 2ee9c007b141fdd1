//! The operators: what a condition asks of one value.

use std::cmp::Ordering;
use std::fmt;

use crate::policy::Truth;
use crate::policy::pattern::Pattern;
use crate::wire::json::{Decimal, Literal, Node, Value, quote};

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::policy) enum Test {
    /// `eq`
    Equal(Literal),
    /// `neq`
    Unequal(Literal),
    /// `in`
    In(Vec<Literal>),
    /// `not_in`
    NotIn(Vec<Literal>),
    /// `lt`, `lte`, `gt`, `gte`: the number as it was written.
    Order(Order, String),
    /// `regex`
    Regex(Pattern),
    /// `contains`
    Contains(Literal),
    /// `exists`, or with `false` that it does not.
    Exists(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Order {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// The operators by their names in a document.
pub const OPERATORS: [&str; 11] =
    ["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "exists"];

impl Test {
    /// Reads an operator and its value, or says what is wrong: with `value` if it is there, else with the operator.
    pub(in crate::policy) fn read(operator: &str, value: Option<&Node<'_>>) -> Result<Self, String> {
        let required = || value.ok_or_else(|| format!("`{operator}` needs a `value`"));
        let literal = || required().map(Literal::of);
        let several = || match &required()?.value {
            Value::Array(values) if !values.is_empty() => Ok(values.iter().map(Literal::of).collect()),
            Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Err(format!("`{operator}` needs an array with at least one value"))
            }
        };
        let order = |order: Order| match &required()?.value {
            Value::Number(number) => Ok(Self::Order(order, (*number).to_owned())),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                Err(format!("`{operator}` compares numbers only"))
            }
        };
        match operator {
            "eq" => literal().map(Self::Equal),
            "neq" => literal().map(Self::Unequal),
            "in" => several().map(Self::In),
            "not_in" => several().map(Self::NotIn),
            "lt" => order(Order::Less),
            "lte" => order(Order::AtMost),
            "gt" => order(Order::Greater),
            "gte" => order(Order::AtLeast),
            "contains" => literal().map(Self::Contains),
            "regex" => match required()?.as_str() {
                Some(source) => Pattern::whole(source).map(Self::Regex),
                None => Err("`regex` needs a string".to_owned()),
            },
            "exists" => match value.map(|node| &node.value) {
                None => Ok(Self::Exists(true)),
                Some(Value::Bool(exists)) => Ok(Self::Exists(*exists)),
                Some(_) => Err("`exists` takes true or false".to_owned()),
            },
            _ => Err(format!("must be one of {}", OPERATORS.map(quote).join(", "))),
        }
    }

    /// What is true of `seen`, which is none where nothing is there.
    pub(super) fn judge(&self, seen: Option<&Node<'_>>) -> Truth {
        let Some(seen) = seen else {
            return match self {
                Self::Exists(exists) => Truth::from(!exists),
                Self::Equal(_)
                | Self::Unequal(_)
                | Self::In(_)
                | Self::NotIn(_)
                | Self::Order(..)
                | Self::Regex(_)
                | Self::Contains(_) => Truth::False,
            };
        };
        match self {
            Self::Exists(exists) => Truth::from(*exists),
            Self::Equal(literal) => is_one_of(seen, std::slice::from_ref(literal)),
            Self::Unequal(literal) => !is_one_of(seen, std::slice::from_ref(literal)),
            Self::In(literals) => is_one_of(seen, literals),
            Self::NotIn(literals) => !is_one_of(seen, literals),
            Self::Order(order, number) => match &seen.value {
                Value::Number(seen) => Truth::from(order.holds(Decimal::of(seen).cmp(&Decimal::of(number)))),
                Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                    Truth::Unjudgeable
                }
            },
            Self::Regex(pattern) => {
                seen.as_str().and_then(|seen| pattern.matches(seen)).map_or(Truth::Unjudgeable, Truth::from)
            }
            Self::Contains(literal) => match (&seen.value, literal) {
                (Value::Array(elements), literal) => {
                    Truth::from(elements.iter().any(|element| literal.equals(element)))
                }
                (Value::String(text), Literal::String(part)) => Truth::from(text.contains(part.as_str())),
                (Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_), _) => {
                    Truth::Unjudgeable
                }
            },
        }
    }

    /// Whether `value` passes.
    pub(in crate::policy) fn accepts(&self, value: &Node<'_>) -> bool {
        self.judge(Some(value)) == Truth::True
    }

    fn operator(&self) -> &'static str {
        match self {
            Self::Equal(_) => "eq",
            Self::Unequal(_) => "neq",
            Self::In(_) => "in",
            Self::NotIn(_) => "not_in",
            Self::Order(Order::Less, _) => "lt",
            Self::Order(Order::AtMost, _) => "lte",
            Self::Order(Order::Greater, _) => "gt",
            Self::Order(Order::AtLeast, _) => "gte",
            Self::Regex(_) => "regex",
            Self::Contains(_) => "contains",
            Self::Exists(_) => "exists",
        }
    }
}

/// Types are strict: a value whose type is none of those that it is compared with cannot be judged.
fn is_one_of(seen: &Node<'_>, literals: &[Literal]) -> Truth {
    if literals.iter().any(|literal| literal.equals(seen)) {
        Truth::True
    } else if literals.iter().any(|literal| literal.is_kind_of(seen)) {
        Truth::False
    } else {
        Truth::Unjudgeable
    }
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// Operator and value: `in ["check","migrate"]`.
impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operator())?;
        f.write_str(" ")?;
        match self {
            Self::Equal(literal) | Self::Unequal(literal) | Self::Contains(literal) => literal.fmt(f),
            Self::In(literals) | Self::NotIn(literals) => Literal::Array(literals.clone()).fmt(f),
            Self::Order(_, number) => f.write_str(number),
            Self::Regex(pattern) => f.write_str(&quote(pattern.source())),
            Self::Exists(exists) => exists.fmt(f),
        }
    }
}
