//! Reading a catalogue: from a file, or page by page from an origin.

use super::{Catalogue, Hints, Item};
use crate::wire::ListKind;
use crate::wire::json::{Literal, Node, Object, Value, parse};

impl Catalogue {
    /// Reads a file: an object of the four lists, of which any may be missing, or an origin's answer that has them as its
    /// `result`.
    pub fn parse(document: &[u8]) -> Result<Self, String> {
        let node = parse(document).map_err(|unreadable| unreadable.placed_in(document))?;
        let object = node.as_object().ok_or_else(|| format!("a catalogue is an object, not {}", node.kind()))?;
        let lists = object.get("result").and_then(Node::as_object).unwrap_or(object);
        if ListKind::ALL.into_iter().all(|kind| lists.get(kind.items()).is_none()) {
            return Err("has none of the lists `tools`, `resources`, `resourceTemplates` and `prompts`".to_owned());
        }
        let mut catalogue = Self::default();
        for kind in ListKind::ALL {
            if lists.get(kind.items()).is_some() {
                catalogue.add_page(kind, lists)?;
            }
        }
        Ok(catalogue)
    }

    /// Adds a page, the `result` of a list; gives where the next one begins, if there is one.
    pub fn add_page(&mut self, kind: ListKind, result: &Object<'_>) -> Result<Option<String>, String> {
        let items = kind.items();
        let list = result.get(items).and_then(Node::as_array).ok_or_else(|| format!("`{items}` is no array"))?;
        for (n, node) in list.iter().enumerate() {
            let item = Item::read(kind, node).ok_or_else(|| format!("`{items}`, item {n}, has no `{}`", kind.key()))?;
            self.items.push(item);
        }
        Ok(result.get("nextCursor").and_then(Node::as_str).map(str::to_owned))
    }
}

impl Item {
    fn read(kind: ListKind, node: &Node<'_>) -> Option<Self> {
        let object = node.as_object()?;
        let text = |key: &str| object.get(key).and_then(Node::as_str).map(str::to_owned);
        let hints = object.get("annotations").and_then(Node::as_object);
        let hint = |key: &str| match &hints?.get(key)?.value {
            Value::Bool(truth) => Some(*truth),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        };
        Some(Self {
            kind,
            name: text(kind.key())?,
            description: text("description").unwrap_or_default(),
            hints: Hints { read_only: hint("readOnlyHint"), destructive: hint("destructiveHint") },
            input_schema: object.get("inputSchema").map(Literal::of),
            text: one_line(node.text),
        })
    }
}

/// The same JSON without line ends, which inside strings are escaped.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}
