//! How dangerous a catalogue's items are, and that the policy to start from is never weaker than that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::catalogue::risk::{Assessment, Category, Risk};
use tollgate::catalogue::{Catalogue, starter};
use tollgate::policy::{Edition, Policy, Rulebook, Ruling, decide};
use tollgate::registry::Aliases;
use tollgate::wire::json::Object;
use tollgate::wire::{ListKind, Subject, ToolName};

use Category::{Destructive, Execute, Financial, Read, Write};
use Risk::{Critical, High, Low, Medium};

const MCP_DJANGO: &str = include_str!("../presets/mcp-django/catalogue.json");

fn catalogue(lists: &Value) -> Catalogue {
    Catalogue::parse(lists.to_string().as_bytes()).unwrap()
}

fn assess(tool: &Value) -> Assessment {
    catalogue(&json!({ "tools": [tool] })).items().next().unwrap().assess()
}

#[test]
fn the_tools_of_mcp_django() {
    let expected = [
        ("djangopackages_get_grid", Read, Low),
        ("djangopackages_get_package", Read, Low),
        ("djangopackages_search", Read, Low),
        ("management_execute_command", Execute, High),
        ("management_list_commands", Read, Low),
        ("project_get_project_info", Read, Low),
        ("project_list_apps", Read, Low),
        ("project_list_models", Read, Low),
        ("project_list_routes", Read, Low),
        // Its own annotations call it read-only. It gives out SECRET_KEY.
        ("project_get_setting", Read, High),
        ("shell_execute", Execute, High),
        // It writes a file of Python where its argument says.
        ("shell_export_history", Write, High),
        ("shell_clear_history", Destructive, Critical),
        ("django://project/apps", Read, Low),
        ("django://project/models", Read, Low),
        ("django://djangopackages/grid/{slug}", Read, Low),
        ("django://djangopackages/package/{slug}", Read, Low),
        ("django://project/app/{app_label}", Read, Low),
        ("django://project/app/{app_label}/models", Read, Low),
        ("django://project/model/{app_label}/{model_name}", Read, Low),
        ("django://project/route/{pattern*}", Read, Low),
        // The same secrets by another door.
        ("django://project/setting/{key}", Read, High),
    ];
    let catalogue = Catalogue::parse(MCP_DJANGO.as_bytes()).unwrap();
    let found: Vec<_> = catalogue
        .items()
        .map(|item| (item.name.clone(), item.assess()))
        .map(|(name, assessment)| (name, assessment.category, assessment.risk))
        .collect();
    assert_eq!(found, expected.map(|(name, category, risk)| (name.to_owned(), category, risk)));
}

/// The categories in the preset's catalogue are those of a person who tried each tool.
#[test]
fn what_was_tried_on_mcp_django_is_what_its_words_show() {
    let tried: Value = serde_json::from_str(MCP_DJANGO).unwrap();
    let catalogue = Catalogue::parse(MCP_DJANGO.as_bytes()).unwrap();
    for item in catalogue.items() {
        let list = tried[item.kind.items()].as_array().unwrap();
        let tried = list.iter().find(|tried| tried[item.kind.key()] == item.name).unwrap();
        assert_eq!(item.assess().category.name(), tried["category"], "{}", item.name);
    }
}

#[test]
fn a_name_says_what_it_does() {
    let expected = [
        ("list_runs", Read, Low),
        ("get_run", Read, Low),
        ("run_tests", Execute, High),
        ("getUserByID", Read, Low),
        ("deleteUser", Destructive, Critical),
        ("search_delete_index", Destructive, Critical),
        ("read_and_remove", Destructive, Critical),
        ("create-or-update.file", Write, Medium),
        ("list_deleted_items", Read, Low),
        ("execute_payment", Financial, Critical),
        ("refund", Financial, Critical),
        ("list_charges", Read, Low),
        ("create_invoice", Financial, Critical),
        ("create_price", Write, Medium),
        ("bash", Execute, High),
        ("get_env", Read, High),
        ("read_secret", Read, High),
        ("get_api_key", Read, High),
        ("count_tokens", Read, Low),
        ("rotate_token", Write, High),
        ("frobnicate", Write, High),
        ("", Write, High),
    ];
    for (name, category, risk) in expected {
        let Assessment { category: found, risk: at, evidence } = assess(&json!({ "name": name }));
        assert_eq!((found, at), (category, risk), "{name}: {evidence:?}");
    }
}

/// A server that lies about itself in its annotations gains nothing by it.
#[test]
fn a_hint_lowers_nothing_that_anything_else_shows() {
    let lies = [
        (json!({ "name": "delete_all" }), Destructive, Critical),
        (json!({ "name": "shell_execute" }), Execute, High),
        (json!({ "name": "get_setting" }), Read, High),
        (json!({ "name": "get_weather", "description": "Deletes the database." }), Destructive, Critical),
        (json!({ "name": "helper", "description": "Runs arbitrary code on the server." }), Execute, High),
        (
            json!({ "name": "get_rows", "inputSchema": { "properties": { "sql": { "type": "string" } } } }),
            Execute,
            High,
        ),
        (
            json!({ "name": "lookup", "inputSchema": { "properties": { "code": { "description": "Python to run" } } } }),
            Execute,
            High,
        ),
        (json!({ "name": "save", "inputSchema": { "properties": { "filePath": { "type": "string" } } } }), Write, High),
        (
            json!({ "name": "submit", "inputSchema": { "properties": { "amount": {}, "currency": {} } } }),
            Financial,
            Critical,
        ),
    ];
    for (mut tool, category, risk) in lies {
        tool["annotations"] = json!({ "readOnlyHint": true, "destructiveHint": false });
        let found = assess(&tool);
        assert_eq!((found.category, found.risk), (category, risk), "{tool}: {:?}", found.evidence);
    }
}

