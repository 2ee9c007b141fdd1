//! Reading a policy document. What is not understood is an error with its place, never ignored.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use super::glob::Glob;
use super::{Action, Default, PlacedLimit, Policy, Rule};
use crate::ledger::{CounterName, Limit, WINDOW_NAMES, Window};
use crate::wire::is_tool_name;
use crate::wire::json::{Fields, Invalid, Node, Pointer, parse, quote, string};

/// The most bytes that a document may have: 256 KiB.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// What the language has and this gateway does not do yet. Each is refused by its name.
const NOT_YET_IN_POLICY: [&str; 3] = ["all_tools", "resources", "prompts"];
const NOT_YET_IN_RULE: [&str; 6] = ["deny_if", "require", "arguments", "approval", "refund_on", "audit"];
const NOT_YET_IN_LIMIT: [&str; 3] = ["mode", "cost_from", "sessions"];

impl Policy {
    /// Reads a document, or says everything that is wrong with it.
    pub fn parse(document: &[u8]) -> Result<Self, Vec<Invalid>> {
        let whole = |message: String| vec![Invalid { pointer: Pointer::default(), message }];
        if document.len() > MAX_DOCUMENT {
            return Err(whole(format!("a policy has at most {MAX_DOCUMENT} bytes")));
        }
        let node = parse(document).map_err(|unreadable| {
            let (line, column) = unreadable.position(&String::from_utf8_lossy(document));
            whole(format!("{} at line {line}, column {column}", unreadable.fault))
        })?;
        let mut errors = Errors::default();
        let policy = errors.catch(Fields::of(&node, Pointer::default())).map(|fields| policy(fields, &mut errors));
        match policy {
            Some(policy) if errors.0.is_empty() => Ok(policy),
            Some(_) | None => Err(errors.0),
        }
    }
}

/// Everything that is wrong, so that an author need not find it one by one.
#[derive(Default)]
struct Errors(Vec<Invalid>);

impl Errors {
    fn catch<T>(&mut self, result: Result<T, Invalid>) -> Option<T> {
        result.map_err(|invalid| self.0.push(invalid)).ok()
    }

    fn add(&mut self, pointer: &Pointer, message: impl Into<String>) {
        self.0.push(Invalid { pointer: pointer.clone(), message: message.into() });
    }

    fn refuse_not_yet(&mut self, fields: &mut Fields<'_, '_>, names: &[&str]) {
        for name in names {
            if let Some((_, pointer)) = fields.take(name) {
                self.add(&pointer, format!("`{name}` is not supported yet"));
            }
        }
    }

    fn finish(&mut self, fields: Fields<'_, '_>) {
        if let Err(unknown) = fields.finish() {
            self.0.extend(unknown);
        }
    }
}

fn policy(mut fields: Fields<'_, '_>, errors: &mut Errors) -> Policy {
    errors.refuse_not_yet(&mut fields, &NOT_YET_IN_POLICY);
    for text in ["$schema", "description"] {
        errors.catch(fields.take_string(text));
    }
    match errors.catch(fields.require_string("version")) {
        Some("1") | None => {}
        Some(other) => errors.add(&fields.pointer().key("version"), format!("must be \"1\", not {}", quote(other))),
    }
    mode(&mut fields, errors);
    let default = match errors.catch(fields.require_string("default")) {
        Some("allow") => Default::Allow,
        Some("deny") | None => Default::Deny,
        Some(_) => {
            errors.add(&fields.pointer().key("default"), "must be \"deny\" or \"allow\"");
            Default::Deny
        }
    };
    let hide = fields.take("hide").map(|(node, pointer)| hide(node, &pointer, errors)).unwrap_or_default();
    let tools = fields.take("tools").map(|(node, pointer)| tools(node, &pointer, errors)).unwrap_or_default();
    errors.finish(fields);
    Policy { default, hide, tools }
}

fn mode(fields: &mut Fields<'_, '_>, errors: &mut Errors) {
    let pointer = fields.pointer().key("mode");
    match errors.catch(fields.take_string("mode")).flatten() {
        Some("enforce") | None => {}
        Some("shadow") => errors.add(&pointer, "`mode` \"shadow\" is not supported yet"),
        Some(_) => errors.add(&pointer, "must be \"enforce\" or \"shadow\""),
    }
}

fn hide(node: &Node<'_>, pointer: &Pointer, errors: &mut Errors) -> Vec<Glob> {
    let Some(patterns) = node.as_array() else {
        errors.add(pointer, format!("must be an array of names or `*` patterns, not {}", node.kind()));
        return Vec::new();
    };
    let mut globs = Vec::with_capacity(patterns.len());
    for (index, pattern) in patterns.iter().enumerate() {
        let pointer = pointer.index(index);
        match errors.catch(string(pattern, &pointer)) {
            Some("") => errors.add(&pointer, "an empty pattern hides nothing"),
            Some(pattern) => globs.push(Glob::new(pattern)),
            None => {}
        }
    }
    globs
}

fn tools(node: &Node<'_>, pointer: &Pointer, errors: &mut Errors) -> BTreeMap<String, Rule> {
    let Some(fields) = errors.catch(Fields::of(node, pointer.clone())) else { return BTreeMap::new() };
    let mut tools = BTreeMap::new();
    for (name, node, pointer) in fields.into_members() {
        if !is_tool_name(name) {
            errors.add(&pointer, "can never match: a tool's name is 1 to 128 characters of A-Z a-z 0-9 _ . -");
        }
        if let Some(fields) = errors.catch(Fields::of(node, pointer)) {
            tools.insert(name.to_owned(), rule(name, fields, errors));
        }
    }
    one_window_for_each_counter(&tools, errors);
    tools
}

