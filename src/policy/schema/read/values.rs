//! The values that keywords have: each of the kind that it must be, or an error that says so.

use super::Reader;
use crate::policy::pattern::Pattern;
use crate::policy::schema::Id;
use crate::policy::schema::keyword::Types;
use crate::wire::json::{Decimal, Invalid, Node, Object, Pointer, Value};

impl Reader<'_> {
    /// What `read` makes of the value of `key`, if that is there.
    pub(super) fn under<T>(
        &mut self,
        key: &str,
        object: &Object<'_>,
        pointer: &Pointer,
        read: fn(&mut Self, &Node<'_>, &Pointer) -> Option<T>,
    ) -> Option<T> {
        read(self, object.get(key)?, &pointer.key(key))
    }

    /// What `read` makes of the value of each member.
    pub(super) fn each<T>(
        &mut self,
        node: &Node<'_>,
        at: &Pointer,
        read: fn(&mut Self, &Node<'_>, &Pointer) -> Option<T>,
    ) -> Option<Vec<(String, T)>> {
        let Some(object) = node.as_object() else { return self.must_be(at, "an object", node) };
        let mut each = Vec::with_capacity(object.members().len());
        for member in object.members() {
            let value = read(self, &member.node, &at.key(&member.key));
            each.extend(value.map(|value| (member.key.clone().into_owned(), value)));
        }
        Some(each)
    }

    pub(super) fn each_schema(&mut self, node: &Node<'_>, at: &Pointer) -> Option<Vec<(String, Id)>> {
        self.each(node, at, Self::one)
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands where other readers do, which may fail")]
    pub(super) fn one(&mut self, node: &Node<'_>, at: &Pointer) -> Option<Id> {
        Some(self.schema(node, at))
    }

    pub(super) fn several(&mut self, node: &Node<'_>, at: &Pointer) -> Option<Vec<Id>> {
        let elements = self.elements(node, at)?.iter().enumerate();
        Some(elements.map(|(n, element)| self.schema(element, &at.index(n))).collect())
    }

    /// The elements of an array that is not empty.
    pub(super) fn elements<'n, 'a>(&mut self, node: &'n Node<'a>, at: &Pointer) -> Option<&'n [Node<'a>]> {
        match node.as_array() {
            Some([]) => self.wrong(at, "must not be empty"),
            Some(elements) => Some(elements),
            None => self.must_be(at, "an array", node),
        }
    }

    pub(super) fn types(&mut self, node: &Node<'_>, at: &Pointer) -> Option<Types> {
        let names = if node.as_str().is_some() { std::slice::from_ref(node) } else { self.elements(node, at)? };
        let mut types = Types::NONE;
        for name in names {
            match name.as_str().and_then(Types::of) {
                Some(own) if types.meets(own) => return self.wrong(at, "names a type twice"),
                Some(own) => types = types.with(own),
                None => {
                    let known = "string, integer, number, boolean, array, object, null";
                    return self.wrong(at, format!("must be one of {known}, or an array of them"));
                }
            }
        }
        Some(types)
    }

    pub(super) fn names(&mut self, node: &Node<'_>, at: &Pointer) -> Option<Vec<String>> {
        let Some(elements) = node.as_array() else { return self.must_be(at, "an array", node) };
        let names = elements.iter().enumerate().map(|(n, name)| self.text(name, &at.index(n)).map(str::to_owned));
        names.collect()
    }

    /// A whole number that is not negative. `2.0` is one.
    pub(super) fn count(&mut self, node: &Node<'_>, at: &Pointer) -> Option<u64> {
        let count = match (node.as_integer(), &node.value) {
            (Some(count), _) => u64::try_from(count).ok(),
            (None, Value::Number(number)) => {
                let number = Decimal::of(number);
                number.millionths().filter(|_| number.is_integer()).map(|count| count / 1_000_000)
            }
            (None, Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => None,
        };
        count.or_else(|| self.wrong(at, "must be a whole number that is not negative"))
    }

    pub(super) fn number(&mut self, node: &Node<'_>, at: &Pointer) -> Option<String> {
        match &node.value {
            Value::Number(number) => Some((*number).to_owned()),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                self.must_be(at, "a number", node)
            }
        }
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node<'_>, at: &Pointer) -> Option<&'n str> {
        node.as_str().or_else(|| self.must_be(at, "a string", node))
    }

    pub(super) fn truth(&mut self, node: &Node<'_>, at: &Pointer) -> Option<bool> {
        match node.value {
            Value::Bool(truth) => Some(truth),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                self.must_be(at, "true or false", node)
            }
        }
    }

    pub(super) fn pattern(&mut self, source: &str, at: &Pointer) -> Option<Pattern> {
        Pattern::anywhere(source).or_else(|message| self.wrong(at, message).ok_or(())).ok()
    }

    pub(super) fn must_be<T>(&mut self, at: &Pointer, what: &str, node: &Node<'_>) -> Option<T> {
        self.wrong(at, format!("must be {what}, not {}", node.kind()))
    }

    pub(super) fn wrong<T>(&mut self, at: &Pointer, message: impl Into<String>) -> Option<T> {
        self.errors.push(Invalid { pointer: at.clone(), message: message.into() });
        None
    }
}
