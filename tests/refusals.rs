//! What an agent is told of each denial, word for word: models act on it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use tollgate::ledger::{Admission, Overrun};
use tollgate::policy::{Context, Denial, Edition, Rulebook, Ruling, decide, refuse};
use tollgate::registry::{Name, Server};
use tollgate::wire::{Asked, Head, Message, read};

const POLICY: &str = r#"{
    "version": "1", "default": "deny", "hide": ["hidden"],
    "tools": {
        "denied": { "action": "deny", "reason": "Ask the database team." },
        "forbids": { "deny_if": [{ "path": "args.x", "op": "regex", "value": "a.*", "reason": "No a." }] },
        "requires": { "require": [{ "any": [{ "path": "args.x", "op": "in", "value": ["a", 1] }, { "not": { "path": "args.y", "op": "exists" } }] }] },
        "all": { "require": [{ "all": [{ "path": "args.x", "op": "gte", "value": 2 }, { "path": "args.y", "op": "contains", "value": "b" }] }] },
        "shaped": { "arguments": { "properties": { "x": { "type": "string" } }, "required": ["y"] } },
        "asks": { "action": "require_approval" },
        "costs": { "limits": [{ "counter": "c", "window": "day", "max": 5, "cost_from": "args.n" }] },
        "shared": { "limits": [{ "counter": "s", "window": 90, "max": 5, "scope": "server" }] },
        "shared_costs": { "limits": [{ "counter": "t", "window": "hour", "max": 5, "scope": "server", "cost_from": "args.n" }] },
        "of_session": { "limits": [{ "counter": "u", "window": "day", "max": 5, "scope": "session", "sessions": 2 }] },
        "limited": { "reason": "Slowly.", "rate_limit": { "max": 1, "window": 60 } }
    }
}"#;

/// The text and the denial of the answer to a call.
fn told(tool: &str, arguments: &str) -> (String, Value) {
    let edition = Edition::of(POLICY.as_bytes());
    let server = Server::parse(br#"{"origin":{"url":"https://o.example/mcp"},"aliases":{"also":"denied"}}"#).unwrap();
    let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    );
    let Ok(Message::Request(request)) = read(&Head::default(), body.as_bytes()) else { panic!("{body}") };
    let Asked::Judged(subject) = &request.asked else { panic!("{body}") };
    let denial: Denial<'_> = match decide(rulebook, subject).ruling {
        Ruling::Deny(denial) => denial,
        Ruling::Hold(hold) => hold.refused(),
        Ruling::Meter(meter) => match meter.settle(&Admission::Refused(Overrun { limit: 0, retry_after: 41_001 })) {
            Err(denial) => denial,
            Ok(permit) => panic!("{permit:?}"),
        },
        ruling @ Ruling::Allow(_) => panic!("{ruling:?}"),
    };
    let policy = Name::read("dev").unwrap();
    let context = Context {
        policy: &policy,
        stamp: edition.stamp(),
        request_id: "0123456789abcdef",
        site: "https://gateway.example",
    };
    let answer: Value = serde_json::from_str(&refuse(&request, subject, &denial, context).body).unwrap();
    let result = &answer["result"];
    (result["content"][0]["text"].as_str().unwrap().to_owned(), result["_meta"]["tollgate/denial"].clone())
}

