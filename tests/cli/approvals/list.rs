//! `tollgate approvals list`

use serde_json::{Value, json};

use super::{ID, before, question};
use crate::origin::{Answer, Asked};

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
        ran.stderr.contains("warning: The gateway answers: the store cannot be reached. It is asked again every 1 s."),
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
