//! Every stored form and every form that passes between Worker and Durable Object, as one literal each. A change here
//! needs a plan for what is stored already.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{from_value, json};
use tollgate::ledger::{
    Account, Admission, Algorithm, Charge, CounterKey, CounterName, Millis, Overrun, Receipt, Share, Span, Spent,
    Tally, Uses, Window,
};
use tollgate::registry::{Bearer, Consistency, Duration, Grant, Name, Rotation, ServerDraft, Stamp};

#[test]
fn a_counter() {
    let span = Span { window: Window::named("minute").unwrap(), algorithm: Algorithm::Sliding };
    let mut counter = Uses::default();
    counter.record(span, Millis(0x0102_0304_0506), 1);
    counter.record(span, Millis(0x0102_0304_0506 + 5_000), 3);
    let first = "06050403020100000100000000000000"; // last use and units
    let second = "8e180403020100000300000000000000";
    assert_eq!(counter.to_hex(), format!("{first}{second}"));
    assert_eq!(Uses::from_hex(&counter.to_hex()).map(|read| read.to_hex()), Ok(counter.to_hex()));
    assert_eq!(Uses::from_hex(""), Ok(Uses::default()));
    for corrupt in ["0".repeat(30), "0".repeat(31), "0".repeat(34), "z".repeat(32)] {
        assert!(Uses::from_hex(&corrupt).is_err(), "{corrupt}");
    }
}

fn charge() -> Charge {
    Charge {
        counter: CounterName::read("rate:x").unwrap(),
        window: Window::of_seconds(60).unwrap(),
        algorithm: Algorithm::Sliding,
        share: Share::Grant,
        unit: None,
        cost: 1,
        max: 10,
        shadow: false,
    }
}

fn session(id: Option<&str>) -> Share {
    Share::Session { id: id.map(str::to_owned), sessions: 5 }
}

#[test]
fn the_key_of_a_counter() {
    let unit = Some("args[\"a b\"]".to_owned());
    for (key, charge) in [
        ("rate:x 60s sliding calls", charge()),
        ("rate:x 60s sliding calls", Charge { share: Share::Server, max: 1, ..charge() }),
        ("rate:x 60s fixed args[\"a b\"]", Charge { algorithm: Algorithm::Fixed, unit: unit.clone(), ..charge() }),
        ("shadow/rate:x 60s sliding calls", Charge { shadow: true, ..charge() }),
        ("session/rate:x 60s sliding s1 calls", Charge { share: session(Some("s1")), ..charge() }),
        ("session/rate:x 60s sliding - calls", Charge { share: session(None), ..charge() }),
        (
            "shadow/session/rate:x 60s sliding s1 args[\"a b\"]",
            Charge { share: session(Some("s1")), shadow: true, unit, ..charge() },
        ),
        ("shadow/session/rate:x 60s sliding - calls", Charge { share: session(None), shadow: true, ..charge() }),
    ] {
        let receipt = Account::default().charge(std::slice::from_ref(&charge), Millis(1)).unwrap();
        let counters: Vec<_> = receipt.spent.iter().map(|spent| spent.counter.as_str()).collect();
        assert_eq!(counters, [key]);
        let read = CounterKey::read(key).unwrap();
        assert_eq!(receipt.spent.first().map(|spent| &spent.counter), Some(&read));
        assert_eq!(read.span(), Span { window: charge.window, algorithm: charge.algorithm });
        assert_eq!(read.session(), key.contains("s1").then_some("s1"));
        assert_eq!(read.is_share_of(&charge), key.contains("s1"));
        assert_eq!(from_value::<CounterKey>(json!(key)).unwrap(), read);
    }
    for corrupt in
        ["", "x", "x 60s sliding", "x 60 sliding calls", "x 0s fixed calls", "x 2678401s fixed calls", "x 60s of calls"]
    {
        assert_eq!(CounterKey::read(corrupt), None, "{corrupt}");
        assert!(from_value::<CounterKey>(json!(corrupt)).is_err(), "{corrupt}");
    }
}

#[test]
fn what_a_ledger_is_asked() {
    let whole = Charge { share: session(None), unit: Some("args.n".to_owned()), cost: 2_500_000, ..charge() };
    assert_eq!(
        json!(whole),
        json!({ "counter": "rate:x", "window": 60, "algorithm": "sliding", "share": { "session": { "id": null, "sessions": 5 } },
            "unit": "args.n", "cost": 2_500_000, "max": 10, "shadow": false })
    );
    assert_eq!(from_value::<Charge>(json!(whole)).unwrap(), whole);
    let shares = [Share::Grant, session(Some("s1")), Share::Server];
    assert_eq!(json!(shares), json!(["grant", { "session": { "id": "s1", "sessions": 5 } }, "server"]));
    assert_eq!(from_value::<[Share; 3]>(json!(shares)).unwrap(), shares);
    let short = json!({ "counter": "rate:x", "window": 60, "cost": 1, "max": 10 });
    assert_eq!(from_value::<Charge>(short).unwrap(), charge());
}

