//! What an origin's tools want mirrored in header fields: `Mcp-Param-*` (MCP 2026-07-28, Streamable HTTP, Custom Headers).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::era::{META_CAPABILITIES, META_VERSION, MODERN_REVISION};
use super::json::{Node, Object, Value, parse};
use super::mirror::{decode_mirrored, encode_mirrored};

/// The tools of an origin, each with the arguments that are mirrored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    tools: BTreeMap<String, Vec<MirroredArgument>>,
}

/// An argument that is mirrored in a header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct MirroredArgument {
    /// Where it stands in the arguments.
    path: Vec<String>,
    /// The name of the field behind `Mcp-Param-`.
    header: String,
    /// Whether it is an integer, which compares by value and not as text.
    integer: bool,
}

/// One page of the answer to a list of tools that the gateway asked for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The tools on it.
    pub tools: Catalogue,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// The request for a page of tools, as the gateway itself makes it.
pub fn tools_list(cursor: Option<&str>) -> String {
    let mut params = json!({ "_meta": {
        META_VERSION: MODERN_REVISION,
        META_CAPABILITIES: {},
        "io.modelcontextprotocol/clientInfo": { "name": "tollgate", "version": env!("CARGO_PKG_VERSION") },
    } });
    if let (Some(cursor), Some(params)) = (cursor, params.as_object_mut()) {
        params.insert("cursor".to_owned(), json!(cursor));
    }
    json!({ "jsonrpc": "2.0", "id": "tollgate", "method": "tools/list", "params": params }).to_string()
}

impl Page {
    /// Reads the answer to [`tools_list`]; none if it is not one.
    pub fn read(text: &str) -> Option<Self> {
        let node = parse(text.as_bytes()).ok()?;
        let message = node.as_object()?;
        let result = message.get("result")?.as_object()?;
        result.get("tools")?.as_array()?;
        let next = result.get("nextCursor").and_then(Node::as_str).map(str::to_owned);
        Some(Self { tools: Catalogue::of_answer(message), next })
    }
}

/// A header field that disagrees with the arguments, by its full name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch(pub String);

/// The schema keyword that marks a mirrored argument.
const ANNOTATION: &str = "x-mcp-header";

impl Catalogue {
    /// The tools of the answer to `tools/list`; what is not one is left out.
    pub fn of_answer(message: &Object<'_>) -> Self {
        let result = message.get("result").and_then(Node::as_object);
        let tools = result.and_then(|result| result.get("tools")).and_then(Node::as_array).unwrap_or_default();
        let mut catalogue = Self::default();
        catalogue.tools.extend(tools.iter().filter_map(|tool| {
            let tool = tool.as_object()?;
            let mut mirrored = Vec::new();
            // Clients leave out a tool whose annotations are wrong, so nobody mirrors anything for it.
            let valid = tool.get("inputSchema").is_none_or(|schema| annotations(schema, &mut mirrored));
            Some((tool.get("name")?.as_str()?.to_owned(), if valid { mirrored } else { Vec::new() }))
        }));
        catalogue
    }

    /// Adds the tools of another page; says whether that changed anything.
    pub fn add(&mut self, page: Self) -> bool {
        let mut changed = false;
        for (tool, mirrored) in page.tools {
            changed |= self.tools.get(&tool) != Some(&mirrored);
            self.tools.insert(tool, mirrored);
        }
        changed
    }

    /// Whether it has the tool.
    pub fn has(&self, tool: &str) -> bool {
        self.tools.contains_key(tool)
    }

    /// The header fields that mirror the arguments of a call, with their values; an error if those that the agent sent
    /// (`sent` gives a field's value) do not say the same.
    pub fn mirrored(
        &self,
        tool: &str,
        arguments: &Object<'_>,
        sent: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<(String, String)>, Mismatch> {
        let mut fields = Vec::new();
        for argument in self.tools.get(tool).into_iter().flatten() {
            let field = format!("Mcp-Param-{}", argument.header);
            let value = argument.value(arguments);
            match (value, sent(&field)) {
                (None, None) => {}
                (Some(value), Some(sent)) if argument.agrees(&value, &sent) => {
                    fields.push((field, encode_mirrored(&value)));
                }
                (Some(_), _) | (None, Some(_)) => return Err(Mismatch(field)),
            }
        }
        Ok(fields)
    }
}

impl MirroredArgument {
    /// The argument as text; none if it is absent, null, or nothing that can be mirrored.
    fn value(&self, arguments: &Object<'_>) -> Option<String> {
        let (last, steps) = self.path.split_last()?;
        let mut object = arguments;
        for step in steps {
            object = object.get(step)?.as_object()?;
        }
        match &object.get(last)?.value {
            Value::String(text) => Some(text.clone().into_owned()),
            Value::Number(text) => Some((*text).to_owned()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn agrees(&self, value: &str, sent: &str) -> bool {
        let Some(sent) = decode_mirrored(sent) else { return false };
        sent == value || (self.integer && whole(&sent).zip(whole(value)).is_some_and(|(sent, value)| sent == value))
    }
}

/// The integer that a decimal says, without a fraction of zeros: `42.0` is `42`.
fn whole(decimal: &str) -> Option<&str> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, "0"));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(digits) && is_digits(fraction) && fraction.bytes().all(|byte| byte == b'0')).then_some(whole)
}

/// Collects the annotations of a schema; false if one of them is wrong, which makes all of them void.
fn annotations(schema: &Node<'_>, mirrored: &mut Vec<MirroredArgument>) -> bool {
    if !properties(schema, &mut Vec::new(), mirrored) {
        return false;
    }
    let mut names = BTreeSet::new();
    mirrored.iter().all(|argument| names.insert(argument.header.to_ascii_lowercase()))
}

/// Walks what is reached by `properties` alone: an annotation anywhere else belongs to no one argument.
fn properties(schema: &Node<'_>, path: &mut Vec<String>, mirrored: &mut Vec<MirroredArgument>) -> bool {
    let Some(schema) = schema.as_object() else { return true };
    if let Some(header) = schema.get(ANNOTATION) {
        let kind = schema.get("type").and_then(Node::as_str);
        match header.as_str() {
            Some(header)
                if !path.is_empty() && is_token(header) && matches!(kind, Some("string" | "integer" | "boolean")) =>
            {
                let integer = kind == Some("integer");
                mirrored.push(MirroredArgument { path: path.clone(), header: header.to_owned(), integer });
            }
            Some(_) | None => return false,
        }
    }
    let children = schema.get("properties").and_then(Node::as_object).map(Object::members).unwrap_or_default();
    for child in children {
        path.push(child.key.clone().into_owned());
        let valid = properties(&child.node, path, mirrored);
        path.pop();
        if !valid {
            return false;
        }
    }
    true
}

/// A token by RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
