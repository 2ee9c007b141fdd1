//! Server-sent events and lists: cut anywhere, spelled anyhow, filtered alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::rc::Rc;

use proptest::prelude::*;
use tollgate::wire::seal::SealKeys;
use tollgate::wire::sse::{Event, Frame, Splitter};
use tollgate::wire::{Answering, Edit, Holder, Id, ListKind, Relay, Session, Translated, Translation};

fn frames(chunks: &[&[u8]]) -> Vec<Frame> {
    let mut splitter = Splitter::default();
    let mut frames = Vec::new();
    for chunk in chunks {
        splitter.push(chunk, &mut frames).unwrap();
    }
    frames
}

fn data(text: &str) -> Frame {
    Frame::Event(Event { data: Some(text.to_owned()), ..Event::default() })
}

#[test]
fn the_grammar_of_whatwg() {
    assert_eq!(frames(&[b"data: a\n\ndata:b\r\rdata:  c\r\n\r\n"]), [data("a"), data("b"), data(" c")]);
    assert_eq!(frames(&["\u{feff}data: a\n\n\u{feff}data: b\n\n".as_bytes()]), [data("a")], "one mark, at the start");
    assert_eq!(frames(&[b"data: a\ndata: b\n\n"]), [data("a\nb")]);
    assert_eq!(frames(&[b"data\n\n"]), [data("")]);
    assert_eq!(frames(&[b": ping\n\n"]), [Frame::Comment]);
    assert_eq!(frames(&[b"event: x\n\n"]), [], "without data there is no event");
    assert_eq!(frames(&[b"data: a\n"]), [], "the end of the stream drops what is unfinished");
    assert_eq!(frames(&[b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"]), [data("a\nb")]);
    assert_eq!(frames(&[b"data: a\r", b"", b"\n\n"]), [data("a")]);
    let event = Event {
        name: Some("message".to_owned()),
        data: Some("{}".to_owned()),
        id: Some("7".to_owned()),
        retry: Some(50),
    };
    assert_eq!(event.written("{\n}"), "event: message\nid: 7\nretry: 50\ndata: { }\n\n");
    assert_eq!(frames(&[b"id: 7\nretry: 50\nevent: message\ndata: {}\n\n"]), [Frame::Event(event)]);
}

proptest! {
    /// However the bytes are cut, the same frames come out.
    #[test]
    fn chunks_do_not_matter(
        text in "(data: ?[aé€𝄞]{0,3}|event: x|id: 1|: c|\u{feff}|retry: 5){0,8}[\r\n]{0,3}(data: b(\r|\n|\r\n)){0,3}(\r|\n|\r\n){0,3}",
        cuts in prop::collection::vec(0usize..64, 0..12),
    ) {
        let bytes = text.as_bytes();
        let whole = frames(&[bytes]);
        let mut places: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(frames(&pieces), whole);
    }
}

const LIST: &str = r#"{"jsonrpc":"2.0","id":7,"result":{"nextCursor":"","tools":[{"name":"a","n":1.0},{"name":"b","x":[1e2]},{"name":"c"}],"cacheScope":"public","ttlMs":12345678901234567890,"_meta":{"k":"\u00e9"}}}"#;
const FILTERED: &str = r#"{"jsonrpc":"2.0","id":7,"result":{"nextCursor":"","tools":[{"name":"a","n":1.0},{"name":"c"}],"cacheScope":"private","ttlMs":12345678901234567890,"_meta":{"k":"\u00e9"}}}"#;

/// An exchange that answers request 7 and shows everything but `b`.
fn answering(edit: Edit) -> Translation {
    Translation {
        shows: Rc::new(|_: ListKind, name: &str| name != "b"),
        answering: Some(Answering { id: Id::Integer(7), edit }),
        session: None,
        hears: Rc::new(|_| {}),
    }
}

fn list() -> Translation {
    answering(Edit::List(ListKind::Tools))
}

fn session() -> Session {
    let keys = Rc::new(SealKeys::parse("k1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").unwrap());
    let holder = Holder { keys, grant: "g_1".to_owned(), server: "shop".to_owned() };
    let shown = holder.begin("origin-session", 1_800_000_000_000).unwrap();
    holder.open(&shown).unwrap()
}

fn answer(text: &str) -> Translated<'_> {
    Translated::Answer(text.into())
}

#[test]
fn a_list_keeps_every_byte_that_nobody_meant_to_change() {
    assert_eq!(list().translate(LIST).unwrap(), answer(FILTERED));
}

#[test]
fn a_list_that_cannot_be_judged_is_no_list() {
    for hostile in [
        "[]",
        r#"{"id":7}"#,
        r#"{"id":7,"result":null}"#,
        r#"{"id":7,"result":{}}"#,
        r#"{"id":7,"result":{"tools":{}}}"#,
        r#"{"id":7,"result":{"tools":["b"]}}"#,
        r#"{"id":7,"result":{"tools":[{"Name":"b"}]}}"#,
        r#"{"id":7,"result":{"tools":[{"name":1}]}}"#,
        r#"{"id":7,"result":{"tools":[]},"error":{"code":1,"message":"m"}}"#,
        r#"{"id":7,"result":{"tools":[],"tools":[{"name":"b"}]}}"#,
    ] {
        assert!(list().translate(hostile).is_err(), "{hostile}");
    }
    let error = r#"{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"m"}}"#;
    assert_eq!(list().translate(error).unwrap(), answer(error));
}

#[test]
fn an_answer_that_is_sent_again_on_the_get_stream_is_filtered_too() {
    let resumed = Translation { answering: None, ..list() };
    assert_eq!(resumed.translate(LIST).unwrap(), Translated::Aside(FILTERED.into()));
}

#[test]
fn capabilities_that_the_gateway_does_not_carry_are_taken_out() {
    let discovered = r#"{"id":7,"result":{"supportedVersions":["2026-07-28","2031-01-01"],"capabilities":{"tools":{"listChanged":true},"tasks":{},"extensions":{"io.modelcontextprotocol/ui":{}}},"ttlMs":0}}"#;
    let carried = r#"{"id":7,"result":{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}},"ttlMs":0}}"#;
    assert_eq!(answering(Edit::Capabilities).translate(discovered).unwrap(), answer(carried));
    assert!(answering(Edit::Capabilities).translate(r#"{"id":7,"result":{}}"#).is_err());
}

#[test]
fn what_the_origin_asks_is_answered_under_a_seal() {
    let session = session();
    let exchange = Translation { session: Some(session.clone()), ..answering(Edit::None) };
    for id in ["7", "\"7\"", "-1"] {
        let asked = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"sampling/createMessage","params":{{}}}}"#);
        let Translated::Aside(sealed) = exchange.translate(&asked).unwrap() else { panic!("it is no aside") };
        let sealed: serde_json::Value = serde_json::from_str(&sealed).unwrap();
        let seal = sealed["id"].as_str().unwrap();
        assert_eq!(session.open_request(seal).unwrap(), id, "the id comes back with its type");
        let cancelled =
            format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#);
        let Translated::Aside(cancelled) = exchange.translate(&cancelled).unwrap() else { panic!("it is no aside") };
        let cancelled: serde_json::Value = serde_json::from_str(&cancelled).unwrap();
        assert_eq!(cancelled["params"]["requestId"], seal, "one request has one seal");
    }
    let asked = r#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}"#;
    assert_eq!(
        answering(Edit::None).translate(asked).unwrap(),
        Translated::Nothing,
        "nobody may ask in the modern era"
    );
    let unknown = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#;
    assert_eq!(exchange.translate(unknown).unwrap(), Translated::Nothing);
}

#[test]
fn updates_of_resources_that_are_not_shown_do_not_pass() {
    let updated = |uri: &str| format!(r#"{{"method":"notifications/resources/updated","params":{{"uri":"{uri}"}}}}"#);
    assert!(matches!(list().translate(&updated("a")).unwrap(), Translated::Aside(_)));
    assert_eq!(list().translate(&updated("b")).unwrap(), Translated::Nothing);
}

#[test]
fn a_list_in_events_is_filtered_like_one_in_json() {
    let mut relay = Relay::of(list());
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#;
    let split = LIST.replacen(',', ",\ndata: ", 3);
    let stream = format!(": ping\n\ndata: {notification}\n\nevent: message\r\ndata: {split}\r\n\r\ndata: {LIST}\n\n");
    let passed: String = stream.as_bytes().chunks(5).map(|chunk| relay.push(chunk)).collect();
    let events: Vec<&str> = passed.split_terminator("\n\n").collect();
    assert_eq!(events[0], ": keep-alive");
    assert_eq!(events[1], format!("event: message\ndata: {notification}"));
    let list = events[2].strip_prefix("event: message\ndata: ").unwrap();
    let list: serde_json::Value = serde_json::from_str(list).unwrap();
    assert_eq!(list, serde_json::from_str::<serde_json::Value>(FILTERED).unwrap());
    assert_eq!(events.len(), 3, "nothing follows the answer");
    assert!(relay.has_ended());
}

#[test]
fn answers_to_other_requests_and_other_events_are_dropped() {
    let mut relay = Relay::of(list());
    let other = LIST.replace("\"id\":7", "\"id\":\"7\"");
    let stream = format!("data: {other}\n\nevent: endpoint\ndata: /evil\n\n");
    assert_eq!(relay.push(stream.as_bytes()), "");
    assert!(!relay.has_ended());
}

#[test]
fn a_stream_ends_with_one_well_formed_answer_whatever_happens() {
    let error_of = |text: &str| {
        let data = text.strip_prefix("event: message\ndata: ").unwrap().trim_end();
        let error: serde_json::Value = serde_json::from_str(data).unwrap();
        (error["id"].clone(), error["error"]["code"].clone())
    };
    let expected = (7.into(), (-32603).into());
    let broken = |stream: &[u8]| Relay::of(list()).push(stream);
    assert_eq!(error_of(&broken(b"data: {\"id\":7,\"result\":{\"tools\":7}}\n\n")), expected);
    assert_eq!(error_of(&broken(b"data: Internal Server Error\n\n")), expected);
    assert_eq!(error_of(&broken(b"data: \xff\n\n")), expected);
    assert_eq!(error_of(&broken(&vec![b'x'; 5 * 1024 * 1024])), expected);
    assert_eq!(
        error_of(&broken(b"data: {\"method\":\"ping\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"b\"}]}}\n\n")),
        expected
    );
    let whole = format!("data: {FILTERED}\n\ndata: \u{0}");
    let answered = Relay::of(list()).push(&[whole.as_bytes(), b"\xff\n"].concat());
    assert!(answered.contains("cacheScope"), "what was whole before the break has passed");
    let mut cut_off = Relay::of(list());
    assert_eq!(cut_off.push(b"data: {\"id\":7,"), "");
    assert_eq!(error_of(&cut_off.end()), expected);
    assert_eq!(cut_off.end(), "", "once");
}
