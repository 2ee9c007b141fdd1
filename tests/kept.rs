//! The values that `"audit"` has kept: those that are named and no others, each as JSON, of denied calls too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tollgate::policy::{Decided, Edition, Rulebook, Ruling, decide};
use tollgate::registry::{Aliases, Server};
use tollgate::wire::json::{Object, parse};
use tollgate::wire::{Subject, ToolName};

const POLICY: &str = r#"{
    "version": "1", "default": "deny", "hide": ["hidden"],
    "all_tools": { "audit": ["args.ticket", "args.command"] },
    "tools": {
        "t": { "audit": ["args.command", "args.order.lines[0]", "args[\"a b\"]", "args.order.lines[*].sku"],
               "deny_if": [{ "path": "args.command", "op": "eq", "value": "rm" }] },
        "denied": { "action": "deny", "audit": ["args.x"] },
        "watched": { "mode": "shadow", "action": "deny", "audit": ["args.x"] },
        "hidden": {},
        "run": {}
    },
    "resources": {
        "f:///{dir}/{name}": { "audit": ["args.dir", "args.name"] },
        "f:///a/{name*}": { "audit": ["args.name"] },
        "g:///{rest*}": { "audit": ["args.rest"] }
    },
    "prompts": { "p": { "audit": ["args.who"] } }
}"#;

fn aliases() -> Aliases {
    let record = br#"{"origin":{"url":"https://o.example/mcp"},"aliases":{"run":"live_run"}}"#;
    Server::parse(record).unwrap().aliases
}

/// What is kept, each value as the JSON text that it is.
fn kept_texts(policy: &str, subject: &Subject<'_>) -> Vec<(String, String)> {
    let edition = Edition::of(policy.as_bytes());
    let aliases = aliases();
    let Decided { kept, .. } = decide(Rulebook { edition: &edition, aliases: &aliases }, subject);
    kept.into_iter().map(|(path, value)| (path.to_owned(), value)).collect()
}

fn kept(subject: &Subject<'_>) -> Value {
    let texts = kept_texts(POLICY, subject);
    let values = texts.iter().map(|(path, text)| {
        let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{path} {text}: {error}"));
        (path.clone(), value)
    });
    let object: serde_json::Map<String, Value> = values.collect();
    assert_eq!(object.len(), texts.len(), "a path is kept once");
    Value::Object(object)
}

fn object(text: &str) -> Object<'_> {
    parse(text.as_bytes()).unwrap().into_object().unwrap()
}

fn name(name: &str) -> ToolName<'_> {
    ToolName::read(name.into()).unwrap()
}

fn tool<'t>(tool: &'t str, arguments: &'t str) -> Subject<'t> {
    Subject::Tool { name: name(tool), arguments: object(arguments) }
}

fn resources<'u>(uris: &[&'u str]) -> Subject<'u> {
    Subject::Resources { uris: uris.iter().map(|uri| (*uri).into()).collect() }
}

