//! `tollgate approvals show`: what a person reads, whatever an agent has sent.

use serde_json::{Value, json};

use super::{ID, before, question};
use crate::origin::Answer;
use crate::process::Ran;

fn show(members: Value) -> Ran {
    before(move |_| Answer::json(200, question(&members)), &["approvals", "show", ID]).0.quietly(0)
}

/// Answers with a text that no type of ours would keep as it is.
fn verbatim(body: String) -> Answer {
    Answer { body, ..Answer::json(200, json!(null)) }
}

#[test]
fn show_tells_everything_that_a_person_needs() {
    let ran = show(json!({ "reason": "Migrations are looked at." }));
    let said = format!(
        "\
{ID} pending: it waits for an answer until 2026-01-26 08:40:00 UTC (less than a minute left).

Exactly this would run:
run with
{{
  \"command\": \"migrate\"
}}

asked by            nightly-bot (grant g_0123456789abcdef0123456789abcdef)
server              shop
because of          rule /tools/run of policy ops
its author says     Migrations are looked at.
may be answered by  an operator
asked               2026-01-26 08:25:00 UTC, AGO ago
request             r_1
page                https://gateway.example/approve/{ID}
"
    );
    // How long ago that is depends on the day.
    let (head, tail) = said.split_once("AGO").unwrap();
    assert!(ran.stdout.starts_with(head) && ran.stdout.ends_with(tail), "{}", ran.stdout);
}

#[test]
fn what_has_become_of_a_question_is_said_with_the_words_of_who_decided() {
    let decision = |yes: bool| json!({ "yes": yes, "by": "ada", "at": "2026-01-26T08:26:00.000Z", "from": "192.0.2.7", "reason": "Seen." });
    for (status, decision, words) in [
        ("approved", decision(true), "the agent's next identical call passes, once, until 2026-01-26 08:40:00 UTC"),
        ("denied", decision(false), "the agent is told so until"),
        ("used", decision(true), "it was approved, and the call has passed."),
        ("expired", Value::Null, "nobody answered in time"),
        ("voided", Value::Null, "the policy or the grant has changed since it was asked"),
    ] {
        let ran = show(json!({ "status": status, "decision": decision }));
        assert!(ran.stdout.starts_with(&format!("{ID} {status}: {words}")), "{}", ran.stdout);
        assert!(!ran.stdout.contains("would run"), "{}", ran.stdout);
        let said = match decision["yes"].as_bool() {
            Some(true) => "\nYes, said ada, 2026-01-26 08:26:00 UTC from 192.0.2.7: “Seen.”\n",
            Some(false) => "\nNo, said ada, 2026-01-26 08:26:00 UTC from 192.0.2.7: “Seen.”\n",
            None => "",
        };
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
    }
}

/// Characters that a terminal obeys or does not show, or that turn its order round: one of each kind.
const UNSEEN: &str = "\u{1b}\u{7}\u{8}\u{7f}\u{9b}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{2003}\u{200b}\u{200d}\u{200e}\u{2028}\u{202e}\u{2060}\u{2066}\u{2800}\u{3000}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e000}\u{fff9}\u{e0041}\u{e0100}\u{10ffff}\u{378}";

#[test]
fn nothing_that_an_agent_has_chosen_is_obeyed_or_unseen() {
    let hostile = format!("a{UNSEEN}\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\\r\x1b[2Kb");
    let ran = show(json!({
        "name": hostile, "grant": { "id": hostile, "label": hostile }, "server": hostile, "method": hostile, "rule": hostile,
        "reason": hostile, "policy": { "name": hostile, "stamp": "00" }, "url": hostile, "request_id": hostile,
        "asked_at": hostile, "expires_at": hostile, "used_by": hostile, "status": "denied",
        "decision": { "yes": false, "by": hostile, "at": hostile, "from": hostile, "reason": hostile },
        "arguments": { hostile.clone(): [hostile] },
    }));
    for unseen in ran.stdout.chars().filter(|character| *character != '\n') {
        assert!(matches!(unseen, ' '..='~' | '“' | '”'), "{unseen:?} in {}", ran.stdout);
    }
    for escape in
        ["\\u{1b}]8;;https", "\\u{202e}", "\\u{200b}", "\\u{9b}", "\\u{e0041}", "\\u{2800}", "\\u001b[2Kb", "\\rb"]
    {
        let escape = if escape == "\\rb" { "\\r\\u001b" } else { escape };
        assert!(ran.stdout.contains(escape), "{escape} is not in {}", ran.stdout);
    }
}

#[test]
fn words_of_every_language_are_read_as_they_are() {
    let words = "naïve e\u{301} Größe 漢字 עברית हिन्दी 🙂 “q”";
    let ran = show(json!({ "arguments": { "text": words } }));
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
}

#[test]
fn arguments_are_shown_whole_numbers_as_they_were_written_and_lines_as_lines() {
    let arguments = r#"{"amount":1.0,"big":12345678901234567890123,"tiny":1E-7,"code":"import os\nos.system(\"x\")\n\",\n  \"safe\": true","list":[],"none":{},"deep":[{"a":[null,true]}],"back":"\\u{202e}"}"#;
    let body = question(&json!({ "arguments": "HERE" })).to_string().replace("\"HERE\"", arguments);
    let kept = body.clone();
    let (ran, _) = before(move |_| verbatim(body.clone()), &["approvals", "show", ID]);
    let said = r#"run with
{
  "amount": 1.0,
  "big": 12345678901234567890123,
  "tiny": 1E-7,
  "code": "import os\n
  | os.system(\"x\")\n
  | \",\n
  |   \"safe\": true",
  "list": [],
  "none": {},
  "deep": [
    {
      "a": [
        null,
        true
      ]
    }
  ],
  "back": "\\u{202e}"
}
"#;
    assert!(ran.stdout.contains(said), "{}", ran.stdout);
    let (ran, _) = before(move |_| verbatim(kept.clone()), &["approvals", "show", ID, "--json"]);
    assert!(ran.stdout.contains(arguments), "JSON keeps each spelling: {}", ran.stdout);
}

#[test]
fn json_says_the_same_and_a_terminal_obeys_none_of_it() {
    let ran = before(
        |_| Answer::json(200, question(&json!({ "name": UNSEEN, "arguments": { "é": UNSEEN } }))),
        &["approvals", "show", ID, "--json"],
    );
    let ran = ran.0.quietly(0);
    assert_eq!(ran.json()["name"], UNSEEN);
    assert_eq!(ran.json()["arguments"]["é"], UNSEEN);
    assert!(ran.stdout.chars().all(|character| matches!(character, ' '..='~' | 'é' | '\n')), "{}", ran.stdout);
}
