//! Lists and calls agree, whatever the policy: what a list shows can be used with some arguments, or waits for a person or
//! for its limit; what it does not show is refused whatever the arguments are.
//!
//! Policies are made of few names, so that rules meet: live names, aliases, globs, exact URIs and templates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::policy::{Edition, Rulebook, Ruling, decide, is_listed};
use tollgate::registry::{Aliases, Server};
use tollgate::wire::json::{self, Object};
use tollgate::wire::{ListKind, Subject, ToolName};

/// Tools and prompts; `live_run` is also called `run`, and `live_stop` is also called `stop`.
const NAMES: [&str; 7] = ["run", "live_run", "stop", "live_stop", "list", "Run", "live_"];
const GLOBS: [&str; 7] = ["run", "live_*", "*stop", "l*t", "*", "list", "live_run"];
const URIS: [&str; 9] =
    ["f:///a", "f:///b", "f:///a/b", "f:///%61/b", "f:///a/b/c", "f:///a//c", "f:///a/", "f:///a/%2F", "g:///a"];
/// Keys of rules, and templates of lists. Each describes something that no other does.
const KEYS: [&str; 6] = ["f:///a", "f:///{x}", "f:///a/{x}", "f:///{x}/b", "f:///{x}/{y}", "f:///{x*}"];
const TEMPLATES: [&str; 8] =
    ["f:///{x}", "f:///{other}", "f:///a/{y}", "f:///%61/{y}", "f:///{y}/{x}", "f:///{rest*}", "g:///{x}", "f:///a"];

fn condition() -> impl Strategy<Value = Value> {
    let path = prop::sample::select(vec!["args.x", "args.y", "args.list[*]"]);
    let leaf =
        (path, prop::sample::select(vec!["eq", "neq", "exists", "lt"]), 0..2_i32).prop_map(|(path, op, value)| {
            if op == "exists" {
                json!({ "path": path, "op": op, "value": value == 0 })
            } else {
                json!({ "path": path, "op": op, "value": value })
            }
        });
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|several| json!({ "any": several })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|several| json!({ "all": several })),
            inner.prop_map(|one| json!({ "not": one })),
        ]
    })
}

fn conditions() -> impl Strategy<Value = Vec<Value>> {
    let placed = (condition(), prop::bool::weighted(0.2)).prop_map(|(mut condition, shadow)| {
        if shadow {
            condition["mode"] = json!("shadow");
        }
        condition
    });
    prop::collection::vec(placed, 0..2)
}

fn limit() -> impl Strategy<Value = Value> {
    let kinds = [
        json!({ "counter": "a", "window": 60, "max": 3 }),
        json!({ "counter": "b", "window": 60, "max": 3, "mode": "shadow" }),
        json!({ "counter": "c", "window": 60, "max": 1, "cost_from": "args.x" }),
        json!({ "counter": "d", "window": 60, "max": 3, "scope": "server" }),
        json!({ "counter": "e", "window": 60, "max": 3, "scope": "session", "sessions": 2, "algorithm": "fixed" }),
    ];
    prop::sample::select(kinds.to_vec())
}

fn rule() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["allow", "allow", "deny", "require_approval"]);
    let mode = prop::sample::select(vec!["enforce", "enforce", "shadow"]);
    let limits = prop::collection::vec(limit(), 0..2);
    let schema = prop::sample::select(vec![json!(true), json!({ "required": ["x"] }), json!({ "maxProperties": 0 })]);
    let schema = prop::option::weighted(0.3, schema);
    (action, mode, conditions(), conditions(), conditions(), limits, schema).prop_map(
        |(action, mode, deny_if, require, when, limits, schema)| {
            let mut rule =
                json!({ "action": action, "mode": mode, "deny_if": deny_if, "require": require, "limits": limits });
            if let Some(schema) = schema {
                rule["arguments"] = schema;
            }
            if action == "require_approval" {
                rule["approval"] = json!({ "when": when });
            }
            rule
        },
    )
}

fn rules(names: &'static [&'static str]) -> impl Strategy<Value = BTreeMap<&'static str, Value>> {
    prop::collection::btree_map(prop::sample::select(names), rule(), 0..4)
}

fn policy() -> impl Strategy<Value = Value> {
    let default = prop::sample::select(vec!["deny", "allow"]);
    let mode = prop::sample::select(vec!["enforce", "enforce", "enforce", "shadow"]);
    let hide = prop::collection::vec(prop::sample::select(GLOBS.to_vec()), 0..2);
    let all_tools = prop::option::weighted(0.3, rule());
    (default, mode, hide, all_tools, rules(&NAMES), rules(&NAMES), rules(&KEYS)).prop_map(
        |(default, mode, hide, all_tools, tools, prompts, resources)| {
            let mut policy = json!({ "version": "1", "default": default, "mode": mode, "hide": hide, "tools": tools,
                "prompts": prompts, "resources": resources });
            if let Some(rule) = all_tools {
                policy["all_tools"] = rule;
            }
            policy
        },
    )
}

