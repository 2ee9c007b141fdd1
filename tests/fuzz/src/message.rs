//! What a message was judged as, against what any other reader would take it for.

use serde_json::Value;
use tollgate::wire::json::parse;
use tollgate::wire::{
    AgentAnswer, Answer, Asked, Era, Head, Id, LEGACY_REVISIONS, ListKind, MODERN_REVISION, Message, Request, Subject,
    decode_mirrored, read,
};

use crate::lax::Lax;
use crate::tree::{assert_node, assert_object};

/// What servers read of `params`, judged or not.
const PARAMS: [&str; 12] = [
    "_meta",
    "argument",
    "arguments",
    "cursor",
    "inputResponses",
    "level",
    "name",
    "notifications",
    "ref",
    "requestState",
    "task",
    "uri",
];
const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// # Panics
/// If the message in `body` is judged as anything but what every reader takes it for, or refused in a wrong way.
pub fn check(head: &Head<'_>, body: &[u8], lax: Option<&Lax>) {
    let judged = read(head, body);
    if lax.and_then(|lax| lax.last("id")).is_some_and(is_zero_fraction) {
        return;
    }
    match (judged, lax) {
        (Ok(message), Some(lax)) => {
            assert!(lax.is_object());
            assert_eq!(text(lax.agreed("jsonrpc")), Some("2.0"));
            let params = lax.agreed("params");
            assert!(params.is_none_or(Lax::is_object));
            let _: Vec<_> = PARAMS.iter().filter_map(|key| params?.agreed(key)).collect();
            match message {
                Message::Request(request) => assert_request(head, lax, &request),
                Message::Notification(era, _, _) => {
                    assert_eq!(lax.agreed("id"), None);
                    assert!(text(lax.agreed("method")).is_some_and(|method| method.starts_with("notifications/")));
                    assert_no_answer(lax);
                    assert_era(head, lax, era);
                }
                Message::Answer(answer, _) => assert_answer(head, lax, &answer),
            }
        }
        (Ok(message), None) => panic!("no JSON, and judged as {message:?}"),
        (Err(answer), lax) => assert_refusal(&answer, lax.filter(|_| parse(body).is_ok())),
    }
}

fn text(node: Option<&Lax>) -> Option<&str> {
    node.and_then(Lax::as_str)
}

fn assert_no_answer(lax: &Lax) {
    assert_eq!((lax.agreed("result"), lax.agreed("error")), (None, None), "a request and an answer at once");
}

/// Header and body must claim one era, and only the modern one claims anything in the body.
fn assert_era(head: &Head<'_>, lax: &Lax, era: Era) {
    let meta = lax.agreed("params").and_then(|params| params.agreed("_meta"));
    assert!(meta.is_none_or(Lax::is_object));
    let version = meta.and_then(|meta| meta.last(META_VERSION));
    match era {
        Era::Modern => assert_eq!((head.version, text(version)), (Some(MODERN_REVISION), Some(MODERN_REVISION))),
        Era::Legacy => {
            assert_eq!(version, None);
            assert!(head.version.is_none_or(|version| LEGACY_REVISIONS.contains(&version)));
        }
    }
}

fn assert_request(head: &Head<'_>, lax: &Lax, request: &Request<'_>) {
    assert_eq!(text(lax.agreed("method")), Some(request.method));
    assert_eq!(lax.agreed("id").and_then(id).as_ref(), Some(&request.id));
    assert_no_answer(lax);
    assert_era(head, lax, request.era);
    let params = lax.agreed("params");
    let said = |key| params.and_then(|params| params.agreed(key));
    let reference = |key| said("ref").and_then(|reference| reference.agreed(key));
    let kind = text(reference("type"));
    match (&request.asked, request.method) {
        (Asked::Judged(Subject::Tool { name, arguments }), "tools/call")
        | (Asked::Judged(Subject::Prompt { name, arguments: Some(arguments) }), "prompts/get") => {
            assert_name(name.as_str(), said("name"));
            assert_object(arguments, said("arguments").unwrap_or(&Lax::Object(Vec::new())));
        }
        (Asked::Judged(Subject::Prompt { name, arguments: None }), "completion/complete")
            if kind == Some("ref/prompt") =>
        {
            assert_name(name.as_str(), reference("name"));
        }
        (Asked::Judged(Subject::Resources { uris }), "completion/complete") if kind == Some("ref/resource") => {
            assert_eq!(uris.iter().map(AsRef::as_ref).collect::<Vec<_>>(), [text(reference("uri")).unwrap()]);
        }
        (Asked::Judged(Subject::Template { uri }), "completion/complete") if kind == Some("ref/resource") => {
            assert_eq!(Some(uri.as_ref()), text(reference("uri")));
        }
        (
            Asked::Judged(Subject::Resources { uris }),
            "resources/read" | "resources/subscribe" | "resources/unsubscribe",
        ) => assert_eq!(uris.iter().map(AsRef::as_ref).collect::<Vec<_>>(), [text(said("uri")).unwrap()]),
        (Asked::Judged(Subject::Resources { uris }), "subscriptions/listen") => {
            assert_eq!(subscriptions(said("notifications")), uris.iter().map(AsRef::as_ref).collect::<Vec<&str>>());
        }
        (Asked::Open(_), "subscriptions/listen") => assert!(subscriptions(said("notifications")).is_empty()),
        (Asked::List(ListKind::Tools, _), "tools/list")
        | (Asked::List(ListKind::Prompts, _), "prompts/list")
        | (Asked::List(ListKind::Resources, _), "resources/list")
        | (Asked::List(ListKind::ResourceTemplates, _), "resources/templates/list")
        | (Asked::Open(_), "initialize" | "ping" | "logging/setLevel" | "server/discover") => {}
        (asked, method) => panic!("`{method}` is judged as {asked:?}"),
    }
    if request.era == Era::Modern {
        assert_mirrored(head, request);
    }
}

