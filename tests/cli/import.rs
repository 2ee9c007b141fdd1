//! `tollgate import`

use serde_json::json;

use crate::process::{Folder, in_repository};

fn import(yaml: &str) -> (serde_json::Value, Vec<String>) {
    let json = Folder::with([("i.yaml", yaml)]).run(&["import", "i.yaml", "--json"]).quietly(0).json();
    let warnings = json["warnings"].as_array().unwrap().iter();
    let warnings = warnings
        .map(|warning| format!("{} {}", warning["pointer"].as_str().unwrap(), warning["message"].as_str().unwrap()));
    let warnings = warnings.collect();
    (json["policy"].clone(), warnings)
}

/// One rule of one tool, and what of the warnings is about it.
fn rule(rule: &str) -> (serde_json::Value, Vec<String>) {
    let (policy, warnings) = import(&format!("version: \"1\"\ntools:\n  t:\n    rules:\n      - name: n\n{rule}"));
    let own = warnings.into_iter().filter(|warning| warning.starts_with("/tools")).collect();
    (policy["tools"]["t"].clone(), own)
}

#[test]
fn everything_that_intercept_can_say() {
    let folder = Folder::new();
    let yaml = in_repository("tests/import/payments.yaml");
    let ran = folder.run(&["import", &yaml, "--out", "p.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    let expected = std::fs::read_to_string(in_repository("tests/import/payments.policy.json")).unwrap();
    assert_eq!(folder.read("p.json"), expected);
    let warnings = std::fs::read_to_string(in_repository("tests/import/payments.warnings.txt")).unwrap();
    assert_eq!(
        ran.stderr.lines().filter(|line| line.starts_with("warning:")).collect::<Vec<_>>(),
        warnings.lines().collect::<Vec<_>>()
    );
    let checked = folder.run(&["check", "p.json", "--json"]).quietly(0).json();
    assert_eq!(
        checked["warnings"].as_array().map(Vec::len),
        Some(0),
        "every kind of limit is metered; people can be asked"
    );
}

#[test]
fn without_a_file_the_policy_goes_to_standard_output_and_nothing_else_does() {
    let ran = Folder::new().run(&["import", &in_repository("tests/import/payments.yaml")]);
    assert_eq!(ran.json()["version"], "1");
    assert!(ran.stderr.contains("warning: "));
}

#[test]
fn a_file_is_overwritten_only_by_force() {
    let folder = Folder::with([("i.yaml", "version: \"1\"\ntools: {}\n"), ("p.json", "mine")]);
    let refused = folder.run(&["import", "i.yaml", "--out", "p.json"]);
    assert!(refused.code == 3 && refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(folder.read("p.json"), "mine");
    assert_eq!(folder.run(&["import", "i.yaml", "--out", "p.json", "--force"]).code, 0);
    assert_eq!(folder.read("p.json"), "{\n  \"version\": \"1\",\n  \"default\": \"allow\"\n}\n");
}

#[test]
fn expressions_describe_the_whole_text_here() {
    let regex = |expression: &str| {
        let condition =
            format!("        conditions:\n          - {{ path: args.a, op: regex, value: '{expression}' }}\n");
        rule(&condition).0["require"][0]["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(regex("^main$"), "main");
    assert_eq!(regex("^feat/"), ".*(?-s:^feat/).*");
    assert_eq!(regex("^a|b$"), ".*(?-s:^a|b$).*");
    assert_eq!(regex(r"^a\$"), r".*(?-s:^a\$).*");
    assert_eq!(regex("^a.c$"), ".*(?-s:^a.c$).*");
}

#[test]
fn what_cannot_be_said_here_denies() {
    let conditions = [
        "{ path: state.other.c, op: lte, value: 5 }",
        "{ path: state.t.absent, op: lte, value: 5 }",
        "{ path: state.t.c, op: gte, value: 5 }",
        "{ path: state.t.c, op: lte, value: many }",
        "{ path: state.t.c, op: lt, value: 1 }",
        "{ path: state.t.c, op: lte, value: -1 }",
    ];
    for condition in conditions {
        let (rule, warnings) =
            rule(&format!("        conditions: [{condition}]\n        state: {{ counter: c, window: hour }}\n"));
        assert_eq!(rule["action"], "deny", "{condition}");
        assert!(warnings[0].contains("every call of this tool is denied"), "{warnings:?}");
    }
}

#[test]
fn yaml_is_read_as_intercept_read_it() {
    let (rule, _) =
        rule("        conditions:\n          - { path: args.a, op: in, value: [yes, on, 012, null, 1.5] }\n");
    assert_eq!(rule["require"][0]["value"], json!(["yes", "on", 10, null, 1.5]));
    assert_eq!(import("version: 1\n").0, json!({ "version": "1", "default": "allow" }));
}

#[test]
fn hiding_all_hides_prompts_too_and_says_so() {
    let (policy, warnings) = import("version: \"1\"\nhide: [\"*\"]\ntools: {}\n");
    assert_eq!(policy["hide"], json!(["*"]));
    assert!(warnings.contains(&"/hide/0 hides all prompts too: Intercept hid tools only".to_owned()), "{warnings:?}");
}

#[test]
fn what_is_not_understood_is_an_error_with_its_place() {
    let wrong = [
        ("version: \"2\"\n", "/version: must be \"1\""),
        ("version: \"1\"\ntols: {}\n", "/tols: unknown field"),
        (
            "version: \"1\"\ntools:\n  t:\n    rules:\n      - name: n\n        rate_limit: 5/week\n",
            "/tools/t/rules/0/rate_limit: must be like",
        ),
        ("version: \"1\"\ntools:\n  t:\n    rules: []\n  t:\n    rules: []\n", "duplicate"),
        ("version: \"1\n", "It is no YAML that can be read"),
        (
            "version: \"1\"\ntools:\n  t:\n    rules:\n      - conditions: [{ path: args.a, op: regex, value: '(' }]\n",
            "is no regular expression",
        ),
    ];
    for (yaml, message) in wrong {
        let ran = Folder::with([("i.yaml", yaml)]).run(&["import", "i.yaml"]);
        assert!(ran.code == 1 && ran.stderr.contains(message), "{}", ran.stderr);
    }
}