fn arguments() -> impl Strategy<Value = String> {
    let values =
        ["{}", r#"{"x":0}"#, r#"{"x":1,"y":0,"list":[0,1]}"#, r#"{"x":"0","list":[]}"#, r#"{"y":null,"list":0}"#];
    prop::sample::select(values.to_vec()).prop_map(str::to_owned)
}

fn aliases() -> Aliases {
    let record = r#"{"origin":{"url":"https://origin.example/mcp"},"aliases":{"run":"live_run","stop":"live_stop"}}"#;
    Server::parse(record.as_bytes()).unwrap().aliases
}

/// What becomes of `subject`: the code of the reason for which it is refused, if it is.
fn refused(rulebook: Rulebook<'_>, subject: &Subject<'_>) -> Option<&'static str> {
    match decide(rulebook, subject).ruling {
        Ruling::Allow(_) | Ruling::Meter(_) | Ruling::Hold(_) => None,
        Ruling::Deny(denial) => Some(denial.reason.code()),
    }
}

/// The reasons for which something is refused by its name, whatever its arguments are.
const BY_NAME: [&str; 6] =
    ["hidden", "default_deny", "denied_by_rule", "called_by_alias", "ambiguous_alias", "no_policy"];

fn object(text: &str) -> Object<'_> {
    json::parse(text.as_bytes()).unwrap().into_object().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tools_and_prompts_are_listed_if_no_name_refuses_them(policy in policy(), arguments in arguments()) {
        let (document, aliases) = (policy.to_string(), aliases());
        let edition = Edition::of(document.as_bytes());
        prop_assert!(matches!(edition, Edition::Valid(..)), "{document}");
        let rulebook = Rulebook { edition: &edition, aliases: &aliases };
        for name in NAMES {
            let subject = ToolName::read(name.into()).unwrap();
            let tool = Subject::Tool { name: subject.clone(), arguments: object(&arguments) };
            let prompt = Subject::Prompt { name: subject.clone(), arguments: Some(object(&arguments)) };
            let completed = Subject::Prompt { name: subject, arguments: None };
            for (kind, subject) in [(ListKind::Tools, tool), (ListKind::Prompts, prompt), (ListKind::Prompts, completed)] {
                let code = refused(rulebook, &subject);
                let by_name = code.is_some_and(|code| BY_NAME.contains(&code));
                prop_assert_eq!(is_listed(rulebook, kind, name), !by_name, "{:?} {} {:?}", kind, name, code);
            }
        }
    }

    #[test]
    fn resources_are_listed_if_they_can_be_read(policy in policy()) {
        let (document, aliases) = (policy.to_string(), aliases());
        let edition = Edition::of(document.as_bytes());
        let rulebook = Rulebook { edition: &edition, aliases: &aliases };
        for uri in URIS {
            let code = refused(rulebook, &Subject::Resources { uris: vec![uri.into()] });
            prop_assert_eq!(is_listed(rulebook, ListKind::Resources, uri), code.is_none(), "{} {:?}", uri, code);
        }
    }

    #[test]
    fn templates_are_listed_by_the_rule_that_equals_them(policy in policy()) {
        let (document, aliases) = (policy.to_string(), aliases());
        let edition = Edition::of(document.as_bytes());
        let rulebook = Rulebook { edition: &edition, aliases: &aliases };
        for (template, same) in TEMPLATES.into_iter().zip(SAME) {
            let denied = |rule: &Value| rule["action"] == "deny" && rule["mode"] == "enforce";
            let shown = match same.and_then(|key| policy["resources"].get(key)) {
                Some(rule) => !denied(rule),
                None => policy["default"] == "allow",
            };
            let expected = shown || policy["mode"] == "shadow";
            prop_assert_eq!(is_listed(rulebook, ListKind::ResourceTemplates, template), expected, "{}", template);
        }
    }

    #[test]
    fn a_policy_in_shadow_lists_everything_and_enforces_nothing(mut policy in policy(), arguments in arguments()) {
        policy["mode"] = json!("shadow");
        let (document, aliases) = (policy.to_string(), aliases());
        let edition = Edition::of(document.as_bytes());
        let rulebook = Rulebook { edition: &edition, aliases: &aliases };
        let mut subjects = Vec::new();
        for name in NAMES {
            let subject = ToolName::read(name.into()).unwrap();
            subjects.push((ListKind::Tools, name, Subject::Tool { name: subject.clone(), arguments: object(&arguments) }));
            subjects.push((ListKind::Prompts, name, Subject::Prompt { name: subject, arguments: Some(object(&arguments)) }));
        }
        subjects.extend(URIS.map(|uri| (ListKind::Resources, uri, Subject::Resources { uris: vec![uri.into()] })));
        subjects.extend(TEMPLATES.map(|uri| (ListKind::ResourceTemplates, uri, Subject::Template { uri: uri.into() })));
        for (kind, name, subject) in subjects {
            prop_assert!(is_listed(rulebook, kind, name), "{:?} {}", kind, name);
            let enforced = match decide(rulebook, &subject).ruling {
                Ruling::Allow(_) => false,
                Ruling::Meter(meter) => meter.charges(None).iter().any(|charge| !charge.shadow),
                Ruling::Hold(_) | Ruling::Deny(_) => true,
            };
            prop_assert!(!enforced, "{:?} {}", kind, name);
        }
    }
}

/// The key that equals each of [`TEMPLATES`] but for the names of variables, if there is one.
const SAME: [Option<&str>; 8] = [
    Some("f:///{x}"),
    Some("f:///{x}"),
    Some("f:///a/{x}"),
    Some("f:///a/{x}"),
    Some("f:///{x}/{y}"),
    Some("f:///{x*}"),
    None,
    Some("f:///a"),
];
