//! The lists that an origin answers with, and leaving items out of them.

use super::answer::NotAnAnswer;
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

impl ListKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tools, Self::Prompts, Self::Resources, Self::ResourceTemplates];

    /// The field of the result that holds the items.
    pub fn items(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Prompts => "prompts",
            Self::Resources => "resources",
            Self::ResourceTemplates => "resourceTemplates",
        }
    }

    /// The method that asks for it.
    pub fn method(self) -> &'static str {
        match self {
            Self::Tools => "tools/list",
            Self::Prompts => "prompts/list",
            Self::Resources => "resources/list",
            Self::ResourceTemplates => "resources/templates/list",
        }
    }

    /// The field of an item that a policy names it by.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tools | Self::Prompts => "name",
            Self::Resources => "uri",
            Self::ResourceTemplates => "uriTemplate",
        }
    }
}

/// The JSON-RPC answer `message`, written as `text`, without the items that `keep` refuses. An error passes as it is.
///
/// Only what must change does: order, cursor, unknown fields and the spelling of every number stay, except that
/// `cacheScope` becomes `private`, since what one grant sees must not be served to another.
pub(super) fn edit_list(
    kind: ListKind,
    message: &Object<'_>,
    text: &str,
    keep: impl Fn(&str) -> bool,
) -> Result<String, NotAnAnswer> {
    let Some(result) = message.get("result") else { return Ok(text.to_owned()) };
    let result = result.as_object().ok_or(NotAnAnswer)?;
    let kept = kept(kind, result.get(kind.items()).ok_or(NotAnAnswer)?, keep)?;
    let result = result.rewritten(|key| match key {
        "cacheScope" => Some(quote("private")),
        key => (key == kind.items()).then(|| kept.clone()),
    });
    Ok(message.rewritten(|key| (key == "result").then(|| result.clone())))
}

/// The items of a list that `keep` accepts, as JSON.
pub(super) fn kept(kind: ListKind, items: &Node<'_>, keep: impl Fn(&str) -> bool) -> Result<String, NotAnAnswer> {
    let mut kept = Vec::new();
    for item in items.as_array().ok_or(NotAnAnswer)? {
        let name = item.as_object().and_then(|item| item.get(kind.key())).and_then(Node::as_str);
        if keep(name.ok_or(NotAnAnswer)?) {
            kept.push(item.text);
        }
    }
    Ok(format!("[{}]", kept.join(",")))
}
