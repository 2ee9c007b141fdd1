//! What the audit is told, as it is written: records and entries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use serde_json::json;
use serde_json::value::RawValue;
use tollgate::ledger::{CounterKey, Ending, Entry, Millis, Observed, Outcome, Record, Refunded, Ruled, Spent};

#[test]
fn a_record() {
    let value: &RawValue = serde_json::from_str(r#""check""#).unwrap();
    let observed = [Observed { rule: "/all_tools/deny_if/0".to_owned(), reason_code: "condition_forbids" }];
    let record = Record {
        request_id: "00000000000000a1",
        isolate: "0badcafe",
        number: 7,
        at: Millis(1_790_000_000_000),
        server: "shop",
        method: Some("tools/call"),
        name: Some("management_execute_command".to_owned()),
        ruling: Ruled::Allow,
        rule: Some("/tools/execute_command".to_owned()),
        reason_code: None,
        policy: Some("seed"),
        stamp: Some("ab"),
        argument_keys: Some(vec!["command".to_owned()]),
        arguments_sha256: Some("cd".to_owned()),
        values: BTreeMap::from([("args.command", value)]),
        shadow: &observed,
        ending: Ending {
            outcome: Some(Outcome::ToolError),
            origin_status: Some(200),
            ledger_ms: Some(3),
            origin_ms: Some(12),
        },
    };
    assert_eq!(
        serde_json::to_string(&record).unwrap(),
        r#"{"request_id":"00000000000000a1","isolate":"0badcafe","number":7,"at":1790000000000,"server":"shop","method":"tools/call","name":"management_execute_command","ruling":"allow","rule":"/tools/execute_command","policy":"seed","stamp":"ab","argument_keys":["command"],"arguments_sha256":"cd","values":{"args.command":"check"},"shadow":[{"rule":"/all_tools/deny_if/0","reason_code":"condition_forbids"}],"outcome":"tool_error","origin_status":200,"ledger_ms":3,"origin_ms":12}"#
    );
    let least = Record { request_id: "a", isolate: "b", number: 1, ruling: Ruled::Outcome, ..Record::default() };
    assert_eq!(
        serde_json::to_string(&least).unwrap(),
        r#"{"request_id":"a","isolate":"b","number":1,"at":0,"ruling":"outcome"}"#
    );
    let rulings = [Ruled::Deny, Ruled::Hold, Ruled::Open, Ruled::Refused, Ruled::Failed];
    assert_eq!(json!(rulings), json!(["deny", "hold", "open", "refused", "failed"]));
    let outcomes = [
        Outcome::Passed,
        Outcome::Result,
        Outcome::Error,
        Outcome::OriginFailed,
        Outcome::Late,
        Outcome::Ended,
        Outcome::NotForwarded,
    ];
    assert_eq!(
        json!(outcomes),
        json!(["passed", "result", "error", "origin_failed", "late", "ended", "not_forwarded"])
    );
}

#[test]
fn an_entry() {
    let counter = CounterKey::read("c 60s sliding calls").unwrap();
    let spent = Spent { counter, units: 1, limits: vec![0] };
    let entry = Entry {
        seq: 3,
        at: Millis(5),
        charges: vec![spent.clone()],
        reservation: Some("a1".to_owned()),
        grant: Some("g_1".to_owned()),
        refund: Some(Refunded { reservation: "a0".to_owned(), at: Millis(4), charges: vec![spent] }),
        approval: Some(serde_json::from_str("{}").unwrap()),
        records: vec![serde_json::from_str("{}").unwrap()],
    };
    let text = serde_json::to_string(&entry).unwrap();
    assert_eq!(
        text,
        r#"{"seq":3,"at":5,"charges":[{"counter":"c 60s sliding calls","units":1,"limits":[0]}],"reservation":"a1","grant":"g_1","refund":{"reservation":"a0","at":4,"charges":[{"counter":"c 60s sliding calls","units":1,"limits":[0]}]},"approval":{},"records":[{}]}"#
    );
    let read: Entry<'_> = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let least = Entry { seq: 1, at: Millis(2), ..Entry::default() };
    assert_eq!(serde_json::to_string(&least).unwrap(), r#"{"seq":1,"at":2}"#);
}
