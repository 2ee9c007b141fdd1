//! The lists that an origin answers with, and leaving items out of them.

use std::rc::Rc;

use super::json::{Node, Object, quote};

/// Which list a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// `tools/list`
    Tools,
    /// `prompts/list`
    Prompts,
    /// `resources/list`
    Resources,
    /// `resources/templates/list`
    ResourceTemplates,
}

/// An answer to a list request that cannot be understood, and so is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAList;

impl ListKind {
    /// The field of the result that holds the items.
    fn items(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Prompts => "prompts",
            Self::Resources => "resources",
            Self::ResourceTemplates => "resourceTemplates",
        }
    }

    /// The field of an item that a policy names it by.
    fn key(self) -> &'static str {
        match self {
            Self::Tools | Self::Prompts => "name",
            Self::Resources => "uri",
            Self::ResourceTemplates => "uriTemplate",
        }
    }
}

/// What of a list is shown.
#[derive(Clone)]
pub struct ListFilter {
    kind: ListKind,
    keep: Rc<dyn Fn(&str) -> bool>,
}

impl ListFilter {
    /// Shows of a list of this kind the items whose name or URI `keep` accepts.
    pub fn new(kind: ListKind, keep: impl Fn(&str) -> bool + 'static) -> Self {
        Self { kind, keep: Rc::new(keep) }
    }

    /// The JSON-RPC answer `answer` without the items that are not shown. An error passes as it is.
    ///
    /// Only what must change does: order, cursor, unknown fields and the spelling of every number stay, except that
    /// `cacheScope` becomes `private`, since what one grant sees must not be served to another.
    pub fn edit(&self, answer: &Node<'_>) -> Result<String, NotAList> {
        let message = answer.as_object().ok_or(NotAList)?;
        match (message.get("result"), message.get("error")) {
            (None, Some(_)) => Ok(answer.text.to_owned()),
            (Some(result), None) => {
                let result = self.edit_result(result.as_object().ok_or(NotAList)?)?;
                Ok(rewritten(message, |key| (key == "result").then(|| result.clone())))
            }
            (Some(_), Some(_)) | (None, None) => Err(NotAList),
        }
    }

    fn edit_result(&self, result: &Object<'_>) -> Result<String, NotAList> {
        let items = result.get(self.kind.items()).and_then(Node::as_array).ok_or(NotAList)?;
        let mut kept = Vec::with_capacity(items.len());
        for item in items {
            let named = item.as_object().and_then(|item| item.get(self.kind.key())).and_then(Node::as_str);
            if (self.keep)(named.ok_or(NotAList)?) {
                kept.push(item.text);
            }
        }
        let kept = format!("[{}]", kept.join(","));
        Ok(rewritten(result, |key| match key {
            "cacheScope" => Some(quote("private")),
            key => (key == self.kind.items()).then(|| kept.clone()),
        }))
    }
}

/// `object` with the values that `replacement` gives in place of its own.
fn rewritten(object: &Object<'_>, replacement: impl Fn(&str) -> Option<String>) -> String {
    let members: Vec<String> = object
        .members()
        .iter()
        .map(|member| match replacement(&member.key) {
            Some(value) => format!("{}:{value}", member.key_text),
            None => format!("{}:{}", member.key_text, member.node.text),
        })
        .collect();
    format!("{{{}}}", members.join(","))
}
