//! The ingress grammar, line by line, in both eras: the exact status, code and id of each answer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tollgate::wire::{Asked, Head, Message, Subject, read};

/// What a modern agent sends in `_meta`.
const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

const LEGACY: Head<'_> = Head { version: Some("2025-11-25"), method: None, name: None };
const MODERN: Head<'_> = Head { version: Some("2026-07-28"), method: Some("tools/call"), name: Some("shell_execute") };

/// Status, code and id of the answer to a refused message; `META` in it stands for what the era adds to `params`.
fn refused(head: &Head<'_>, template: &str) -> (u16, i64, Value) {
    let meta = if head.version == Some("2026-07-28") { META } else { r#""cursor":"""# };
    let body = template.replace("META", meta);
    match read(head, body.as_bytes()) {
        Err(answer) => {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            (answer.status, body["error"]["code"].as_i64().unwrap(), body["id"].clone())
        }
        Ok(message) => panic!("{body} was read as {message:?}"),
    }
}

#[test]
fn what_no_era_accepts() {
    let id = || json!(7);
    let cases: Vec<(&str, i64, Value)> = vec![
        // not JSON that everybody reads alike: nothing of it is believed, not even the id
        ("", -32700, Value::Null),
        ("{", -32700, Value::Null),
        ("\u{feff}{}", -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping"} {}"#, -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}"#, -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","m\u0065thod":"tools/call"}"#, -32700, Value::Null),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","name":"b",META}}"#,
            -32700,
            Value::Null,
        ),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":NaN}}"#, -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":1e999}}"#, -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":"\ud800"}}"#, -32700, Value::Null),
        // no message
        ("7", -32600, Value::Null),
        (r#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#, -32600, Value::Null),
        ("[]", -32600, Value::Null),
        (r#"{"id":7,"method":"ping"}"#, -32600, id()),
        (r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, -32600, id()),
        (r#"{"jsonrpc":2.0,"id":7,"method":"ping"}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","extra":1}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","Method":"tools/call"}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","param\u017f":{}}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","result":{}}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","error":{}}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":["ping"]}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":7}"#, -32600, id()),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#, -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}"#, -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"shell_execute",META}}"#, -32600, Value::Null),
        // parameters that are not the method's
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":["shell_execute"]}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":"7","method":"tools/call","params":null}"#, -32602, json!("7")),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"_meta":[]}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":7,META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell_execute ",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell\u2010execute",META}}"#, -32602, id()),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell_execute","arguments":[],META}}"#,
            -32602,
            id(),
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell_execute","arguments":null,META}}"#,
            -32602,
            id(),
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell_execute","Name":"x",META}}"#,
            -32602,
            id(),
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell_execute","argument\u017f":{},META}}"#,
            -32602,
            id(),
        ),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"no-scheme",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a?x=1",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a#f",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a/../b",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a/%2e%2E/b",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a%2fb",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a%25b",META}}"#, -32602, id()),
        (r#"{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"d://a%zz",META}}"#, -32602, id()),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"completion/complete","params":{"ref":{"type":"ref/tool","name":"a"},META}}"#,
            -32602,
            id(),
        ),
    ];
    for (body, code, id) in cases {
        for head in [&LEGACY, &MODERN] {
            assert_eq!(refused(head, body), (400, code, id.clone()), "{body} under {:?}", head.version);
        }
    }
}