#[test]
fn the_answer_of_a_ledger() {
    let admitted = Admission::Admitted(Receipt {
        at: Millis(7),
        spent: vec![Spent {
            counter: CounterKey::read("rate:x 60s sliding calls").unwrap(),
            units: 1,
            limits: vec![0, 2],
        }],
        tallies: vec![Tally { remaining: 9, resets_in: 60_000 }],
        observed: vec![Overrun { limit: 1, retry_after: 1 }],
        approval: Some("ap_1".to_owned()),
    });
    assert_eq!(
        json!(admitted),
        json!({ "admitted": { "at": 7, "spent": [{ "counter": "rate:x 60s sliding calls", "units": 1, "limits": [0, 2] }],
            "tallies": [{ "remaining": 9, "resets_in": 60_000 }], "observed": [{ "limit": 1, "retry_after": 1 }], "approval": "ap_1" } })
    );
    let refused = Admission::Refused(Overrun { limit: 0, retry_after: 41_250 });
    assert_eq!(json!(refused), json!({ "refused": { "limit": 0, "retry_after": 41_250 } }));
    for answer in [admitted, refused, Admission::Admitted(Receipt::default())] {
        assert_eq!(from_value::<Admission>(json!(answer)).unwrap(), answer);
    }
    let empty = json!(Admission::Admitted(Receipt::default()));
    assert_eq!(empty, json!({ "admitted": { "at": 0, "tallies": [] } }));
}

/// Entries that were decisions of schema 2 do not say for which limits.
#[test]
fn what_was_spent_before_there_were_refunds() {
    let spent: Spent = from_value(json!({ "counter": "rate:x 60s sliding calls", "units": 1 })).unwrap();
    let counter = CounterKey::read("rate:x 60s sliding calls").unwrap();
    assert_eq!(spent, Spent { counter, units: 1, limits: Vec::new() });
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
        retiring: None,
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
fn a_grant_whose_token_is_replaced() {
    let stored = r#"{"id":"g_1","label":"l","server":"shop","policy":"seed","created_at":1790000000000,"token":"a"}"#;
    let grant: Grant = serde_json::from_str(stored).unwrap();
    let [first, second, third] = [1, 2, 3].map(|byte| Bearer::of([byte; 32]).hash());
    let now = Millis(1_790_000_000_000);
    let grace = |text: &str| Rotation { grace: Duration::read(text).unwrap() };
    let grant = grant.rotated(first.clone(), grace("0s"), now);
    assert_eq!(grant.retiring, None, "without grace the old one is worth nothing");
    let grant = grant.rotated(second.clone(), grace("10m"), now);
    let (just_before, then) = (Millis(now.0 + 599_999), Millis(now.0 + 600_000));
    assert!(grant.opens_for(&first, just_before) && !grant.opens_for(&first, then));
    assert!(grant.opens_for(&second, then));
    assert_eq!(
        serde_json::to_value(&grant).unwrap()["retiring"],
        json!({ "token": first.as_str(), "until": 1_790_000_600_000_u64 })
    );
    let grant = grant.rotated(third.clone(), grace("7d"), now);
    assert!(!grant.opens_for(&first, now), "of those before it only the last one works on");
    assert!(grant.opens_for(&second, now) && grant.opens_for(&third, now));
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
            "preset": "mcp-django", "aliases": { "mine": "live_mine" }, "stopped": false })
    );
    let strict = br#"{"origin":{"url":"https://django.example/mcp"},"consistency":"strict","stopped":true}"#;
    let known = ServerDraft::parse(strict).unwrap();
    assert_eq!(
        known.stored(),
        r#"{"consistency":"strict","origin":{"headers":{},"url":"https://django.example/mcp"},"stopped":true}"#
    );
    let kept = draft.keeping(known.server());
    assert!(kept.server().stopped, "what it does not say of being stopped stays");
    assert_eq!(kept.server().consistency, Consistency::Eventual, "what is a setting does not");
    assert!(!kept.stopped(false).server().stopped);
}

#[test]
fn a_token_and_a_stamp() {
    let bearer = Bearer::of([0; 32]);
    assert_eq!(bearer.reveal(), "tg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(format!("{bearer:?}"), "Bearer(…)", "a token is never in a log by accident");
    assert_eq!(Stamp::of(b"").as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
