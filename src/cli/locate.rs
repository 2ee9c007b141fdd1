//! Where in a document a JSON pointer leads.

use crate::wire::json::{Fault, Node, Unreadable, Value};

/// A place in a text, both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where `pointer` leads in `document`, whose strict reading is `root`: of a member the place of its key, since that is
/// where its author finds it; else of the value. Where it leads to nothing, as far as it leads.
pub(super) fn locate(document: &str, root: &Node<'_>, pointer: &str) -> Place {
    let mut node = root;
    let mut text = root.text;
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let next = match &node.value {
            Value::Object(object) => {
                let member = object.members().iter().find(|member| member.key == name);
                member.map(|member| (&member.node, member.key_text))
            }
            Value::Array(elements) => {
                let element = name.parse::<usize>().ok().and_then(|index| elements.get(index));
                element.map(|element| (element, element.text))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        let Some((found, written)) = next else { break };
        (node, text) = (found, written);
    }
    // What the strict parser read is a slice of the document, so where it stands is the distance of the two.
    place(document, text.as_ptr().addr().saturating_sub(document.as_ptr().addr()))
}

/// The place of a byte.
pub(super) fn place(document: &str, at: usize) -> Place {
    let (line, column) = Unreadable { at, fault: Fault::Unexpected }.position(document);
    Place { line, column }
}
