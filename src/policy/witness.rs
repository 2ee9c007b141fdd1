//! Who looks on while a call is decided.

use super::Truth;
use super::condition::Condition;
use crate::wire::json::Node;

/// Hears of each condition that is judged, in order. The gateway needs nobody to look on; an explanation does.
pub trait Witness {
    /// `condition`, which is a leaf, was judged of `value`, which is none where nothing is there.
    fn saw(&mut self, condition: &Condition, value: Option<&Node<'_>>, truth: Truth);

    /// `condition`, which stands in a rule, came out as `truth`.
    fn judged(&mut self, condition: &Condition, truth: Truth);
}

/// Nobody.
impl Witness for () {
    fn saw(&mut self, _: &Condition, _: Option<&Node<'_>>, _: Truth) {}

    fn judged(&mut self, _: &Condition, _: Truth) {}
}
