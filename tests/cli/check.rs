//! `tollgate check`

use serde_json::json;

use crate::process::{Folder, in_repository};

#[test]
fn a_valid_policy_passes() {
    let folder = Folder::with([("p.json", r#"{"version":"1","default":"deny","tools":{"t":{}}}"#)]);
    assert_eq!(folder.run(&["check", "p.json"]).quietly(0).stdout, "ok: `p.json` is a valid policy.\n");
    let json = folder.run(&["check", "p.json", "--json"]).quietly(0).json();
    assert_eq!(json, json!({ "ok": true, "errors": [], "warnings": [] }));
}

#[test]
fn errors_say_where() {
    let policy = "{ \"version\": \"1\", \"default\": \"deny\",\n  \"tools\": {\n    \"ä~/b\": {},\n    \"t\": { \"limits\": [\n      { \"counter\": \"c\", \"window\": \"week\", \"max\": 1 } ] } } }\n";
    let folder = Folder::with([("p.json", policy)]);
    let ran = folder.run(&["check", "p.json"]).quietly(1);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("p.json:3:5: error: /tools/ä~0~1b: can never match"), "{}", lines[0]);
    assert!(lines[1].starts_with("p.json:5:25: error: /tools/t/limits/0/window: must be \"second\""), "{}", lines[1]);
    assert_eq!(lines[2], "failed: 2 errors, 0 warnings.");
    let json = folder.run(&["check", "p.json", "--json"]).quietly(1).json();
    assert_eq!(json["ok"], false);
    assert_eq!((&json["errors"][1]["line"], &json["errors"][1]["column"]), (&json!(5), &json!(25)));
    assert_eq!(json["errors"][1]["pointer"], "/tools/t/limits/0/window");
}

#[test]
fn what_is_no_strict_json_says_where_too() {
    let unreadable = [
        ("{\n  \"version\": \"1\",\n  \"version\": \"1\"\n}", "p.json:3:3: error: duplicate key in an object\n"),
        ("{\n  \"version\" \"1\"\n}", "p.json:2:13: error: unexpected character\n"),
        ("", "p.json:1:1: error: the text ends before the value does\n"),
    ];
    for (policy, line) in unreadable {
        let ran = Folder::with([("p.json", policy)]).run(&["check", "p.json"]).quietly(1);
        assert!(ran.stdout.starts_with(line), "{}", ran.stdout);
    }
}

#[test]
fn warnings_pass_unless_they_are_denied() {
    let policy = r#"{"version":"1","default":"allow","hide":["t"],"tools":{"t":{"require":[
      {"path":"args.a","op":"eq","value":1},{"path":"args.a","op":"eq","value":2}]}}}"#;
    let folder = Folder::with([("p.json", policy)]);
    let ran = folder.run(&["check", "p.json"]).quietly(0);
    assert!(ran.stdout.contains("p.json:2:45: warning: /tools/t/require/1: can never hold together"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("ok: `p.json` is a valid policy, with 3 warnings.\n"), "{}", ran.stdout);
    let denied = folder.run(&["check", "p.json", "--deny-warnings", "--json"]).quietly(1).json();
    assert_eq!((&denied["ok"], denied["warnings"].as_array().unwrap().len()), (&json!(false), 3));
}

#[test]
fn beside_a_catalogue_it_warns_of_what_matches_nothing_there() {
    let policy = r#"{ "version": "1", "default": "deny", "tools": {
  "execute_comand": {},
  "execute_command": { "require": [ { "path": "args.comand", "op": "eq", "value": "check" } ] },
  "shell_execute": { "rate_limit": { "max": 1, "window": "day" } } } }"#;
    let folder = Folder::with([("p.json", policy)]);
    let catalogue = in_repository("presets/mcp-django/catalogue.json");
    let ran = folder.run(&["check", "p.json", "--catalogue", &catalogue, "--preset", "mcp-django"]).quietly(0);
    let expected = [
        "p.json:2:3: warning: /tools/execute_comand: matches no tool of the server; did you mean \"execute_command\"?",
        "p.json:3:37: warning: /tools/execute_command/require/0: `args.comand` is no argument of",
        "p.json:4:3: warning: /tools/shell_execute: \"shell_execute\" can run code",
    ];
    for (line, expected) in ran.stdout.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert!(ran.stdout.ends_with("with 3 warnings.\n"), "{}", ran.stdout);
}

#[test]
fn the_ready_policies_pass_beside_what_they_are_for() {
    let catalogue = in_repository("presets/mcp-django/catalogue.json");
    for ready in ["developer", "read-only"] {
        let policy = in_repository(&format!("presets/mcp-django/{ready}.json"));
        let beside = ["--catalogue", &catalogue, "--preset", "mcp-django", "--deny-warnings"];
        Folder::new().run(&[&["check", &policy][..], &beside].concat()).quietly(0);
    }
}

#[test]
fn aliases_come_from_a_preset_a_file_or_a_servers_record() {
    let policy = r#"{"version":"1","default":"deny","tools":{"run":{},"live_run":{}}}"#;
    let aliases = r#"{"run":"live_run"}"#;
    let record = r#"{"origin":{"url":"https://a.example/mcp"},"aliases":{"run":"live_run"}}"#;
    let wrong = r#"{"run":"not a name"}"#;
    let twice = r#"{"run":"a","run":"b"}"#;
    let folder = Folder::with([
        ("p.json", policy),
        ("a.json", aliases),
        ("r.json", record),
        ("w.json", wrong),
        ("t.json", twice),
    ]);
    folder.run(&["check", "p.json"]).quietly(0);
    for file in ["a.json", "r.json"] {
        let ran = folder.run(&["check", "p.json", "--aliases", file]).quietly(1);
        assert!(ran.stdout.contains("names the tool `live_run` a second time"), "{}", ran.stdout);
    }
    let ran = folder.run(&["check", "p.json", "--aliases", "w.json"]);
    assert!(ran.code == 2 && ran.stderr.contains("`w.json`, /run: an alias and its live name are"), "{}", ran.stderr);
    let ran = folder.run(&["check", "p.json", "--aliases", "t.json"]);
    assert!(ran.code == 1 && ran.stderr.contains("duplicate key"), "{}", ran.stderr);
}

#[test]
fn a_catalogue_that_is_none_says_how_to_get_one() {
    let folder = Folder::with([("p.json", r#"{"version":"1","default":"deny"}"#), ("c.json", r#"{"tolls":[]}"#)]);
    let ran = folder.run(&["check", "p.json", "--catalogue", "c.json"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("tollgate scan URL --catalogue-out"), "{}", ran.stderr);
}