fn rule(tool: &str, mut fields: Fields<'_, '_>, errors: &mut Errors) -> Rule {
    errors.refuse_not_yet(&mut fields, &NOT_YET_IN_RULE);
    mode(&mut fields, errors);
    let pointer = fields.pointer().clone();
    let action = match errors.catch(fields.take_string("action")).flatten() {
        Some("allow") | None => Action::Allow,
        Some("deny") => Action::Deny,
        Some("require_approval") => {
            errors.add(&pointer.key("action"), "`action` \"require_approval\" is not supported yet");
            Action::Deny
        }
        Some(_) => {
            errors.add(&pointer.key("action"), "must be \"allow\", \"deny\" or \"require_approval\"");
            Action::Deny
        }
    };
    let reason = errors.catch(fields.take_string("reason")).flatten().map(str::to_owned);
    let mut limits = Vec::new();
    if let Some((node, pointer)) = fields.take("limits") {
        match node.as_array() {
            Some(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    limits.extend(limit(node, pointer.index(index), errors));
                }
            }
            None => errors.add(&pointer, format!("must be an array, not {}", node.kind())),
        }
    }
    if let Some((node, pointer)) = fields.take("rate_limit") {
        limits.extend(rate_limit(tool, node, pointer, errors));
    }
    errors.finish(fields);
    Rule { pointer, action, reason, limits }
}

fn limit(node: &Node<'_>, pointer: Pointer, errors: &mut Errors) -> Option<PlacedLimit> {
    let mut fields = errors.catch(Fields::of(node, pointer.clone()))?;
    errors.refuse_not_yet(&mut fields, &NOT_YET_IN_LIMIT);
    only(&mut fields, "scope", "grant", &["session", "server"], errors);
    only(&mut fields, "algorithm", "sliding", &["fixed"], errors);
    let counter = match errors.catch(fields.require_string("counter")) {
        Some(name) => {
            let counter = CounterName::read(name);
            if counter.is_none() {
                errors.add(&pointer.key("counter"), "must be 1 to 80 characters of A-Z a-z 0-9 _ . : -");
            }
            counter
        }
        None => None,
    };
    let window = window(&mut fields, errors);
    let max = max(&mut fields, errors);
    errors.finish(fields);
    Some(PlacedLimit { pointer, limit: Limit { counter: counter?, window: window?, max: max? } })
}

fn rate_limit(tool: &str, node: &Node<'_>, pointer: Pointer, errors: &mut Errors) -> Option<PlacedLimit> {
    let mut fields = errors.catch(Fields::of(node, pointer.clone()))?;
    let window = window(&mut fields, errors);
    let max = max(&mut fields, errors);
    errors.finish(fields);
    let counter = CounterName::of_rate_limit(tool);
    Some(PlacedLimit { pointer, limit: Limit { counter, window: window?, max: max? } })
}

/// A field of which only the default is built.
fn only(fields: &mut Fields<'_, '_>, name: &str, built: &str, not_yet: &[&str], errors: &mut Errors) {
    let pointer = fields.pointer().key(name);
    match errors.catch(fields.take_string(name)).flatten() {
        None => {}
        Some(value) if value == built => {}
        Some(value) if not_yet.contains(&value) => {
            errors.add(&pointer, format!("`{name}` {} is not supported yet", quote(value)));
        }
        Some(value) => errors.add(&pointer, format!("unknown {name} {}", quote(value))),
    }
}

fn window(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Option<Window> {
    let (node, pointer) = errors.catch(fields.require("window"))?;
    let seconds = node.as_integer().and_then(|seconds| u64::try_from(seconds).ok());
    let window = seconds.and_then(Window::of_seconds).or_else(|| node.as_str().and_then(Window::named));
    if window.is_none() {
        let names = WINDOW_NAMES.map(|(name, _)| quote(name)).join(", ");
        errors.add(&pointer, format!("must be {names}, or a whole number of seconds from 1 to 2678400 (31 days)"));
    }
    window
}

fn max(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Option<NonZeroU64> {
    let (node, pointer) = errors.catch(fields.require("max"))?;
    let max = node.as_integer().and_then(|max| u64::try_from(max).ok());
    match max.map(NonZeroU64::new) {
        Some(Some(max)) => Some(max),
        Some(None) => {
            errors.add(&pointer, "zero is not a limit: to refuse the tool, write `\"action\": \"deny\"`");
            None
        }
        None => {
            errors.add(&pointer, "must be a whole number, at least 1");
            None
        }
    }
}

/// A counter is its name and its window: one name with two windows would be two counters that look like one.
fn one_window_for_each_counter(tools: &BTreeMap<String, Rule>, errors: &mut Errors) {
    let mut windows: BTreeMap<&str, Window> = BTreeMap::new();
    for placed in tools.values().flat_map(|rule| &rule.limits) {
        let window = *windows.entry(placed.limit.counter.as_str()).or_insert(placed.limit.window);
        if window != placed.limit.window {
            errors.add(
                &placed.pointer,
                format!(
                    "counter {} has a window of {} s elsewhere in this policy, and {} s here",
                    quote(placed.limit.counter.as_str()),
                    window.seconds(),
                    placed.limit.window.seconds()
                ),
            );
        }
    }
}
