//! Reading a policy document. What is not understood is an error with its place, never ignored.

mod condition;
mod errors;
mod limit;
mod rule;

use std::collections::BTreeMap;

use super::glob::Glob;
use super::template::Template;
use super::{Default, Mode, Policy, Resources, Rule};
use crate::ledger::Counter;
use crate::wire::is_tool_name;
use crate::wire::json::{Fields, Invalid, Pointer, parse, quote, string};
use errors::Errors;
use rule::rule;

/// The most bytes that a document may have: 256 KiB.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// The field of `mode`, wherever it stands.
const MODES: [(&str, Mode); 2] = [("enforce", Mode::Enforce), ("shadow", Mode::Shadow)];

impl Policy {
    /// Reads a document, or says everything that is wrong with it.
    pub fn parse(document: &[u8]) -> Result<Self, Vec<Invalid>> {
        let whole = |message: String| vec![Invalid { pointer: Pointer::default(), message }];
        if document.len() > MAX_DOCUMENT {
            return Err(whole(format!("a policy has at most {MAX_DOCUMENT} bytes")));
        }
        let node = parse(document).map_err(|unreadable| whole(unreadable.placed_in(document)))?;
        let mut errors = Errors::default();
        let policy = errors.catch(Fields::of(&node, Pointer::default())).map(|fields| policy(fields, &mut errors));
        match policy {
            Some(policy) if errors.0.is_empty() => Ok(policy),
            Some(_) | None => Err(errors.0),
        }
    }
}

fn policy(mut fields: Fields<'_, '_>, errors: &mut Errors) -> Policy {
    for text in ["$schema", "description"] {
        errors.catch(fields.take_string(text));
    }
    match errors.catch(fields.require_string("version")) {
        Some("1") | None => {}
        Some(other) => errors.add(&fields.pointer().key("version"), format!("must be \"1\", not {}", quote(other))),
    }
    let mode = mode(&mut fields, errors);
    if !fields.has("default") {
        errors.0.push(fields.invalid("`default` is required"));
    }
    let default = errors.word(&mut fields, "default", &[("deny", Default::Deny), ("allow", Default::Allow)]);
    let hide = hide(&mut fields, errors);
    let all_tools = fields
        .take("all_tools")
        .and_then(|(node, pointer)| errors.catch(Fields::of(node, pointer)))
        // No tool and no counter of a document can be called so.
        .map(|fields| rule("*", fields, errors));
    let policy = Policy {
        mode,
        default: default.unwrap_or(Default::Deny),
        hide,
        all_tools,
        tools: named("tools", &mut fields, errors),
        resources: resources(&mut fields, errors),
        prompts: named("prompts", &mut fields, errors),
    };
    errors.finish(fields);
    one_counter_for_each_name(&policy, errors);
    policy
}

fn mode(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Mode {
    errors.word(fields, "mode", &MODES).unwrap_or(Mode::Enforce)
}

fn hide(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<Glob> {
    let mut globs = Vec::new();
    for (pattern, pointer) in errors.elements(fields, "hide") {
        match errors.catch(string(pattern, &pointer)) {
            Some("") => errors.add(&pointer, "an empty pattern hides nothing"),
            Some(pattern) => globs.push(Glob::new(pattern)),
            None => {}
        }
    }
    globs
}

/// The rules of tools or prompts, by name.
fn named(kind: &str, fields: &mut Fields<'_, '_>, errors: &mut Errors) -> BTreeMap<String, Rule> {
    let mut rules = BTreeMap::new();
    for (name, node, pointer) in errors.members(fields, kind) {
        if !is_tool_name(name) {
            errors.add(&pointer, "can never match: a name is 1 to 128 characters of A-Z a-z 0-9 _ . -");
        }
        if let Some(fields) = errors.catch(Fields::of(node, pointer)) {
            rules.insert(name.to_owned(), rule(name, fields, errors));
        }
    }
    rules
}

fn resources(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Resources {
    let mut resources = Resources::default();
    for (key, node, pointer) in errors.members(fields, "resources") {
        let template = errors.at(&pointer, Template::read(key));
        let Some(fields) = errors.catch(Fields::of(node, pointer.clone())) else { continue };
        let rule = rule(key, fields, errors);
        if let Some(template) = template {
            errors.at(&pointer, resources.add(template, rule));
        }
    }
    resources
}

/// A name of a counter stands for one counter: with two windows, say, it would be two budgets that look like one.
fn one_counter_for_each_name(policy: &Policy, errors: &mut Errors) {
    let mut counters: BTreeMap<&str, &Counter> = BTreeMap::new();
    for placed in policy.limits() {
        let counter = &placed.limit.counter;
        let known = *counters.entry(counter.name.as_str()).or_insert(counter);
        if known != counter {
            let name = quote(counter.name.as_str());
            errors.add(
                &placed.pointer,
                format!("counter {name} counts {known} elsewhere in this policy, and {counter} here"),
            );
        }
    }
}