#[test]
fn what_is_named_is_kept_and_nothing_else() {
    let arguments =
        r#"{"command":"check","secret":"s3cret","a b":[1, null],"order":{"lines":[{"sku":"x"},{"n":2},{"sku":7}]}}"#;
    assert_eq!(
        kept(&tool("t", arguments)),
        json!({ "args.command": "check", "args.order.lines[0]": { "sku": "x" }, "args[\"a b\"]": [1, null],
            "args.order.lines[*].sku": ["x", 7] }),
        "both rules name `args.command`; nobody sent a ticket; of several values each is kept that is there"
    );
    for nothing in ["{}", r#"{"order":{"lines":[]}}"#, r#"{"order":"lines"}"#, r#"{"order":{"lines":{"0":1}}}"#] {
        assert_eq!(kept(&tool("t", nothing)), json!({}), "{nothing}");
    }
    assert_eq!(kept(&tool("t", r#"{"ticket":null}"#)), json!({ "args.ticket": null }), "null is a value");
}

#[test]
fn a_value_is_kept_as_it_was_sent() {
    let texts = kept_texts(POLICY, &tool("t", r#"{"command" : "\u0041\/" , "ticket":  12345678901234567890.10 }"#));
    let expected = [("args.ticket", "12345678901234567890.10"), ("args.command", r#""\u0041\/""#)];
    assert_eq!(texts, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
}

#[test]
fn of_a_denied_call_it_is_kept_too_as_far_as_its_rules_are_known() {
    let arguments = r#"{"command":"rm","ticket":1,"x":2}"#;
    let of_all = json!({ "args.command": "rm", "args.ticket": 1 });
    assert_eq!(kept(&tool("t", arguments)), of_all, "a condition forbids it");
    assert_eq!(kept(&tool("denied", arguments)), json!({ "args.command": "rm", "args.ticket": 1, "args.x": 2 }));
    assert_eq!(kept(&tool("watched", arguments)), json!({ "args.command": "rm", "args.ticket": 1, "args.x": 2 }));
    for by_name in ["unnamed", "hidden", "run"] {
        assert_eq!(kept(&tool(by_name, arguments)), of_all, "`all_tools` holds for every call: {by_name}");
    }
    let two_rules = POLICY.replace(r#""run": {}"#, r#""run": {}, "live_run": {}"#);
    assert_eq!(kept_texts(&two_rules, &tool("live_run", arguments)), [], "which rule it would be is not known");
    assert_eq!(kept_texts("{", &tool("t", arguments)), [], "there is no policy");
}

#[test]
fn variables_of_a_resource_are_kept_as_they_are_decoded() {
    assert_eq!(kept(&resources(&["f:///b/%22%41"])), json!({ "args.dir": "b", "args.name": "\"A" }));
    assert_eq!(kept(&resources(&["g:///x/y%20z"])), json!({ "args.rest": "x/y z" }));
    assert_eq!(
        kept(&resources(&["f:///a/b"])),
        json!({ "args.dir": "a", "args.name": "b" }),
        "both templates say the same"
    );
    assert_eq!(kept(&resources(&["g:///%2F"])), json!({}), "what cannot be read is named by nothing");
    assert_eq!(kept(&Subject::Template { uri: "g:///{rest}".into() }), json!({}), "not known yet");
}

#[test]
fn several_resources_have_several_values() {
    let several = kept(&resources(&["f:///b/c", "f:///b/d", "f:///b/c"]));
    assert_eq!(several, json!({ "args.dir": "b", "args.name": ["c", "d"] }));
}

#[test]
fn arguments_of_prompts_are_kept() {
    let prompt = |arguments| Subject::Prompt { name: name("p"), arguments };
    assert_eq!(kept(&prompt(Some(object(r#"{"who":"Ana"}"#)))), json!({ "args.who": "Ana" }));
    assert_eq!(kept(&prompt(None)), json!({}), "not known yet");
}

#[test]
fn a_long_value_is_cut_to_a_string_that_is_no_longer() {
    for long in ["x".repeat(5_000), "\\\"".repeat(2_000), "\\u0001".repeat(500), "ä\u{10FFFF}".repeat(500)] {
        let arguments = format!(r#"{{"command":["{long}"]}}"#);
        let texts = kept_texts(POLICY, &tool("t", &arguments));
        let [(_, text)] = texts.as_slice() else { panic!("{texts:?}") };
        assert!((1_000..=1_024).contains(&text.len()), "{}", text.len());
        let cut: String = serde_json::from_str(text).unwrap();
        let beginning = cut.strip_suffix('…').unwrap();
        assert!(format!("[\"{long}\"]").starts_with(beginning), "{beginning}");
    }
    let whole = format!(r#"{{"command":"{}"}}"#, "x".repeat(1_022));
    let texts = kept_texts(POLICY, &tool("t", &whole));
    assert_eq!(texts.first().map(|(_, text)| text.len()), Some(1_024), "as much as fits is whole");
}

#[test]
fn keeping_changes_no_ruling() {
    let edition = Edition::of(POLICY.as_bytes());
    let aliases = aliases();
    let decided = decide(Rulebook { edition: &edition, aliases: &aliases }, &tool("t", "{}"));
    assert!(matches!(decided.ruling, Ruling::Allow(_)) && decided.observed.is_empty());
}