/// The headers of the modern era say what the body says, and we write them so that they can be read back.
fn assert_mirrored(head: &Head<'_>, request: &Request<'_>) {
    assert_eq!(head.method, Some(request.method));
    let Asked::Judged(subject) = &request.asked else { return };
    let name = match subject {
        Subject::Tool { name, .. } | Subject::Prompt { name, .. } => name.as_str(),
        Subject::Resources { uris } => uris[0].as_ref(),
        Subject::Template { uri } => uri,
    };
    match (subject.mirrored(request.method), request.method) {
        (None, "completion/complete" | "subscriptions/listen") => {}
        (Some(written), _) => {
            assert_eq!(decode_mirrored(&written).as_deref(), Some(name));
            assert_eq!(head.name.and_then(decode_mirrored).as_deref(), Some(name));
        }
        (None, method) => panic!("nothing mirrors the name of `{method}`"),
    }
}

fn assert_name(judged: &str, seen: Option<&Lax>) {
    assert_eq!(text(seen), Some(judged));
    assert!((1..=128).contains(&judged.len()));
    assert!(judged.chars().all(|character| matches!(character, 'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '.' | '-')));
}

/// The resources that `subscriptions/listen` subscribes to, for whoever reads what is there.
fn subscriptions(wanted: Option<&Lax>) -> Vec<&str> {
    let uris = wanted.and_then(|wanted| wanted.agreed("resourceSubscriptions")).and_then(Lax::as_array);
    uris.unwrap_or_default().iter().filter_map(Lax::as_str).collect()
}

/// An answer asks for nothing, and under another id it is otherwise what it was.
fn assert_answer(head: &Head<'_>, lax: &Lax, answer: &AgentAnswer<'_>) {
    assert_era(head, lax, Era::Legacy);
    assert_eq!(text(lax.agreed("id")), Some(answer.sealed_id.as_str()));
    assert_eq!((lax.agreed("method"), lax.agreed("params")), (None, None));
    let holds = [lax.agreed("result"), lax.agreed("error")];
    assert_eq!(holds.iter().flatten().filter(|held| held.is_object()).count(), 1);
    assert_eq!(holds.iter().flatten().count(), 1);
    let readdressed = answer.readdressed("\"7\"");
    let expected = lax.clone().with("id", Lax::String("7".to_owned()));
    assert_node(&parse(readdressed.as_bytes()).unwrap(), &expected);
}

/// A refusal is a well-formed answer to whatever asked, if that could be read.
fn assert_refusal(answer: &Answer, lax: Option<&Lax>) {
    assert!(matches!(answer.status, 200 | 400 | 404), "status {}", answer.status);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["jsonrpc"], "2.0");
    assert!(body["error"]["code"].is_i64() && body["error"]["message"].is_string());
    let echoed = lax.and_then(|lax| lax.last("id")).and_then(id);
    let written = echoed.map_or_else(|| "null".to_owned(), |id| id.written());
    assert_eq!(body["id"], serde_json::from_str::<Value>(&written).unwrap());
}

/// The id that `node` is: a string, or an integer that a double holds exactly.
#[must_use]
pub fn id(node: &Lax) -> Option<Id> {
    match node {
        Lax::String(text) => Some(Id::String(text.clone())),
        Lax::Number(number) => number.as_i64().filter(|integer| integer.unsigned_abs() <= 1 << 53).map(Id::Integer),
        Lax::Null | Lax::Bool(_) | Lax::Array(_) | Lax::Object(_) => None,
    }
}

/// `-0` is an integer, but `serde_json` does not tell it from `-0.0`, which is none.
fn is_zero_fraction(node: &Lax) -> bool {
    matches!(node, Lax::Number(number) if number.is_f64() && number.as_f64() == Some(0.0))
}