#[test]
fn header_and_body_agree_about_the_era() {
    let bare = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"shell_execute"}}"#;
    let full = bare.replace("}}", &format!(",{META}}}}}"));
    let newer = full.replace("2026-07-28", "2031-01-01");
    let version = |version| Head { version, ..MODERN };
    let cases = [
        (version(None), full.as_str(), -32020),
        (version(Some("2025-11-25")), full.as_str(), -32020),
        (version(Some("2026-07-28, 2026-07-28")), full.as_str(), -32020),
        (version(Some("2026-07-28")), newer.as_str(), -32020),
        (version(Some("2031-01-01")), newer.as_str(), -32022),
        (version(Some("2031-01-01")), bare, -32022),
        (version(Some("2025-11-25, 2026-07-28")), bare, -32022),
        (version(Some("2026-07-28")), bare, -32602),
        (Head { method: None, ..MODERN }, full.as_str(), -32020),
        (Head { method: Some("tools/list"), ..MODERN }, full.as_str(), -32020),
        (Head { method: Some("tools/call, tools/call"), ..MODERN }, full.as_str(), -32020),
        (Head { name: None, ..MODERN }, full.as_str(), -32020),
        (Head { name: Some("project_list_apps"), ..MODERN }, full.as_str(), -32020),
        (Head { name: Some("=?base64?c2hlbGxfZXhlY3V0ZR==?="), ..MODERN }, full.as_str(), -32020),
    ];
    for (head, body, code) in cases {
        assert_eq!(refused(&head, body), (400, code, json!(7)), "{head:?} {body}");
    }
    let encoded = Head { name: Some("=?base64?c2hlbGxfZXhlY3V0ZQ==?="), ..MODERN };
    assert!(read(&encoded, full.as_bytes()).is_ok());
    assert!(read(&Head::default(), bare.as_bytes()).is_ok(), "the header may be absent");
    let unsupported = read(&version(Some("2031-01-01")), newer.as_bytes()).unwrap_err();
    let unsupported: Value = serde_json::from_str(&unsupported.body).unwrap();
    assert_eq!(unsupported["error"]["data"], json!({ "supported": ["2026-07-28"], "requested": "2031-01-01" }));
}

#[test]
fn a_method_is_in_the_table_of_its_era_or_refused() {
    let ask = |head: &Head<'_>, method: &str| {
        let head = Head { method: Some(method), name: None, ..*head };
        refused(&head, &format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{{META}}}}"#))
    };
    for method in ["tools/Call", "tasks/get", "tasks/result", "sampling/createMessage", "elicitation/create", "x", ""] {
        assert_eq!(ask(&LEGACY, method), (200, -32601, json!(7)), "{method}");
        assert_eq!(ask(&MODERN, method), (404, -32601, json!(7)), "{method}");
    }
    for method in ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"] {
        assert_eq!(ask(&MODERN, method), (404, -32601, json!(7)), "{method}");
    }
    for method in ["server/discover", "subscriptions/listen"] {
        assert_eq!(ask(&LEGACY, method), (200, -32601, json!(7)), "{method}");
    }
}

#[test]
fn what_is_subscribed_to_cannot_be_spelled_otherwise() {
    let head = Head { method: Some("subscriptions/listen"), name: None, ..MODERN };
    for key in ["ResourceSubscriptions", "resourceſubscriptions", "resourceSub\\u017fcriptions", "__proto__"] {
        let wanted = format!(r#"{{"{key}":["d://secret"]}}"#);
        let body = r#"{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{"notifications":WANTED,META}}"#;
        assert_eq!(refused(&head, &body.replace("WANTED", &wanted)), (400, -32602, json!(7)), "{key}");
    }
}

#[test]
fn answers_are_for_the_legacy_era_and_for_what_was_asked() {
    let sealed = r#"{"jsonrpc":"2.0","id":"k1.abc","result":{"roots":[]}}"#;
    let Ok(Message::Answer(answer, _)) = read(&LEGACY, sealed.as_bytes()) else { panic!("it is an answer") };
    assert_eq!(answer.sealed_id, "k1.abc");
    assert_eq!(answer.readdressed("7"), r#"{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}"#);
    for (body, id) in [
        (r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","result":{}}"#, Value::Null),
        (r#"{"jsonrpc":"2.0","id":"a","result":{},"error":{}}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":"a","result":[]}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":"a","error":"no"}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":"a","result":{},"params":{}}"#, json!("a")),
    ] {
        assert_eq!(refused(&LEGACY, body), (400, -32600, id), "{body}");
    }
    assert_eq!(refused(&MODERN, sealed).0, 400);
}

#[test]
fn what_is_accepted_is_what_was_sent() {
    let body = r#"{"jsonrpc":"2.0","id":"\u0061","method":"tools/c\u0061ll","params":{"n\u0061me":"shell_execute","arguments":{"code":"1"}}}"#;
    let Ok(Message::Request(request)) = read(&LEGACY, body.as_bytes()) else { panic!("it is a request") };
    let Asked::Judged(Subject::Tool { name, arguments }) = &request.asked else { panic!("it is a call") };
    assert_eq!((name.as_str(), request.id.written().as_str()), ("shell_execute", "\"a\""));
    assert_eq!(arguments.get("code").unwrap().as_str(), Some("1"));
}
