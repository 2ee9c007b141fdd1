//! Warnings about valid policies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use tollgate::policy::{Live, LiveTool, Policy, nearest};
use tollgate::registry::{Aliases, Server};
use tollgate::wire::json::{Invalid, Literal, parse};

fn policy(rest: &str) -> Policy {
    let document = format!(r#"{{"version":"1",{rest}}}"#);
    Policy::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{document}: {errors:?}"))
}

fn aliases() -> Aliases {
    let record = br#"{"origin":{"url":"https://o.example/mcp"},"aliases":{"run":"live_run","gone":"live_gone"}}"#;
    Server::parse(record).unwrap().aliases
}

fn tool(name: &str, schema: &str, runs_code: bool) -> LiveTool {
    let input_schema = Some(Literal::of(&parse(schema.as_bytes()).unwrap()));
    LiveTool { name: name.to_owned(), input_schema, runs_code }
}

fn live() -> Live {
    let run = r##"{"type":"object","properties":{
        "command":{"type":"string"},"args":{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"null"}]},
        "level":{"enum":["low","high"]},"more":{"$ref":"#/$defs/more"}},
        "$defs":{"more":{"type":"object","properties":{"deep":{"type":"integer"}},"additionalProperties":false}}}"##;
    let setting = r#"{"type":"object","properties":{"key":{"type":"string"}}}"#;
    Live {
        tools: vec![tool("live_run", run, true), tool("project_get_setting", setting, false)],
        resources: vec!["django://project/apps".to_owned()],
        templates: vec!["django://project/setting/{key}".to_owned()],
        prompts: vec!["greet".to_owned()],
    }
}

#[track_caller]
fn assert_warned(found: &[Invalid], expected: &[(&str, &str)]) {
    let found: Vec<_> = found.iter().map(|warning| (warning.pointer.as_str(), warning.message.as_str())).collect();
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, (pointer, part))| found.0 == *pointer && found.1.contains(part));
    assert!(same, "expected {expected:#?}, found {found:#?}");
}

