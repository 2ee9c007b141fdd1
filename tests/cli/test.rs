//! `tollgate test`

use serde_json::json;

use crate::process::{Folder, in_repository};

#[test]
fn the_cases_of_the_repository_pass() {
    let ran = Folder::new().run(&["test", &in_repository("tests/cases")]).quietly(0);
    assert!(ran.stdout.starts_with("ok: ") && ran.stdout.ends_with(" checks.\n"), "{}", ran.stdout);
}

#[test]
fn a_failure_is_shown_as_what_should_be_and_what_is() {
    let case = r#"{ "why": "w", "policy": { "version": "1", "default": "deny", "tools": { "t": {} } }, "calls": [
      { "tool": "t", "ruling": "allow", "rule": "/tools/t", "why": "named" },
      { "tool": "u", "ruling": "allow", "rule": "/tools/u", "why": "should be named" } ] }"#;
    let folder = Folder::with([("c.json", case)]);
    let said = "\
c.json: tool u
  should be named
    - ruling: allow
    + ruling: deny
    - rule: /tools/u
    + rule: (default deny)
    + reason_code: default_deny
    - listed: true
    + listed: false

failed: 1 of 2 checks in 1 case file.
";
    assert_eq!(folder.run(&["test", "c.json"]).quietly(1).stdout, said);
    let json = folder.run(&["test", "c.json", "--json"]).quietly(1).json();
    assert_eq!((&json["ok"], &json["checks"], &json["failures"]), (&json!(false), &json!(2), &json!(1)));
    let difference = json!({ "field": "ruling", "expected": "allow", "got": "deny" });
    assert_eq!(json["cases"][0]["failures"][0]["differences"][0], difference);
}

#[test]
fn errors_and_warnings_are_compared_one_by_one() {
    let errors = r#"{ "why": "w", "policy": { "version": "1" }, "errors": [ { "pointer": "/x", "message": "m" } ] }"#;
    let warnings = r#"{ "why": "w", "policy_file": "p.json", "warnings": [] }"#;
    let policy = r#"{ "version": "1", "default": "allow" }"#;
    let folder = Folder::with([("e.json", errors), ("w.json", warnings), ("p.json", policy)]);
    let ran = folder.run(&["test", "e.json", "w.json"]).quietly(1);
    let expected =
        ["    - errors: /x m\n    + errors: `default` is required\n", "    + warnings: /default what no rule names"];
    for part in expected {
        assert!(ran.stdout.contains(part), "{}", ran.stdout);
    }
}

#[test]
fn a_case_that_cannot_be_run_fails() {
    let broken = [
        (r#"{ "why": "w" }"#, "one of `policy` and `policy_file`"),
        (r#"{ "why": "w", "polcy": {} }"#, "unknown field `polcy`"),
        (
            r#"{ "why": "w", "policy": { "version": "1", "default": "deny" }, "calls": [ { "ruling": "deny", "rule": "", "why": "" } ] }"#,
            "names one thing",
        ),
    ];
    for (case, why) in broken {
        let ran = Folder::with([("c.json", case)]).run(&["test", "c.json"]).quietly(1);
        assert!(ran.stdout.contains(why), "{}", ran.stdout);
    }
}

#[test]
fn a_folder_without_cases_proves_nothing() {
    let ran = Folder::new().run(&["test", "."]);
    assert!(ran.code == 3 && ran.stderr.contains("There is no case"), "{}", ran.stderr);
}
