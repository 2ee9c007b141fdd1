//! `tollgate approvals`, before gateways that answer well and gateways that do not. With a real gateway:
//! `tests/e2e/cli-approvals.test.mjs`.

use serde_json::{Value, json};

use crate::origin::{Answer, Asked, Origin};
use crate::process::{Folder, Ran};

const ID: &str = "ap_0123456789abcdef0123456789abcdef_0011223344556677";
const TOKEN: &str = "to_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A question of long ago, with these members in place of its own.
fn question(members: &Value) -> Value {
    let mut question = json!({
        "id": ID, "status": "pending", "url": format!("https://gateway.example/approve/{ID}"),
        "grant": { "id": "g_0123456789abcdef0123456789abcdef", "label": "nightly-bot" }, "server": "shop",
        "method": "tools/call", "name": "run", "arguments": { "command": "migrate" }, "rule": "/tools/run", "reason": null,
        "by": "operator", "policy": { "name": "ops", "stamp": "00" }, "asked_at": "2026-01-26T08:25:00.123Z",
        "expires_at": "2026-01-26T08:40:00.123Z", "decision": null, "used_by": null, "request_id": "r_1",
    });
    for (key, value) in members.as_object().unwrap() {
        question[key] = value.clone();
    }
    question
}

/// Runs `tollgate` as an operator before a gateway that answers so.
fn before(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static, args: &[&str]) -> (Ran, Vec<Asked>) {
    let gateway = Origin::start(answer);
    let ran = Folder::new().run_as(gateway.site(), TOKEN, args);
    (ran, gateway.asked())
}

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

#[test]
fn a_question_is_named_by_its_id_or_by_the_address_of_its_page() {
    for given in [
        ID.to_owned(),
        format!("https://gateway.example/approve/{ID}"),
        format!("<https://elsewhere.example/approve/{ID}?here>"),
        format!("https://gateway.example/approve/{ID}#x"),
    ] {
        let (ran, asked) = before(|_| Answer::json(200, question(&json!({}))), &["approvals", "show", &given]);
        assert_eq!(ran.code, 0, "{given}: {}", ran.stderr);
        assert_eq!(
            asked[0].path(),
            format!("/api/v1/approvals/{ID}"),
            "{given}: whoever the address names, the gateway is asked"
        );
        assert!(asked[0].head.contains(&format!("authorization: bearer {}", TOKEN.to_ascii_lowercase())));
    }
    let (upper, long, less) = (ID.to_ascii_uppercase(), format!("{ID}0"), ID.replace('_', ""));
    for given in [
        "",
        "ap_1",
        "g_0123456789abcdef0123456789abcdef",
        &upper,
        &long,
        &less,
        "https://gateway.example/approve/",
        "../grants",
    ] {
        let (ran, asked) = before(|_| Answer::empty(200), &["approvals", "show", given]);
        assert_eq!((ran.code, asked.len()), (2, 0), "{given}");
        assert!(ran.stderr.contains("the address of an approval page"), "{}", ran.stderr);
    }
}