#[test]
fn the_document_alone_gives_reason() {
    let warned = |rest: &str, expected: &[(&str, &str)]| assert_warned(&policy(rest).warnings(), expected);
    warned(r#""default":"deny","tools":{"a":{}}"#, &[]);
    warned(r#""default":"allow""#, &[("/default", "what no rule names")]);
    warned(r#""default":"deny","mode":"shadow""#, &[("/mode", "nothing of this policy is enforced")]);
    warned(
        r#""default":"deny","hide":["a*"],"tools":{"ab":{}},"prompts":{"a":{},"b":{}}"#,
        &[("/tools/ab", "`hide` hides it"), ("/prompts/a", "`hide` hides it")],
    );
    warned(r#""default":"deny","tools":{"a":{"mode":"shadow","action":"deny"}}"#, &[("/tools/a/mode", "opens it")]);
    warned(r#""default":"deny","all_tools":{"mode":"shadow","action":"deny"}"#, &[]);
    let refunded = |more: &str| format!(r#""default":"deny","tools":{{"a":{{"refund_on":["error"]{more}}}}}"#);
    warned(&refunded(r#","rate_limit":{"max":1,"window":1}"#), &[("/tools/a/refund_on", "calls for nothing")]);
    warned(&refunded(""), &[("/tools/a/refund_on", "gives nothing back")]);
    warned(r#""default":"deny","resources":{"f:///{x}":{"action":"require_approval"}}"#, &[]);
    let limit = |more: &str| {
        format!(r#""default":"deny","tools":{{"a":{{"limits":[{{"counter":"c","window":1,"max":1{more}}}]}}}}"#)
    };
    for metered in [
        "",
        r#","scope":"server""#,
        r#","scope":"session","sessions":2"#,
        r#","algorithm":"fixed""#,
        r#","cost_from":"args.n""#,
        r#","mode":"shadow""#,
    ] {
        warned(&limit(metered), &[]);
    }
    warned(&limit(r#","cost_from":"args.n[*]""#), &[("/tools/a/limits/0/cost_from", "every call is refused")]);
}

#[test]
fn what_can_never_hold_is_found() {
    let found = |conditions: &str| {
        policy(&format!(r#""default":"deny","tools":{{"t":{{"require":[{conditions}]}}}}"#)).contradictions().len()
    };
    let leaf = |op: &str, value: &str| format!(r#"{{"path":"args.x","op":"{op}","value":{value}}}"#);
    for (first, second, count) in [
        (leaf("eq", "1"), leaf("eq", "2"), 1),
        (leaf("eq", "1"), leaf("eq", "1.0"), 0),
        (leaf("in", "[1,2]"), leaf("in", "[3,\"1\"]"), 1),
        (leaf("in", "[1,2]"), leaf("gt", "1"), 0),
        (leaf("in", "[1,2]"), leaf("gt", "2"), 1),
        (leaf("lt", "1"), leaf("gt", "2"), 1),
        (leaf("gt", "2"), leaf("lte", "1"), 1),
        (leaf("lt", "2"), leaf("gt", "1"), 0),
        (leaf("exists", "false"), leaf("eq", "1"), 1),
        (leaf("exists", "true"), leaf("eq", "1"), 0),
        (leaf("regex", "\"a.*\""), leaf("eq", "\"b\""), 1),
        (leaf("eq", "1").replace("args.x", "args.x[*]"), leaf("eq", "2").replace("args.x", "args.x[*]"), 0),
        (leaf("eq", "1"), leaf("eq", "2").replace("args.x", "args.y"), 0),
    ] {
        assert_eq!(found(&format!("{first},{second}")), count, "{first} and {second}");
        assert_eq!(
            found(&format!(r#"{{"any":[{{"not":{{"all":[{first},{second}]}}}}]}}"#)),
            count,
            "inside, {first} and {second}"
        );
    }
}

#[test]
fn names_are_compared_with_what_is_there() {
    let warned = |rest: &str, expected: &[(&str, &str)]| {
        assert_warned(&policy(rest).warnings_against(&aliases(), &live()), expected);
    };
    warned(
        r#""default":"deny","tools":{"project_get_settings":{"action":"deny"}}"#,
        &[("/tools/project_get_settings", "did you mean \"project_get_setting\"?")],
    );
    warned(
        r#""default":"deny","tools":{"get_setting":{"action":"deny"}}"#,
        &[("/tools/get_setting", "did you mean \"project_get_setting\"?")],
    );
    warned(
        r#""default":"deny","tools":{"run":{"action":"deny"},"gone":{}}"#,
        &[("/tools/gone", "is the alias of \"live_gone\"")],
    );
    warned(r#""default":"deny","prompts":{"great":{},"greet":{}}"#, &[("/prompts/great", "did you mean \"greet\"?")]);
    warned(r#""default":"deny","hide":["ru*","nothing_*","greet"]"#, &[("/hide/1", "matches no tool")]);
    warned(
        r#""default":"deny","resources":{"django://project/apps":{},"django://project/app":{},"django://project/setting/{name}":{"action":"deny"},"django://project/setting/DEBUG":{},"django://{all*}":{"action":"deny"}}"#,
        &[("/resources/django:~1~1project~1app", "did you mean \"django://project/apps\"?")],
    );
}

#[test]
fn conditions_are_compared_with_the_input_schema() {
    let warned = |condition: &str, part: Option<&str>| {
        let rest = format!(r#""default":"deny","tools":{{"run":{{"require":[{condition}]}}}}"#);
        let expected: Vec<_> = part.map(|part| ("/tools/run/require/0", part)).into_iter().collect();
        assert_warned(&policy(&rest).warnings_against(&aliases(), &live()), &expected);
    };
    warned(r#"{"path":"args.command","op":"eq","value":"check"}"#, None);
    warned(r#"{"path":"args.comand","op":"eq","value":"check"}"#, Some("is no argument of `live_run`"));
    warned(r#"{"path":"args.command","op":"eq","value":1}"#, Some("can never hold"));
    warned(r#"{"path":"args.args[*]","op":"regex","value":"-.*"}"#, None);
    warned(r#"{"path":"args.args[*].x","op":"exists"}"#, Some("is no argument"));
    warned(r#"{"path":"args.args","op":"eq","value":null}"#, None);
    warned(r#"{"path":"args.level","op":"in","value":["middle"]}"#, Some("can never hold"));
    warned(r#"{"path":"args.level","op":"regex","value":"l.*"}"#, None);
    warned(r#"{"path":"args.more.deep","op":"gt","value":1}"#, None);
    warned(r#"{"path":"args.more.deeper","op":"gt","value":1}"#, Some("is no argument"));
    warned(r#"{"path":"args.more.deep","op":"contains","value":"x"}"#, Some("can never hold"));
}

#[test]
fn code_and_second_doors_are_found() {
    let warned = |rest: &str, expected: &[(&str, &str)]| {
        assert_warned(&policy(rest).warnings_against(&aliases(), &live()), expected);
    };
    let narrow = r#"{"arguments":{"required":["command"]}}"#;
    warned(r#""default":"deny","tools":{"run":{}}"#, &[("/tools/run", "\"live_run\" can run code")]);
    warned(&format!(r#""default":"deny","tools":{{"run":{narrow}}}"#), &[]);
    warned(&format!(r#""default":"deny","all_tools":{narrow},"tools":{{"run":{{}}}}"#), &[]);
    warned(r#""default":"deny","hide":["run"],"tools":{"run":{}}"#, &[]);
    warned(r#""default":"allow""#, &[("/default", "\"live_run\" can run code")]);
    let open = r#""django://project/setting/{key}":{}"#;
    warned(
        &format!(r#""default":"deny","resources":{{{open}}}"#),
        &[(
            "/resources/django:~1~1project~1setting~1{key}",
            "seems to read what the tool \"project_get_setting\" reads",
        )],
    );
    warned(&format!(r#""default":"deny","tools":{{"project_get_setting":{{}}}},"resources":{{{open}}}"#), &[]);
}

#[test]
fn the_nearest_name_is_near() {
    let names = ["management_execute_command", "list", "x"];
    assert_eq!(nearest("execute_command", names), Some("management_execute_command"));
    assert_eq!(nearest("lst", names), Some("list"));
    assert_eq!(nearest("something_else", names), None);
    assert_eq!(nearest("kitten", ["sitting"]), Some("sitting"));
}
