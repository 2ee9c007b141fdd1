//! Every stored form and every form that passes between Worker and Durable Object, as one literal each. A change here
//! needs a plan for what is stored already.

use serde_json::json;
use tollgate::ledger::{Admission, Charge, CounterName, Millis, Overrun, Sliding, Tally, Window};
use tollgate::registry::{Bearer, Grant, Name, ServerDraft, Stamp};

#[test]
fn a_counter() {
    let window = Window::named("minute").unwrap();
    let mut counter = Sliding::default();
    counter.record(window, Millis(0x0102_0304_0506), 1);
    counter.record(window, Millis(0x0102_0304_0506 + 5_000), 3);
    assert_eq!(
        counter.to_bytes(),
        [
            6, 5, 4, 3, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, // last use and units of the first grain
            0x8e, 0x18, 4, 3, 2, 1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, // of the second
        ]
    );
    assert!(Sliding::from_bytes(&[0; 15]).is_err());
}

#[test]
fn the_key_of_a_counter() {
    let charge =
        Charge { counter: CounterName::read("rate:x").unwrap(), window: Window::of_seconds(60).unwrap(), max: 10 };
    assert_eq!(charge.identity(), "rate:x 60s sliding calls");
    assert_eq!(json!(charge), json!({ "counter": "rate:x", "window": 60, "max": 10 }));
}

#[test]
fn the_answer_of_a_ledger() {
    let admitted = Admission::Admitted(vec![Tally { remaining: 9, resets_in: 60_000 }]);
    assert_eq!(json!(admitted), json!({ "admitted": [{ "remaining": 9, "resets_in": 60_000 }] }));
    let refused = Admission::Refused(Overrun { limit: 0, retry_after: 41_250 });
    assert_eq!(json!(refused), json!({ "refused": { "limit": 0, "retry_after": 41_250 } }));
    assert_eq!(json!(Admission::Revoked), json!("revoked"));
}

#[test]
fn a_grant() {
    let grant = Grant {
        id: "g_1".to_owned(),
        label: "alice-laptop".to_owned(),
        server: Name::read("shop").unwrap(),
        policy: Name::read("seed").unwrap(),
        expires_at: Some(Millis(1_800_000_000_000)),
        created_at: Millis(1_790_000_000_000),
        revoked_at: None,
        token: Bearer::of([7; 32]).hash(),
    };
    assert_eq!(
        serde_json::to_string(&grant).unwrap(),
        r#"{"id":"g_1","label":"alice-laptop","server":"shop","policy":"seed","expires_at":1800000000000,"created_at":1790000000000,"token":"8fe1532f672cc764d2f990fbe76a6e8b9c9fea4e6e13c0d59748d7fdab7100ce"}"#
    );
    assert_eq!(
        grant.shown(),
        json!({ "id": "g_1", "label": "alice-laptop", "server": "shop", "policy": "seed",
            "expires_at": "2027-01-15T08:00:00.000Z", "created_at": "2026-09-21T14:13:20.000Z" })
    );
}

#[test]
fn a_server_and_what_is_shown_of_it() {
    let document = br#"{"origin":{"url":"https://django.example/mcp","headers":{"X-Key":"s3cret","authorization":{"secret":"ORIGIN"}}},"preset":"mcp-django","aliases":{"mine":"live_mine"}}"#;
    let draft = ServerDraft::parse(document).unwrap();
    assert_eq!(
        draft.stored(),
        r#"{"aliases":{"mine":"live_mine"},"origin":{"headers":{"authorization":{"secret":"ORIGIN"},"x-key":"s3cret"},"url":"https://django.example/mcp"},"preset":"mcp-django"}"#
    );
    assert_eq!(
        draft.shown(),
        json!({ "origin": { "url": "https://django.example/mcp", "headers": { "authorization": { "set": true }, "x-key": { "set": true } } },
            "preset": "mcp-django", "aliases": { "mine": "live_mine" } })
    );
}

#[test]
fn a_token_and_a_stamp() {
    let bearer = Bearer::of([0; 32]);
    assert_eq!(bearer.reveal(), "tg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(format!("{bearer:?}"), "Bearer(…)", "a token is never in a log by accident");
    assert_eq!(Stamp::of(b"").as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
