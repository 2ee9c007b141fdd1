//! `tollgate scan`, and `check --server`, before origins that behave and origins that do not.

use serde_json::{Value, json};

use crate::origin::{Answer, Asked, Origin};
use crate::process::Folder;

/// Answers as an origin of the modern era that has these lists.
fn modern(lists: Value) -> impl Fn(&Asked) -> Answer + Send + Sync {
    move |asked| match asked.method() {
        "server/discover" => asked.result(json!({ "supportedVersions": ["2026-07-28"], "capabilities": {} })),
        method => {
            let name = match method {
                "resources/templates/list" => "resourceTemplates",
                other => other.trim_end_matches("/list"),
            };
            asked.result(json!({ name: lists.get(name).cloned().unwrap_or(json!([])) }))
        }
    }
}

fn modern_with_all(lists: Value) -> impl Fn(&Asked) -> Answer + Send + Sync {
    let answer = modern(lists);
    move |asked| match asked.method() {
        "server/discover" => {
            let capabilities = json!({ "tools": {}, "resources": {}, "prompts": {} });
            asked.result(json!({ "supportedVersions": ["2026-07-28"], "capabilities": capabilities }))
        }
        _ => answer(asked),
    }
}

/// Answers as an origin of the legacy era, in streams that it holds open, with two pages of tools.
fn legacy(asked: &Asked) -> Answer {
    if asked.http == "delete" {
        return Answer::empty(200);
    }
    match asked.method() {
        "initialize" => {
            let info = json!({ "name": "old", "version": "1" });
            let capabilities = json!({ "tools": {}, "resources": {} });
            let result = json!({ "protocolVersion": "2025-06-18", "serverInfo": info, "capabilities": capabilities });
            asked.result(result).streamed().with("Mcp-Session-Id", "s-1")
        }
        _ if !asked.head.contains("mcp-session-id: s-1") => asked.error(400, -32600),
        "notifications/initialized" => Answer::empty(202),
        "tools/list" if asked.message["params"]["cursor"] == "2" => {
            asked.result(json!({ "tools": [{ "name": "b" }] })).streamed()
        }
        "tools/list" => asked.result(json!({ "tools": [{ "name": "a" }], "nextCursor": "2" })).streamed(),
        "resources/list" => asked.result(json!({ "resources": [{ "uri": "a://b", "name": "b" }] })).streamed(),
        _ => asked.error(200, -32601).streamed(),
    }
}

