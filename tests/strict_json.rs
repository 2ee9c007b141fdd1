//! The strict parser against `serde_json`: what we accept, everybody reads alike; what we refuse, we refuse for a reason.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use serde_json::Value as Loose;
use tollgate::wire::json::{Fault, Node, Value, parse};

/// What the strict tree says, as `serde_json` would say it.
fn loose(node: &Node<'_>) -> Loose {
    match &node.value {
        Value::Null => Loose::Null,
        Value::Bool(truth) => Loose::Bool(*truth),
        Value::Number(text) => serde_json::from_str(text).unwrap(),
        Value::String(text) => Loose::String(text.clone().into_owned()),
        Value::Array(elements) => elements.iter().map(loose).collect(),
        Value::Object(object) => {
            object.members().iter().map(|member| (member.key.clone().into_owned(), loose(&member.node))).collect()
        }
    }
}

fn any_json() -> impl Strategy<Value = Loose> {
    let leaf = prop_oneof![
        Just(Loose::Null),
        any::<bool>().prop_map(Loose::from),
        any::<i64>().prop_map(Loose::from),
        any::<f64>().prop_filter("below 10^308", |number| number.abs() < 1e308).prop_map(Loose::from),
        any::<String>().prop_map(Loose::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Loose::from),
            prop::collection::hash_map(any::<String>(), inner, 0..16)
                .prop_map(|members| Loose::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_writes_is_read_alike(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let node = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(loose(&node), serde_json::from_str::<Loose>(&text).unwrap());
            prop_assert_eq!(node.text, text.trim());
        }
    }

    #[test]
    fn what_we_accept_serde_reads_alike(text in r#"[\[\]{}:,"\\ntrue0-9.eE+ auf\u{0}-\u{1f}]{0,24}"#) {
        if let Ok(node) = parse(text.as_bytes()) {
            prop_assert_eq!(loose(&node), serde_json::from_str::<Loose>(&text).unwrap());
        }
    }

    #[test]
    fn what_serde_refuses_we_refuse(bytes in prop::collection::vec(any::<u8>(), 0..32)) {
        if serde_json::from_slice::<Loose>(&bytes).is_err() {
            prop_assert!(parse(&bytes).is_err());
        }
    }

    #[test]
    fn a_key_never_stands_twice(keys in prop::collection::vec("[a-c]{1,2}", 0..40)) {
        let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":1")).collect();
        let unique = keys.iter().collect::<std::collections::BTreeSet<_>>().len() == keys.len();
        prop_assert_eq!(parse(format!("{{{}}}", members.join(",")).as_bytes()).is_ok(), unique);
    }
}

#[test]
fn what_readers_disagree_about_is_refused() {
    let cases: [(&[u8], Fault); 22] = [
        (b"\xef\xbb\xbf{}", Fault::ByteOrderMark),
        (b"\"\xff\"", Fault::NotUtf8),
        (b"{\x00}", Fault::Unexpected),
        (br#"{"a":1,"a":2}"#, Fault::DuplicateKey),
        (br#"{"a":1,"\u0061":2}"#, Fault::DuplicateKey),
        (br#"{"x":[{"a":1,"a":2}]}"#, Fault::DuplicateKey),
        (b"NaN", Fault::Unexpected),
        (b"-Infinity", Fault::Unexpected),
        (b"1e999", Fault::NumberOverflows),
        (b"-1e309", Fault::NumberOverflows),
        (b"01", Fault::Trailing),
        (b"1.", Fault::Ends),
        (b"+1", Fault::Unexpected),
        (br#""\ud800""#, Fault::LoneSurrogate),
        (br#""\udc00""#, Fault::LoneSurrogate),
        (br#""\ud800\u0041""#, Fault::LoneSurrogate),
        (br#""\x41""#, Fault::BadEscape),
        (b"\"a\nb\"", Fault::ControlCharacter),
        (b"{} {}", Fault::Trailing),
        (b"", Fault::Ends),
        (b"[1,]", Fault::Unexpected),
        (b"{'a':1}", Fault::Unexpected),
    ];
    for (text, fault) in cases {
        let shown = String::from_utf8_lossy(text);
        assert_eq!(parse(text).unwrap_err().fault, fault, "{shown}");
    }
}

#[test]
fn nesting_ends_at_64() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(64).as_bytes()).is_ok());
    assert_eq!(parse(nested(65).as_bytes()).unwrap_err().fault, Fault::TooDeep);
    assert_eq!(parse("{\"a\":".repeat(100_000).as_bytes()).unwrap_err().fault, Fault::TooDeep);
}

#[test]
fn a_hundred_thousand_keys_are_no_burden() {
    let members: Vec<String> = (0..100_000).map(|key| format!("\"{key}\":0")).collect();
    assert!(parse(format!("{{{}}}", members.join(",")).as_bytes()).is_ok());
}

#[test]
fn an_integer_of_any_size_keeps_its_text() {
    let text = "123456789012345678901234567890";
    assert_eq!(parse(text.as_bytes()).unwrap().value, Value::Number(text));
}