#[test]
fn a_token_goes_nowhere_in_clear_and_is_never_shown() {
    let folder = Folder::with([("t", "to_SECRET\n"), ("two", "to_SECRET to_SECRET"), ("empty", "\n")]);
    for url in ["http://gateway.example", "http://127.0.0.1.evil.example", "http://10.0.0.1:80", "http://[::2]"] {
        let ran = folder.run(&["approvals", "list", "--gateway", url, "--token-file", "t"]);
        assert_eq!(ran.code, 2, "{url}");
        assert!(ran.stderr.contains("would show the token") && !ran.stderr.contains("SECRET"), "{}", ran.stderr);
    }
    for url in [
        "gateway.example",
        "ftp://gateway.example",
        "https://a@gateway.example",
        "https://gateway.example/api",
        "https://",
    ] {
        let ran = folder.run(&["approvals", "list", "--gateway", url, "--token-file", "t"]);
        assert_eq!(ran.code, 2, "{url}");
        assert!(ran.stderr.contains(url), "{}", ran.stderr);
    }
    for file in ["two", "empty"] {
        let ran = folder.run(&["approvals", "list", "--gateway", "https://gateway.example", "--token-file", file]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("one line of visible ASCII") && !ran.stderr.contains("SECRET"), "{}", ran.stderr);
    }
    let ran = folder.run(&["approvals", "list", "--gateway", "https://gateway.example", "--token-file", "absent"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
}

#[test]
fn what_is_missing_is_asked_for() {
    let folder = Folder::new();
    let ran = folder.run(&["approvals", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--gateway https://HOST, or set TOLLGATE_URL"), "{}", ran.stderr);
    let ran = folder.run(&["approvals", "list", "--gateway", "https://gateway.example"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("Set TOLLGATE_TOKEN to the admin secret, or to the token of an operator"),
        "{}",
        ran.stderr
    );
    let ran = folder.run_as("https://gateway.example", "tg_AAAA", &["approvals", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("That is the token of a grant"), "{}", ran.stderr);
    let ran = folder.run_as("https://gateway.example", TOKEN, &["approvals", "list", "--status", "used"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--grant ID"), "{}", ran.stderr);
    let ran = folder.run_as("https://gateway.example", TOKEN, &["approvals", "list", "--grant", "g_1&x=y"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn a_refusal_of_the_gateway_is_told_in_its_words_or_with_what_to_do() {
    let error = |code: &str, message: &str| json!({ "error": { "code": code, "message": message } });
    for (status, body, code, words) in [
        (
            401,
            error("unauthorized", "show the admin secret"),
            2,
            "does not take this token. It wants the admin secret or, for approvals",
        ),
        (
            401,
            error("admin_api_off", "the admin API is off: set ADMIN_TOKEN"),
            2,
            "the admin API is off: set ADMIN_TOKEN.",
        ),
        (404, error("not_found", "there is no such approval"), 1, "The gateway answers: there is no such approval."),
        (
            422,
            json!({ "errors": [{ "pointer": "/reason", "message": "is \u{202e}too\nlong" }] }),
            1,
            "/reason: is \\u{202e}too long.",
        ),
        (503, error("unavailable", "the store cannot be reached"), 3, "the store cannot be reached."),
        (404, json!("nginx"), 3, "Is it the address of a Tollgate gateway?"),
        (200, json!({ "hello": 1 }), 3, "Is it the address of a Tollgate gateway?"),
        (302, json!(null), 3, "redirects. Ask there instead."),
    ] {
        let (ran, _) = before(move |_| Answer::json(status, body.clone()), &["approvals", "show", ID]);
        assert_eq!(ran.code, code, "{status}: {}", ran.stderr);
        assert!(ran.stderr.contains(words) && ran.stdout.is_empty(), "{status}: {}", ran.stderr);
    }
    let ran = Folder::new().run_as("http://127.0.0.1:1", TOKEN, &["approvals", "list", "--json"]);
    assert_eq!(ran.code, 3);
    assert!(ran.json()["error"]["message"].as_str().unwrap().contains("http://127.0.0.1:1 cannot be reached"));
}

#[test]
fn without_a_terminal_nothing_is_decided_unless_yes_is_said() {
    for word in ["approve", "deny"] {
        let (ran, asked) = before(|_| Answer::json(200, question(&json!({}))), &["approvals", word, ID]);
        assert_eq!((ran.code, asked.len()), (2, 0), "{}", ran.stderr);
        assert!(ran.stderr.contains("--yes answers without asking"), "{}", ran.stderr);
        let answer = move |asked: &Asked| {
            let status = if asked.http == "get" {
                "pending"
            } else if word == "approve" {
                "approved"
            } else {
                "denied"
            };
            Answer::json(200, question(&json!({ "status": status })))
        };
        let (ran, asked) = before(answer, &["approvals", word, ID, "--yes", "--reason", "Seen \"it\"."]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("Exactly this would run:\nrun with\n"), "{}", ran.stderr);
        let said = if word == "approve" {
            "approved: run of nightly-bot on shop may pass once, until"
        } else {
            "denied: run of nightly-bot on shop. The agent is told so until"
        };
        assert!(ran.stdout.starts_with(said), "{}", ran.stdout);
        let (posted, path) = (&asked[1], format!("/api/v1/approvals/{ID}/{word}"));
        assert_eq!(
            (posted.http.as_str(), posted.path(), &posted.message),
            ("post", path.as_str(), &json!({ "reason": "Seen \"it\"." }))
        );
    }
}

#[test]
fn a_question_that_is_over_ends_with_1_and_says_why() {
    let answer = |asked: &Asked| match asked.http.as_str() {
        "get" => Answer::json(200, question(&json!({ "status": "approved" }))),
        _ => Answer::json(409, json!({ "error": { "code": "over", "message": "it is approved already" } })),
    };
    let (ran, _) = before(answer, &["approvals", "approve", ID, "--yes"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, "error: The gateway answers: it is approved already.\n"));
}

#[test]
fn a_list_follows_its_cursors_and_is_sorted_by_age() {
    let item = |id: char, at: &str| {
        json!({ "id": ID.replace('7', &id.to_string()), "grant": "g_1", "label": "bot\u{202e}", "server": "shop", "method": "resources/read",
            "name": format!("file:///{}", "x".repeat(100)), "by": "operator", "asked_at": at, "expires_at": "2026-01-26T08:40:00Z" })
    };
    let answer = move |asked: &Asked| {
        if asked.path().contains("cursor=a%2b%2f") {
            return Answer::json(200, json!({ "approvals": [item('a', "2026-01-26T08:20:00Z")], "cursor": null }));
        }
        Answer::json(200, json!({ "approvals": [item('b', "2026-01-26T08:25:00Z")], "cursor": "a+/" }))
    };
    let (ran, asked) = before(answer, &["approvals", "list"]);
    let ran = ran.quietly(0);
    assert_eq!(
        asked.iter().map(Asked::path).collect::<Vec<_>>(),
        ["/api/v1/approvals?limit=1000&status=pending", "/api/v1/approvals?limit=1000&status=pending&cursor=a%2b%2f"]
    );
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(
        lines[0].starts_with("ID ")
            && lines[1].contains(&ID.replace('7', "a"))
            && lines[2].contains(&ID.replace('7', "b")),
        "{}",
        ran.stdout
    );
    assert!(lines[1].contains("bot\\u{202e}  resources/read file:///xxx") && lines[1].contains('…'), "{}", ran.stdout);
    let (ran, _) = before(|_| Answer::json(200, json!({ "approvals": [], "cursor": null })), &["approvals", "list"]);
    assert_eq!(ran.quietly(0).stdout, "Nothing waits for an answer.\n");
}

#[test]
fn what_a_grant_has_asked_is_listed_with_what_has_become_of_it() {
    let answer = |_: &Asked| {
        let ask = |status: &str| question(&json!({ "status": status }));
        Answer::json(200, json!({ "approvals": [ask("used"), ask("denied"), ask("pending")], "cursor": null }))
    };
    let (ran, asked) = before(answer, &["approvals", "list", "--grant", "g_1"]);
    let ran = ran.quietly(0);
    assert_eq!(asked[0].path(), "/api/v1/approvals?grant=g_1");
    let ends: Vec<_> = ran.stdout.lines().map(|line| line.rsplit("  ").next().unwrap()).collect();
    assert_eq!(ends, ["STATUS", "used", "denied, less than a minute left", "waits, less than a minute left"]);
    let (ran, asked) = before(answer, &["approvals", "list", "--grant", "g_1", "--status", "used", "--json"]);
    assert_eq!(asked[0].path(), "/api/v1/approvals?grant=g_1&status=used");
    assert_eq!(ran.quietly(0).json()["approvals"][1]["status"], "denied");
}

#[test]
fn a_watch_ends_where_the_token_is_not_taken_any_more_and_outlives_an_outage() {
    let asked = std::sync::atomic::AtomicU32::new(0);
    let answer = move |_: &Asked| match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0 => Answer::json(200, json!({ "approvals": [question(&json!({}))], "cursor": null })),
        1 => Answer::json(503, json!({ "error": { "code": "unavailable", "message": "the store cannot be reached" } })),
        2 => Answer::json(
            200,
            json!({ "approvals": [question(&json!({})), question(&json!({ "id": ID.replace('7', "a") }))], "cursor": null }),
        ),
        _ => Answer::json(401, json!({ "error": { "code": "unauthorized", "message": "" } })),
    };
    let (ran, _) = before(answer, &["approvals", "list", "--watch", "--every", "1", "--json"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("warning: The gateway answers: the store cannot be reached. Looking again every 1 seconds."),
        "{}",
        ran.stderr
    );
    let lines: Vec<Value> = ran.stdout.lines().take(2).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|line| line["id"].as_str().unwrap()).collect::<Vec<_>>(),
        [ID, &ID.replace('7', "a")],
        "each once"
    );
}
