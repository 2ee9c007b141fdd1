//! One spelling for each value, so that equal values have equal hashes.

use super::{Decimal, Member, Node, Object, Value, by_key, quote};

impl Object<'_> {
    /// The object in its canonical form: members by key (as decoded strings, byte by byte), no white space, strings with the
    /// fewest escapes, and numbers by value: `1`, `1.0` and `10e-1` are one. Like RFC 8785, except that a number is exact, as
    /// `DIGITSeEXPONENT` without a zero at either end, where that would round it to a double.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        write_object(self, &mut text);
        text
    }
}

impl Node<'_> {
    /// The value in the same form.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        write(self, &mut text);
        text
    }
}

/// Some members as an object in that form.
pub(super) fn canonical_members(members: &[&Member<'_>]) -> String {
    let mut text = String::new();
    write_members(by_key(members.iter().copied()), &mut text);
    text
}

fn write_object(object: &Object<'_>, text: &mut String) {
    write_members(by_key(object.members()), text);
}

fn write_members(members: Vec<&Member<'_>>, text: &mut String) {
    text.push('{');
    for (n, member) in members.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&quote(&member.key));
        text.push(':');
        write(&member.node, text);
    }
    text.push('}');
}

fn write(node: &Node<'_>, text: &mut String) {
    match &node.value {
        Value::Null | Value::Bool(_) => text.push_str(node.text),
        Value::Number(number) => text.push_str(&Decimal::of(number).to_string()),
        Value::String(string) => text.push_str(&quote(string)),
        Value::Object(object) => write_object(object, text),
        Value::Array(elements) => {
            text.push('[');
            for (n, element) in elements.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                write(element, text);
            }
            text.push(']');
        }
    }
}
