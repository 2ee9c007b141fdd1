//! `tollgate explain`

use serde_json::json;

use crate::process::{Folder, Ran};

const POLICY: &str = r#"{ "version": "1", "default": "deny",
  "tools": {
    "execute_command": {
      "require": [
        { "path": "args.command", "op": "in", "value": ["check", "migrate"], "reason": "Only check and migrate." },
        { "any": [ { "path": "args.args", "op": "exists", "value": false },
                   { "path": "args.args[*]", "op": "regex", "value": "[a-z]+" } ] }
      ],
      "limits": [ { "counter": "commands", "window": "minute", "max": 10 } ]
    },
    "pay": { "limits": [
      { "counter": "money", "window": "day", "max": 100, "algorithm": "fixed", "scope": "server", "cost_from": "args.amount" },
      { "counter": "payments", "window": "hour", "max": 3, "scope": "session", "sessions": 5, "mode": "shadow" } ] },
    "watched": { "mode": "shadow", "action": "deny" }
  },
  "resources": { "django://setting/{key}": { "require": [ { "path": "args.key", "op": "eq", "value": "DEBUG" } ] } },
  "prompts": { "greet": {} } }"#;

fn explain(args: &[&str]) -> Ran {
    let folder = Folder::with([("p.json", POLICY)]);
    folder.run(&[&["explain", "p.json", "--preset", "mcp-django"], args].concat()).quietly(0)
}

#[test]
fn a_denied_call_is_explained_by_what_its_conditions_saw() {
    let call = ["--tool", "management_execute_command", "--args", r#"{"command":"shell"}"#];
    let said = "\
deny by /tools/execute_command/require/0 (condition_not_met)
  the agent is told: Only check and migrate.
/tools/execute_command/require/0: args.command in [\"check\",\"migrate\"]: false (saw \"shell\")
";
    assert_eq!(explain(&call).stdout, said);
    let json = explain(&[&call[..], &["--json"]].concat()).json();
    assert_eq!((&json["ruling"], &json["reason_code"]), (&json!("deny"), &json!("condition_not_met")));
    assert_eq!(json["conditions"][0]["saw"][0]["value"], "\"shell\"");
}

#[test]
fn each_element_that_was_looked_at_is_shown() {
    let args = r#"{"command":"migrate","args":["shop","0001"]}"#;
    let ran = explain(&["--tool", "management_execute_command", "--args", args]);
    assert!(ran.stdout.starts_with("deny by /tools/execute_command/require/1"), "{}", ran.stdout);
    for line in ["saw [\"shop\",\"0001\"]: false", "saw \"shop\": true", "saw \"0001\": false"] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
}

#[test]
fn a_metered_call_shows_its_limits() {
    let ran = explain(&["--tool", "management_execute_command", "--args", r#"{"command":"check"}"#]);
    let said = "meter by /tools/execute_command\n  if there is room: commands: 1 of 10 in 60 s, sliding, of each grant, in calls\n";
    assert!(ran.stdout.starts_with(said), "{}", ran.stdout);
    assert!(ran.stdout.contains("saw nothing: true"), "{}", ran.stdout);
    let call = ["--tool", "pay", "--args", r#"{"amount":12.50}"#];
    let said = "\
meter by /tools/pay
  if there is room: money: 12.5 of 100 in 86400 s, fixed, of the server, in args.amount
  observed only: payments: 1 of 3 in 3600 s, sliding, of each of 5 sessions, in calls, in shadow
";
    assert_eq!(explain(&call).stdout, said);
    let json = explain(&[&call[..], &["--json"]].concat()).json();
    assert_eq!(json["limits"][0], "money: 12.5 of 100 in 86400 s, fixed, of the server, in args.amount");
}

#[test]
fn resources_prompts_shadow_and_the_default() {
    let said = |args: &[&str]| explain(args).stdout;
    let setting = said(&["--resource", "django://setting/SECRET_KEY"]);
    assert!(setting.starts_with("deny by /resources/django:~1~1setting~1{key}/require/0"), "{setting}");
    assert!(setting.contains("false (saw \"SECRET_KEY\")"), "{setting}");
    assert!(said(&["--resource", "django://setting/DEBUG"]).starts_with("allow by "));
    assert_eq!(said(&["--prompt", "greet"]), "allow by /prompts/greet\n");
    assert_eq!(said(&["--tool", "unnamed"]), "deny by (default deny) (default_deny)\n");
    let watched = said(&["--tool", "watched"]);
    assert_eq!(watched, "allow by /tools/watched\nin shadow: /tools/watched would refuse it (denied_by_rule)\n");
}

#[test]
fn a_policy_that_is_not_valid_explains_nothing() {
    let folder = Folder::with([("p.json", r#"{"version":"1"}"#)]);
    let ran = folder.run(&["explain", "p.json", "--tool", "t"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("`default` is required") && ran.stderr.contains("tollgate check"), "{}", ran.stderr);
}

#[test]
fn a_call_that_asks_a_person_shows_whom_and_what_is_charged_after_a_yes() {
    let policy = r#"{ "version": "1", "default": "deny", "tools": {
        "deploy": { "action": "require_approval", "reason": "Deploys are looked at.", "limits": [ { "counter": "deploys", "window": "day", "max": 3 } ] },
        "pay": { "action": "require_approval", "approval": { "ttl": "90s", "by": "user" } } } }"#;
    let folder = Folder::with([("p.json", policy)]);
    let said = "\
hold by /tools/deploy
  the agent is told: Deploys are looked at.
  an operator is asked, and has 900 s to answer
  after a yes, if there is room: deploys: 1 of 3 in 86400 s, sliding, of each grant, in calls
";
    assert_eq!(folder.run(&["explain", "p.json", "--tool", "deploy"]).quietly(0).stdout, said);
    let said = "hold by /tools/pay\n  whoever holds the grant, or an operator, is asked, and has 90 s to answer\n";
    assert_eq!(folder.run(&["explain", "p.json", "--tool", "pay"]).quietly(0).stdout, said);
    let json = folder.run(&["explain", "p.json", "--tool", "deploy", "--json"]).quietly(0).json();
    assert_eq!(json["approval"], json!({ "by": "operator", "ttl": 900 }));
    assert_eq!(json["limits"], json!(["deploys: 1 of 3 in 86400 s, sliding, of each grant, in calls"]));
}
