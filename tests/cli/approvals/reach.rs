//! How the gateway and a question are named, who asks, and what is said where the gateway does not do it.

use serde_json::json;

use super::{ID, TOKEN, before, question};
use crate::origin::{Answer, Origin};
use crate::process::Folder;

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
fn what_the_arguments_say_goes_before_the_environment() {
    let gateway = Origin::start(|_| Answer::json(200, json!({ "approvals": [], "cursor": null })));
    let folder = Folder::with([("t", "  to_FROM_THE_FILE\n")]);
    let site = format!("{}/", gateway.site());
    let ran = folder.run_as(
        "https://elsewhere.example",
        TOKEN,
        &["approvals", "list", "--gateway", &site, "--token-file", "t"],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(gateway.asked()[0].head.contains("\r\nauthorization: bearer to_from_the_file\r\n"));
}
