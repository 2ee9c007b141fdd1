//! `tollgate approvals approve` and `deny`, where nobody sits at a terminal.

use serde_json::json;

use super::{ID, before, question};
use crate::origin::{Answer, Asked};

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
