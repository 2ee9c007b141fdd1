//! Policies to compare schema and parser by.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

/// The policies of all presets and case files, those too that are wrong.
pub(super) fn documents() -> Vec<Value> {
    let presets = fs::read_dir(super::root().join("presets")).unwrap().map(|preset| preset.unwrap().path());
    let folders = presets.flat_map(|preset| [preset.join("cases"), preset]).chain([super::root().join("tests/cases")]);
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders.filter(|folder| folder.is_dir()) {
        files.extend(fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    }
    files.sort();
    let json = files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "json"));
    let read = json.map(|file| serde_json::from_str::<Value>(&fs::read_to_string(file).unwrap()).unwrap());
    let documents: Vec<Value> = read
        .filter_map(|file| if file.get("version").is_some() { Some(file) } else { file.get("policy").cloned() })
        .collect();
    assert!(documents.len() > 20, "only {} policies were found", documents.len());
    documents
}

/// One policy that says all that can be said.
pub(super) fn whole() -> Value {
    json!({
        "$schema": "policy.schema.json", "version": "1", "description": "all of it", "mode": "enforce", "default": "deny",
        "hide": ["a*", "*"],
        "all_tools": { "deny_if": [{ "not": { "path": "args.a", "op": "eq", "value": null } }] },
        "tools": { "t": {
            "action": "require_approval", "reason": "r", "mode": "shadow",
            "deny_if": [{ "any": [{ "path": "args[\"b c\"][0].d", "op": "in", "value": [1, "x"] }], "reason": "r" }],
            "require": [{ "all": [{ "path": "args.e[*]", "op": "regex", "value": "x.*" }], "mode": "shadow" }],
            "arguments": { "type": "object", "properties": { "a": { "type": "integer" } }, "required": ["a"] },
            "approval": { "ttl": "15m", "by": "user", "when": [{ "path": "args.f", "op": "gt", "value": 1.5 }] },
            "limits": [{ "counter": "b", "window": 90, "max": 5, "scope": "session", "sessions": 2, "algorithm": "fixed",
                         "cost_from": "args.g", "mode": "shadow" },
                       { "counter": "d", "window": "day", "max": 5, "scope": "server" }],
            "rate_limit": { "max": 1, "window": "second" },
            "refund_on": ["error", "tool_error", { "path": "result.isError", "op": "exists", "value": true }],
            "audit": ["args.h"]
        } },
        "resources": { "a://b/{c}": {}, "a://b/{c*}": {}, "a://b/c": {} },
        "prompts": { "p": { "require": [{ "path": "args.a", "op": "contains", "value": "x" }] } }
    })
}

/// Gives each document that differs from `document` in one thing: a field that is gone, renamed or added, a value of
/// another type, another word or number.
pub(super) fn changes(document: &Value, give: &mut dyn FnMut(Value)) {
    let values = json!([
        null,
        true,
        0,
        7,
        1.0,
        1.5,
        -3,
        99_999_999_999_999_u64,
        "word",
        "",
        "args.x",
        "result.x",
        "8d",
        "args.a[99999999999999999999]",
        "(",
        [],
        {},
        [{}]
    ]);
    match document {
        Value::Object(members) => {
            for (key, value) in members {
                let without = || members.iter().filter(|(other, _)| *other != key).map(|(k, v)| (k.clone(), v.clone()));
                give(without().collect());
                for renamed in [format!("{key}x"), key.to_uppercase(), format!("{key} "), "not a name!".to_owned()] {
                    give(without().chain([(renamed, value.clone())]).collect());
                }
                let mut with = |value: Value| {
                    let mut members = members.clone();
                    members.insert(key.clone(), value);
                    give(Value::Object(members));
                };
                values.as_array().unwrap().iter().for_each(|value| with(value.clone()));
                changes(value, &mut with);
            }
            for added in ["limit", "mode", "reason", "sessions", "any", "value", "approval", "cost_from", "constructor"]
            {
                let with = |value: Value| {
                    let mut members = members.clone();
                    members.entry(added).or_insert(value);
                    Value::Object(members)
                };
                [json!("args.y"), json!(3), json!({}), json!("shadow")].map(with).into_iter().for_each(&mut *give);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let mut with = |value: Value| {
                    let mut elements = elements.clone();
                    elements[index] = value;
                    give(Value::Array(elements));
                };
                values.as_array().unwrap().iter().for_each(|value| with(value.clone()));
                changes(element, &mut with);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