#[test]
fn the_modern_era_is_asked_first_and_by_its_rules() {
    let origin = Origin::start(modern_with_all(json!({ "tools": [{ "name": "get_x" }] })));
    let ran = Folder::new().run(&["scan", &origin.url, "--header", "X-Key: k: 1", "--json"]).quietly(0);
    assert_eq!(ran.json()["revision"], "2026-07-28");
    let asked = origin.asked();
    let methods: Vec<_> = asked.iter().map(Asked::method).collect();
    assert_eq!(
        methods,
        ["server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list"]
    );
    for asked in &asked {
        assert!(asked.head.contains("mcp-protocol-version: 2026-07-28"), "{}", asked.head);
        assert!(asked.head.contains(&format!("mcp-method: {}", asked.method())), "{}", asked.head);
        assert!(asked.head.contains("x-key: k: 1"), "{}", asked.head);
        assert_eq!(asked.message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
    }
}

#[test]
fn the_legacy_era_is_spoken_where_the_modern_one_is_not() {
    let origin = Origin::start(legacy);
    let ran = Folder::new().run(&["scan", &origin.url, "--json"]).quietly(0).json();
    assert_eq!((&ran["revision"], &ran["name"]), (&json!("2025-06-18"), &json!("old 1")));
    let names = |list: &str| ran[list].as_array().unwrap().iter().map(|item| item["name"].clone()).collect::<Vec<_>>();
    assert_eq!((names("tools"), names("resources")), (vec![json!("a"), json!("b")], vec![json!("a://b")]));
    let asked = origin.asked();
    let last = asked.last().unwrap();
    assert_eq!(last.http, "delete", "the session is ended");
    assert!(last.head.contains("mcp-session-id: s-1") && last.head.contains("mcp-protocol-version: 2025-06-18"));
    assert!(!asked.iter().any(|asked| asked.method() == "prompts/list"), "it says that it has none");
}

#[test]
fn one_era_may_be_wanted() {
    let old = Origin::start(legacy);
    let ran = Folder::new().run(&["scan", &old.url, "--era", "modern"]);
    assert!(ran.code == 3 && ran.stderr.contains("does not speak MCP 2026-07-28"), "{}", ran.stderr);
    Folder::new().run(&["scan", &old.url, "--era", "legacy"]).quietly(0);
    assert!(!old.asked()[1..].iter().any(|asked| asked.method() == "server/discover"));
}

#[test]
fn policy_and_catalogue_go_into_files_that_check_reads() {
    let tools = json!([{ "name": "get_x" }, { "name": "delete_x" }, { "name": "write_x" }, { "name": "run_x" }]);
    let origin = Origin::start(modern_with_all(json!({ "tools": tools, "prompts": [{ "name": "greet" }] })));
    let folder = Folder::new();
    let files = ["--out", "p.json", "--catalogue-out", "c.json"];
    let ran = folder.run(&[&["scan", &origin.url][..], &files].concat()).quietly(0);
    assert!(ran.stdout.contains("The policy to start from is in `p.json`."), "{}", ran.stdout);
    let policy: Value = serde_json::from_str(&folder.read("p.json")).unwrap();
    let limit = |max| json!({ "rate_limit": { "max": max, "window": "minute" } });
    assert_eq!(policy["default"], "deny");
    assert_eq!(policy["tools"]["get_x"], json!({}));
    assert_eq!(policy["tools"]["delete_x"]["action"], "deny");
    assert_eq!((&policy["tools"]["write_x"], &policy["tools"]["run_x"]), (&limit(30), &limit(10)));
    assert!(policy["description"].as_str().unwrap().contains("say with `require` what may be run: `run_x`"));
    assert_eq!(policy["prompts"]["greet"], json!({}));
    let checked = folder.run(&["check", "p.json", "--catalogue", "c.json"]).quietly(0).stdout;
    assert!(checked.contains("\"run_x\" can run code") && checked.ends_with("with 1 warning.\n"), "{checked}");
    assert_eq!(folder.run(&["check", "p.json", "--server", &origin.url]).quietly(0).stdout, checked);

    let again = folder.run(&[&["scan", &origin.url][..], &files].concat());
    assert!(again.code == 3 && again.stderr.contains("--force"), "{}", again.stderr);
    folder.run(&[&["scan", &origin.url, "--force"][..], &files].concat()).quietly(0);
}

#[test]
fn what_a_server_says_is_never_obeyed_by_the_terminal() {
    let name = "get_\u{1b}]0;owned\u{7}\u{202e}x";
    let origin =
        Origin::start(modern_with_all(json!({ "tools": [{ "name": name, "description": "Reads\u{9b}31m" }] })));
    let ran = Folder::new().run(&["scan", &origin.url]).quietly(0);
    let table = ran.stdout.split("A policy to start from").next().unwrap();
    assert!(table.contains(r"get_\u{1b}]0;owned\u{7}\u{202e}x"), "{table}");
    assert!(!ran.stdout.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{}", ran.stdout);
}

#[test]
fn an_origin_that_cannot_be_asked_ends_with_3_and_a_sentence() {
    let looping = |asked: &Asked| match asked.method() {
        "tools/list" => asked.result(json!({ "tools": [], "nextCursor": "on" })),
        _ => modern_with_all(json!({}))(asked),
    };
    let no_list = |asked: &Asked| match asked.method() {
        "tools/list" => asked.result(json!({ "tools": [{ "title": "nameless" }] })),
        _ => modern_with_all(json!({}))(asked),
    };
    let duplicate = |asked: &Asked| match asked.method() {
        "tools/list" => {
            Answer { body: r#"{"result":{"tools":[],"tools":[]}}"#.to_owned(), ..Answer::json(200, json!({})) }
        }
        _ => modern_with_all(json!({}))(asked),
    };
    let origins = [
        (Origin::start(|_| Answer::empty(401)), "--header 'Authorization: Bearer"),
        (
            Origin::start(|_| Answer::empty(307).with("Location", "https://elsewhere.example/mcp/")),
            "redirects to `https://elsewhere.example/mcp/`",
        ),
        (Origin::start(|_| Answer::json(404, json!("not here"))), "refuses `initialize`: HTTP 404"),
        (Origin::start(|asked| asked.error(200, -32603)), "“no \\u{1b}[31msuch thing”"),
        (
            Origin::start(|_| Answer { body: "<html>".to_owned(), ..Answer::empty(200) }),
            "Is it the address of an MCP server?",
        ),
        (
            Origin::start(|_| {
                Answer { body: ": nothing\n\n".to_owned(), ..Answer::empty(200) }
                    .with("Content-Type", "text/event-stream")
            }),
            "ends without the answer",
        ),
        (Origin::start(looping), "has no end of `tools/list`"),
        (Origin::start(no_list), "`tools`, item 0, has no `name`"),
        (Origin::start(duplicate), "duplicate key"),
    ];
    for (origin, sentence) in origins {
        let ran = Folder::new().run(&["scan", &origin.url]);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{sentence}");
        assert!(ran.stderr.contains(sentence), "{sentence}: {}", ran.stderr);
    }
}

#[test]
fn nobody_is_waited_for_longer_than_is_said() {
    let silent =
        Origin::start(|_| Answer { stays: true, ..Answer::empty(200) }.with("Content-Type", "text/event-stream"));
    let folder = Folder::new();
    let ran = folder.run(&["scan", &silent.url, "--timeout", "1", "--out", "p.json"]);
    assert!(ran.code == 3 && ran.stderr.contains("does not answer in time"), "{}", ran.stderr);
    assert!(!folder.has("p.json"));
    let closed = folder.run(&["scan", "http://127.0.0.1:1/mcp"]);
    assert!(closed.code == 3 && closed.stderr.contains("cannot be reached"), "{}", closed.stderr);
}

#[test]
fn addresses_and_header_fields_are_those_of_a_servers_record() {
    let wrong: [(&[&str], &str); 5] = [
        (&["localhost:8000/mcp"], "must begin with https:// (or http://)"),
        (&["https://user:word@a.example/mcp"], "must hold no user name or password"),
        (&["http://a.example/mcp", "--header", "nonsense"], "--header 'Authorization: Bearer"),
        (&["http://a.example/mcp", "--header", "Host: b"], "--header `host`: is a header field that the gateway"),
        (&["http://a.example/mcp", "--header", "A: 1", "--header", "a: 2"], "is given twice"),
    ];
    for (args, sentence) in wrong {
        let ran = Folder::new().run(&[&["scan"], args].concat());
        assert!(ran.code == 2 && ran.stderr.contains(sentence), "{}", ran.stderr);
    }
}
