//! Conditions on the arguments of a call.

mod path;
mod test;

pub use path::Path;
pub(super) use path::{Quantifier, Root};
pub use test::OPERATORS;
pub(super) use test::{Order, Test};

use std::fmt;

use super::{Arguments, Mode, Truth, Witness};
use crate::wire::json::Pointer;

/// Something that holds of a call or does not, or cannot be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(super) pointer: Pointer,
    pub(super) expression: Expression,
    pub(super) mode: Mode,
    /// What the author has to say where it refuses.
    pub(super) reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Leaf(Path, Test),
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
}

impl Condition {
    /// Where it stands.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Whether it holds of `arguments`, with `[*]` meant as `quantifier` says. `not` turns that round: that *not every*
    /// element is so is what *any* that is not shows.
    pub(super) fn judge(&self, arguments: &Arguments<'_>, quantifier: Quantifier, witness: &mut impl Witness) -> Truth {
        match &self.expression {
            Expression::Leaf(path, test) => match arguments.object() {
                Some(object) => path.judge(object, quantifier, &mut |seen| {
                    let truth = test.judge(seen);
                    witness.saw(self, seen, truth);
                    truth
                }),
                None => Truth::Unjudgeable,
            },
            Expression::Any(conditions) => {
                Truth::any(conditions.iter().map(|condition| condition.judge(arguments, quantifier, witness)))
            }
            Expression::All(conditions) => {
                Truth::all(conditions.iter().map(|condition| condition.judge(arguments, quantifier, witness)))
            }
            Expression::Not(condition) => !condition.judge(arguments, !quantifier, witness),
        }
    }
}

/// In words that are those of the document: `args.command in ["check"]`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = |f: &mut fmt::Formatter<'_>, conditions: &[Self], between: &str| {
            for (n, condition) in conditions.iter().enumerate() {
                write!(f, "{}({condition})", if n > 0 { between } else { "" })?;
            }
            Ok(())
        };
        match &self.expression {
            Expression::Leaf(path, test) => write!(f, "{path} {test}"),
            Expression::Any(conditions) => several(f, conditions, " or "),
            Expression::All(conditions) => several(f, conditions, " and "),
            Expression::Not(condition) => write!(f, "not ({condition})"),
        }
    }
}
