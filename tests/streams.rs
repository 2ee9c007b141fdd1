//! Server-sent events and lists: cut anywhere, spelled anyhow, filtered alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use tollgate::wire::json::parse;
use tollgate::wire::sse::{Event, Frame, Splitter};
use tollgate::wire::{Id, ListFilter, ListKind, Relay};

fn frames(chunks: &[&[u8]]) -> Vec<Frame> {
    let mut splitter = Splitter::default();
    chunks.iter().flat_map(|chunk| splitter.push(chunk).unwrap()).collect()
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

fn without_b() -> ListFilter {
    ListFilter::new(ListKind::Tools, |name| name != "b")
}

#[test]
fn a_list_keeps_every_byte_that_nobody_meant_to_change() {
    assert_eq!(without_b().edit(&parse(LIST.as_bytes()).unwrap()).unwrap(), FILTERED);
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
    ] {
        assert!(without_b().edit(&parse(hostile.as_bytes()).unwrap()).is_err(), "{hostile}");
    }
    let error = r#"{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"m"}}"#;
    assert_eq!(without_b().edit(&parse(error.as_bytes()).unwrap()).unwrap(), error);
}

#[test]
fn a_list_in_events_is_filtered_like_one_in_json() {
    let mut relay = Relay::of_list(Id::Integer(7), without_b());
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#;
    let split = LIST.replacen(',', ",\ndata: ", 3);
    let stream = format!(": ping\n\ndata: {notification}\n\nevent: message\r\ndata: {split}\r\n\r\n");
    let mut passed = String::new();
    for chunk in stream.as_bytes().chunks(5) {
        passed.push_str(&relay.push(chunk).unwrap());
    }
    let events: Vec<&str> = passed.split_terminator("\n\n").collect();
    assert_eq!(events[0], ": keep-alive");
    assert_eq!(events[1], format!("event: message\ndata: {notification}"));
    let list = events[2].strip_prefix("event: message\ndata: ").unwrap();
    let list: serde_json::Value = serde_json::from_str(list).unwrap();
    assert_eq!(list, serde_json::from_str::<serde_json::Value>(FILTERED).unwrap());
    assert_eq!(events.len(), 3);
}

#[test]
fn answers_to_other_requests_and_other_events_are_dropped() {
    let mut relay = Relay::of_list(Id::Integer(7), without_b());
    let other = LIST.replace("\"id\":7", "\"id\":\"7\"");
    let stream = format!("data: {other}\n\nevent: endpoint\ndata: /evil\n\n");
    assert_eq!(relay.push(stream.as_bytes()).unwrap(), "");
}

#[test]
fn what_cannot_be_filtered_ends_the_stream_with_an_error() {
    let mut relay = Relay::of_list(Id::Integer(7), without_b());
    let cut = relay.push(b"data: {\"id\":7,\"result\":{\"tools\":7}}\n\n").unwrap_err();
    let error = cut.farewell.strip_prefix("event: message\ndata: ").unwrap().trim_end();
    let error: serde_json::Value = serde_json::from_str(error).unwrap();
    assert_eq!((&error["id"], &error["error"]["code"]), (&7.into(), &(-32603).into()));
}
