//! The relay: what comes out is what should, however it was cut, and nothing that the agent may not see.

use serde_json::Value;
use tollgate::wire::Edit;

use crate::exchange::{Exchange, Fate, LISTS, is_shown};
use crate::lax::Lax;
use crate::message::id;
use crate::sse::{self, Event, Seen};

/// # Panics
/// If a cut changes what comes out, or it is not what must come of `seen`.
pub fn check(exchange: &Exchange, seen: &[Seen], ways: &[Vec<&[u8]>]) {
    let outcomes: Vec<String> = ways.iter().map(|chunks| outcome(exchange, chunks)).collect();
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "cuts change what comes out: {outcomes:#?}");
    let relayed = sse::read(outcomes[0].as_bytes());
    assert_hidden(exchange, &relayed);
    assert_fates(exchange, seen, &mut relayed.iter().peekable());
}

fn outcome(exchange: &Exchange, chunks: &[&[u8]]) -> String {
    let mut relay = exchange.relay();
    let mut text = String::new();
    for chunk in chunks {
        let ended = relay.has_ended();
        let more = relay.push(chunk);
        assert!(!ended || more.is_empty(), "something follows the end: {more:?}");
        text += &more;
    }
    text + &relay.end()
}

/// Whatever came, no answer in it shows what is hidden.
fn assert_hidden(exchange: &Exchange, relayed: &[Seen]) {
    for data in relayed.iter().filter_map(data).filter(|data| !data.is_empty()) {
        let message: Value = serde_json::from_str(data).expect("JSON");
        for (kind, items, key) in LISTS {
            let asked = exchange.answering.as_ref().is_none_or(|answering| answering.edit == Edit::List(kind));
            let items = message["result"][items].as_array().filter(|_| asked);
            for name in items.into_iter().flatten().filter_map(|item| item[key].as_str()) {
                assert!(is_shown(name), "`{name}` is shown");
            }
        }
    }
}

fn data(seen: &Seen) -> Option<&str> {
    if let Seen::Event(event) = seen { Some(&event.data) } else { None }
}

type Relayed<'r> = std::iter::Peekable<std::slice::Iter<'r, Seen>>;

fn assert_fates(exchange: &Exchange, seen: &[Seen], relayed: &mut Relayed<'_>) {
    for seen in seen {
        let event = match seen {
            Seen::NotUtf8 => break,
            Seen::Comment => {
                assert_eq!(relayed.next(), Some(seen));
                continue;
            }
            Seen::Event(event) if event.kind != "message" => continue,
            Seen::Event(event) if event.data.is_empty() => {
                assert_eq!(relayed.next(), Some(seen));
                continue;
            }
            Seen::Event(event) => event,
        };
        match exchange.fate(&event.data) {
            Fate::Unfit => break,
            Fate::Dropped => {}
            Fate::Passes(message) => {
                let passed = relayed.next().and_then(|next| of(event, next));
                assert_eq!(passed, Some(message));
                if exchange.answering.is_some() {
                    assert_eq!(relayed.next(), None, "something follows the answer");
                    return;
                }
            }
            Fate::Aside(message) => match relayed.peek() {
                Some(next) if of(event, next).is_some_and(|passed| is_aside(exchange, &message, &passed)) => {
                    relayed.next();
                }
                Some(next) if is_farewell(next) && !names_a_request(&message) => break,
                Some(_) | None => {}
            },
        }
    }
    if exchange.answering.is_some() {
        let farewell = relayed.next();
        assert!(farewell.is_some_and(is_farewell), "no error in place of the answer: {farewell:?}");
    }
    assert_eq!(relayed.next(), None);
}

/// The message that passed for `event`, if `next` can be it.
fn of(event: &Event, next: &Seen) -> Option<Lax> {
    let Seen::Event(next) = next else { return None };
    let same =
        next.kind == "message" && (&next.id, next.retry) == (&event.id, event.retry) && !next.data.contains('\n');
    Lax::read(next.data.as_bytes()).filter(|_| same)
}

/// Whether `passed` is what may pass of `message`, which answers nothing: under a sealed id if it asks or cancels.
fn is_aside(exchange: &Exchange, message: &Lax, passed: &Lax) -> bool {
    let opens = |sealed: &Lax, id: &Lax| {
        let opened = exchange.session.as_ref().zip(sealed.as_str()).and_then(|(session, id)| session.open_request(id));
        opened.is_some_and(|text| Lax::read(text.as_bytes()).as_ref() == Some(id))
    };
    if let (Some(id), Some(sealed)) = (message.last("id"), passed.last("id")) {
        return opens(sealed, id) && *passed == message.clone().with("id", sealed.clone());
    }
    let in_params = |message: &Lax, key| message.last("params").and_then(|params| params.last(key)).cloned();
    match message.last("method").and_then(Lax::as_str) {
        Some("notifications/resources/updated") => {
            passed == message && in_params(message, "uri").is_some_and(|uri| uri.as_str().is_some_and(is_shown))
        }
        Some("notifications/cancelled") if exchange.session.is_some() => {
            let (id, sealed) = (in_params(message, "requestId"), in_params(passed, "requestId"));
            let params = message.last("params").cloned().zip(sealed.clone());
            let params = params.map(|(params, sealed)| params.with("requestId", sealed));
            id.zip(sealed).is_some_and(|(id, sealed)| opens(&sealed, &id))
                && params.is_some_and(|params| *passed == message.clone().with("params", params))
        }
        _ => passed == message,
    }
}

/// Whether what it asks or cancels has an id that can be answered to.
fn names_a_request(message: &Lax) -> bool {
    let cancelled = message.last("params").and_then(|params| params.last("requestId"));
    message.last("id").or(cancelled).is_none_or(|named| id(named).is_some())
}

/// Whether it is the error that stands in place of an answer.
fn is_farewell(seen: &Seen) -> bool {
    let message = data(seen).and_then(|data| serde_json::from_str::<Value>(data).ok());
    message.is_some_and(|message| message["error"]["code"] == -32603 && message["id"] != Value::Null)
}