#[test]
fn a_hint_may_raise_and_may_say_what_nothing_else_does() {
    let hinted = |name: &str, hints: Value| {
        let found = assess(&json!({ "name": name, "annotations": hints }));
        (found.category, found.risk)
    };
    assert_eq!(hinted("frobnicate", json!({ "readOnlyHint": true })), (Read, Low));
    assert_eq!(hinted("frobnicate", json!({ "destructiveHint": true })), (Destructive, Critical));
    assert_eq!(hinted("create_thing", json!({ "destructiveHint": true })), (Destructive, Critical));
    assert_eq!(hinted("shell_execute", json!({ "destructiveHint": true })), (Execute, High));
    assert_eq!(hinted("frobnicate", json!({ "readOnlyHint": "yes" })), (Write, High));
}

#[test]
fn what_is_only_spoken_of_shows_nothing() {
    let harmless = [
        json!({ "name": "list_commands", "description": "Lists commands, before executing them with execute_command." }),
        json!({ "name": "explore", "description": "Shows models without executing code. It does not run code." }),
        json!({ "name": "get_country", "inputSchema": { "properties": { "code": { "description": "ISO 3166 code" } } } }),
        json!({ "name": "list_items", "inputSchema": { "properties": { "command": { "enum": ["a", "b"] } } } }),
        json!({ "name": "read_text", "inputSchema": { "properties": { "path": { "type": "string" } } } }),
    ];
    for tool in harmless {
        let found = assess(&tool);
        assert_eq!((found.category, found.risk), (Read, Low), "{tool}: {:?}", found.evidence);
    }
}

/// What a policy makes of a call without arguments.
fn ruled(document: &str, tool: &str) -> &'static str {
    let edition = Edition::of(document.as_bytes());
    let aliases = Aliases::default();
    let rulebook = Rulebook { edition: &edition, aliases: &aliases };
    let Some(name) = ToolName::read(tool.into()) else { return "deny" };
    match decide(rulebook, &Subject::Tool { name, arguments: Object::default() }).ruling {
        Ruling::Allow(_) => "allow",
        Ruling::Meter(_) => "meter",
        Ruling::Hold(_) => "hold",
        Ruling::Deny(_) => "deny",
    }
}

#[test]
fn keys_that_no_rule_can_have_stay_refused() {
    let catalogue = catalogue(&json!({
        "tools": [{ "name": "get a thing" }, { "name": "get_thing" }],
        "resources": [{ "uri": "no-scheme" }, { "uri": "a://b?c=d" }],
        "resourceTemplates": [{ "uriTemplate": "a://{x}/{x}" }, { "uriTemplate": "a://{x}" }, { "uriTemplate": "a://{y}" }]
    }));
    let starter = starter(&catalogue);
    let mut dropped: Vec<_> = starter.dropped.iter().map(|dropped| dropped.name.as_str()).collect();
    dropped.sort_unstable();
    assert_eq!(dropped, ["a://b?c=d", "a://{x}/{x}", "a://{y}", "get a thing", "no-scheme"]);
    Policy::parse(starter.document.written().as_bytes()).unwrap();
}

proptest! {
    /// Whatever a server says, the policy to start from is valid, and lets through freely only what is read at low risk.
    #[test]
    fn a_policy_to_start_from_is_never_weaker_than_the_catalogue(
        tools in prop::collection::vec(("[a-z_ ./é]{0,12}|(get|run|drop|pay|set)_(env|x|sql|money)", "\\PC{0,40}", any::<Option<bool>>()), 0..6),
        uris in prop::collection::vec("(a|django)://[a-z{}*?#/]{0,10}|\\PC{0,10}", 0..4),
    ) {
        let tools: Vec<_> = tools
            .iter()
            .map(|(name, description, hint)| {
                json!({ "name": name, "description": description, "annotations": { "readOnlyHint": hint } })
            })
            .collect();
        let uris: Vec<_> = uris.iter().map(|uri| json!({ "uriTemplate": uri })).collect();
        let catalogue = catalogue(&json!({ "tools": tools, "resourceTemplates": uris }));
        let document = starter(&catalogue).document.written();
        prop_assert!(Policy::parse(document.as_bytes()).is_ok(), "{document}");
        for tool in catalogue.of(ListKind::Tools) {
            let assessment = tool.assess();
            match ruled(&document, &tool.name) {
                "allow" => prop_assert_eq!((assessment.category, assessment.risk), (Read, Low)),
                "meter" => prop_assert!(matches!(assessment.category, Write | Execute | Read)),
                _ => {}
            }
        }
    }
}