#[test]
fn each_denial_says_what_why_and_what_to_do() {
    let elsewhere =
        "Repeating it will not help: use what the lists of this server show, or ask the operator for access.";
    let otherwise = "Nothing was run. Call it with other arguments, or ask the operator for access.";
    let operator = "Repeating it will not help: tell the operator of this gateway.";
    let wait = "Nothing was run. Wait 42 seconds, then repeat the same call.";
    let wait_or_less =
        "Nothing was run. Wait 42 seconds, then repeat the same call. One that costs less may pass sooner.";
    let said = [
        ("unnamed", "{}", "no rule of the policy `dev` allows it.", elsewhere),
        ("denied", "{}", "the policy `dev` denies it. Ask the database team.", elsewhere),
        ("also", "{}", "on this server the tool is called `denied`.", "Nothing was run. Call `denied` instead."),
        ("forbids", r#"{"x":"ab"}"#, r#"the policy `dev` forbids `args.x regex "a.*"`. No a."#, otherwise),
        (
            "forbids",
            r#"{"x":1}"#,
            r#"the policy `dev` forbids `args.x regex "a.*"`, which cannot be judged of these arguments. No a."#,
            otherwise,
        ),
        (
            "requires",
            r#"{"x":"b","y":1}"#,
            r#"the policy `dev` requires `(args.x in ["a",1]) or (not (args.y exists true))`."#,
            otherwise,
        ),
        (
            "all",
            r#"{"x":1,"y":"abc"}"#,
            r#"the policy `dev` requires `(args.x gte 2) and (args.y contains "b")`."#,
            otherwise,
        ),
        (
            "shaped",
            r#"{"x":1,"y":1}"#,
            "the arguments do not fit the policy `dev`: at `/x` must be a string.",
            otherwise,
        ),
        ("shaped", "{}", "the arguments do not fit the policy `dev`: `y` is required.", otherwise),
        ("asks", "{}", "it needs a person's approval, which cannot be asked for here.", operator),
        (
            "costs",
            r#"{"n":-1}"#,
            "`args.n` must say what it costs: a number, not negative, of at most six decimal places.",
            otherwise,
        ),
        ("costs", r#"{"n":6}"#, "it costs more, by `args.n`, than the limit of 5 ever has room for.", otherwise),
        ("costs", r#"{"n":1}"#, "the limit of 5 per day, counted by `args.n`, has no room for it.", wait_or_less),
        ("shared", "{}", "the limit of 5 calls per 90 seconds that all grants of this server share is used up.", wait),
        (
            "shared_costs",
            r#"{"n":1}"#,
            "the limit of 5 per hour that all grants of this server share, counted by `args.n`, has no room for it.",
            wait_or_less,
        ),
        ("of_session", "{}", "the limit of 5 calls per day is used up.", wait),
        ("limited", "{}", "the limit of 1 call per minute is used up. Slowly.", wait),
    ];
    for (tool, arguments, why, advice) in said {
        let (text, _) = told(tool, arguments);
        assert_eq!(text, format!("Tollgate refused the call of `{tool}`: {why} {advice}"));
    }
    assert_eq!(told("hidden", "{}"), ("Unknown tool: 'hidden'".to_owned(), Value::Null));
}

#[test]
fn programs_read_the_rule_and_when_to_come_back() {
    let (_, denial) = told("limited", "{}");
    assert_eq!(denial["rule"], "/tools/limited/rate_limit");
    assert_eq!(denial["reason_code"], "rate_limited");
    assert_eq!(denial["retry_after"], 42);
    assert_eq!(denial["policy"]["name"], "dev");
    assert_eq!(denial["policy"]["stamp"].as_str().map(str::len), Some(64));
    let (_, denial) = told("requires", r#"{"x":"b","y":1}"#);
    assert_eq!((&denial["rule"], denial.get("retry_after")), (&Value::from("/tools/requires/require/0"), None));
}

#[test]
fn a_long_condition_is_cut() {
    let many: Vec<String> = (0..200).map(|n| format!("\"value {n}\"")).collect();
    let policy = format!(
        r#"{{"version":"1","default":"deny","tools":{{"t":{{"require":[{{"path":"args.x","op":"in","value":[{}]}}]}}}}}}"#,
        many.join(",")
    );
    let edition = Edition::of(policy.as_bytes());
    let server = Server::parse(br#"{"origin":{"url":"https://o.example/mcp"}}"#).unwrap();
    let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#;
    let Ok(Message::Request(request)) = read(&Head::default(), body) else { panic!("no request") };
    let Asked::Judged(subject) = &request.asked else { panic!("nothing to judge") };
    let Ruling::Deny(denial) = decide(rulebook, subject).ruling else { panic!("let through") };
    let name = Name::read("dev").unwrap();
    let context = Context { policy: &name, stamp: None, request_id: "0", site: "" };
    let body = refuse(&request, subject, &denial, context).body;
    assert!(body.len() < 1_000 && body.contains('…'), "{body}");
}
