//! Which outcomes give back which of the charges of a call: only those that its rules opt in, and only where it is sure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use tollgate::policy::{Edition, Outcome, Refunds, Rulebook, Ruling, decide};
use tollgate::registry::{Aliases, Server};
use tollgate::wire::json::{Object, parse};
use tollgate::wire::{Subject, ToolName};

fn aliases() -> Aliases {
    Server::parse(br#"{"origin":{"url":"https://o.example/mcp"}}"#).unwrap().aliases
}

/// What may be given back of a call of the tool `t` under these rules.
fn refunds(rules: &str) -> Refunds {
    let policy = format!(r#"{{"version":"1","default":"deny",{rules}}}"#);
    let edition = Edition::of(policy.as_bytes());
    assert!(matches!(edition, Edition::Valid(..)), "{policy}");
    let aliases = aliases();
    let rulebook = Rulebook { edition: &edition, aliases: &aliases };
    let subject = Subject::Tool { name: ToolName::read("t".into()).unwrap(), arguments: Object::default() };
    let Ruling::Meter(meter) = decide(rulebook, &subject).ruling else { panic!("not metered: {policy}") };
    assert_eq!(meter.charges(None).len(), meter.dues().len());
    meter.refunds()
}

/// The same where the tool has one limit, and gives its budget back on these outcomes.
fn on(refund_on: &str) -> Refunds {
    refunds(&format!(r#""tools":{{"t":{{"rate_limit":{{"max":9,"window":60}},"refund_on":[{refund_on}]}}}}"#))
}

fn after(refunds: &Refunds, result: &str) -> Vec<usize> {
    let object = parse(result.as_bytes()).unwrap().into_object().unwrap();
    refunds.given_by(Outcome::Result(&object))
}

/// Whether the outcome `result` gives the budget back on the condition.
fn gives(condition: &str, result: &str) -> bool {
    !after(&on(condition), result).is_empty()
}

const FINE: &str = r#"{"content":[],"isError":false}"#;
const FAILED: &str = r#"{"content":[],"isError":true}"#;

#[test]
fn nothing_is_given_back_unless_a_rule_says_so() {
    let none = on("");
    assert!(none.are_none());
    for outcome in [Outcome::Error, Outcome::Unknown] {
        assert!(none.given_by(outcome).is_empty());
    }
    assert!(after(&none, FAILED).is_empty());
}

#[test]
fn an_error_is_no_error_of_the_tool_and_the_other_way_round() {
    let error = on(r#""error""#);
    assert!(!error.are_none());
    assert_eq!((error.given_by(Outcome::Error), after(&error, FAILED)), (vec![0], vec![]));
    let tool_error = on(r#""tool_error""#);
    assert!(!tool_error.are_none());
    assert_eq!((tool_error.given_by(Outcome::Error), after(&tool_error, FAILED)), (vec![], vec![0]));
    for no_error in
        [FINE, "{}", r#"{"isError":"true"}"#, r#"{"isError":1}"#, r#"{"isError":null}"#, r#"{"iserror":true}"#]
    {
        assert!(after(&tool_error, no_error).is_empty(), "{no_error}");
    }
}

#[test]
fn an_outcome_that_nobody_knows_gives_nothing_back() {
    let every = on(r#""error","tool_error",{"path":"result.x","op":"exists","value":false}"#);
    assert!(every.given_by(Outcome::Unknown).is_empty());
    assert_eq!((every.given_by(Outcome::Error), after(&every, FINE)), (vec![0], vec![0]));
}

#[test]
fn a_condition_gives_back_only_where_it_is_true() {
    let status = r#"{"path":"result.structuredContent.status","op":"eq","value":"error"}"#;
    for (result, so, not_so) in [
        (r#"{"structuredContent":{"status":"error"}}"#, true, false),
        (r#"{"structuredContent":{"status":"fine"}}"#, false, true),
        (r#"{"structuredContent":{}}"#, false, true),
        ("{}", false, true),
        // What cannot be judged stays so through `not`.
        (r#"{"structuredContent":{"status":1}}"#, false, false),
        (r#"{"structuredContent":"error"}"#, false, false),
    ] {
        assert_eq!(gives(status, result), so, "{result}");
        assert_eq!(gives(&format!(r#"{{"not":{status}}}"#), result), not_so, "not, {result}");
    }
    assert!(on(status).given_by(Outcome::Error).is_empty());
    let either = format!(r#"{{"any":[{status},{{"path":"result.isError","op":"eq","value":true}}]}}"#);
    assert!(gives(&either, FAILED) && !gives(&either, FINE));
    let both = format!(r#"{{"all":[{status},{{"path":"result.isError","op":"eq","value":true}}]}}"#);
    assert!(!gives(&both, FAILED) && gives(&both, r#"{"isError":true,"structuredContent":{"status":"error"}}"#));
}

#[test]
fn each_element_must_be_so_and_there_must_be_one() {
    let failed = r#"{"path":"result.items[*].failed","op":"eq","value":true}"#;
    let items = |items: &str| format!(r#"{{"items":[{items}]}}"#);
    let (yes, no) = (r#"{"failed":true}"#, r#"{"failed":false}"#);
    for (elements, each, none) in [
        (yes.to_owned(), true, false),
        (format!("{yes},{yes}"), true, false),
        (format!("{yes},{no}"), false, false),
        (format!("{no},{no}"), false, true),
        (String::new(), false, false),
        (format!(r#"{yes},{{"failed":"true"}}"#), false, false),
        (format!("{yes},7"), false, false),
    ] {
        assert_eq!(gives(failed, &items(&elements)), each, "{elements}");
        assert_eq!(gives(&format!(r#"{{"not":{failed}}}"#), &items(&elements)), none, "not, {elements}");
    }
    assert!(!gives(failed, r#"{"items":{"failed":true}}"#) && !gives(failed, "{}"));
}

#[test]
fn a_rule_gives_back_what_its_own_limits_were_charged() {
    let refunds = refunds(
        r#""all_tools":{"limits":[{"counter":"a","window":60,"max":9},{"counter":"b","window":60,"max":9,"mode":"shadow"}],"refund_on":["error"]},
        "tools":{"t":{"limits":[{"counter":"c","window":60,"max":9}],"refund_on":["tool_error"]}}"#,
    );
    assert_eq!(refunds.given_by(Outcome::Error), [0, 1]);
    assert_eq!(after(&refunds, FAILED), [2]);
    assert!(after(&refunds, FINE).is_empty());
}

#[test]
fn a_cost_that_is_observed_only_and_cannot_be_read_moves_no_place() {
    let refunds = refunds(
        r#""all_tools":{"limits":[{"counter":"a","window":60,"max":9,"cost_from":"args.n","mode":"shadow"}],"refund_on":["error"]},
        "tools":{"t":{"limits":[{"counter":"c","window":60,"max":9}],"refund_on":["tool_error"]}}"#,
    );
    assert_eq!((refunds.given_by(Outcome::Error), after(&refunds, FAILED)), (vec![], vec![0]));
}
