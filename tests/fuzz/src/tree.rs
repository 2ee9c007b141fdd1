//! The strict parser against a lax one: what it accepts, everybody reads alike; what it refuses, it refuses for a reason.

use serde_json::Number;
use tollgate::wire::json::{Fault, MAX_DEPTH, Node, Object, Unreadable, Value, parse, quote};

use crate::lax::Lax;

/// Numbers that are not below this are refused: well before a double ends, so that no reader has to round.
const LARGEST: f64 = 1e308;

/// # Panics
/// If the two disagree about `bytes` in any way but the agreed ones.
pub fn check(bytes: &[u8], lax: Option<&Lax>) {
    match (parse(bytes), lax) {
        (Ok(node), Some(lax)) => {
            let space: &[char] = &[' ', '\t', '\n', '\r'];
            assert_eq!(Some(node.text), std::str::from_utf8(bytes).ok().map(|text| text.trim_matches(space)));
            assert!(lax.depth() <= MAX_DEPTH && !lax.repeats_a_key());
            assert_node(&node, lax);
        }
        (Ok(node), None) => panic!("accepted what serde_json refuses: {:?}", node.text),
        (Err(refused), lax) => assert_refusal(refused, bytes, lax),
    }
}

/// Asserts that `node` says what `lax` says.
///
/// # Panics
/// If it does not.
pub fn assert_node(node: &Node<'_>, lax: &Lax) {
    assert_eq!(parse(node.text.as_bytes()).as_ref(), Ok(node), "the text of a node says something else than the node");
    match (&node.value, lax) {
        (Value::Null, Lax::Null) => {}
        (Value::Bool(ours), Lax::Bool(theirs)) => assert_eq!(ours, theirs),
        (Value::Number(text), Lax::Number(number)) => assert_number(node, text, number),
        (Value::String(ours), Lax::String(theirs)) => {
            assert_eq!(ours, theirs);
            assert_eq!(parse(quote(ours).as_bytes()).unwrap().as_str(), Some(theirs.as_str()));
            assert_eq!(serde_json::from_str::<String>(&quote(ours)).unwrap(), *theirs);
        }
        (Value::Array(ours), Lax::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len());
            ours.iter().zip(theirs).for_each(|(ours, theirs)| assert_node(ours, theirs));
        }
        (Value::Object(ours), Lax::Object(_)) => assert_object(ours, lax),
        (ours, theirs) => panic!("{ours:?} is not {theirs:?}"),
    }
}

/// Asserts that `object` has the members of `lax`, in their order.
///
/// # Panics
/// If it has not.
pub fn assert_object(object: &Object<'_>, lax: &Lax) {
    let Lax::Object(theirs) = lax else { panic!("{object:?} is not {lax:?}") };
    assert_eq!(object.members().len(), theirs.len());
    for (ours, (key, theirs)) in object.members().iter().zip(theirs) {
        assert_eq!(ours.key, *key);
        assert_eq!(parse(ours.key_text.as_bytes()).unwrap().as_str(), Some(key.as_str()));
        assert_eq!(object.get(key), Some(&ours.node));
        assert_node(&ours.node, theirs);
    }
}

fn assert_number(node: &Node<'_>, text: &str, number: &Number) {
    assert_eq!(node.text, text);
    let (ours, theirs): (f64, f64) = (text.parse().unwrap(), number.as_f64().unwrap());
    assert!(ours.abs() <= LARGEST);
    // `serde_json` may err in the last bit, and in more of them where numbers vanish.
    assert!((ours - theirs).abs() <= ours.abs() * 1e-15 || ours.abs() < 1e-300, "{text} is not {theirs}");
    // As a number, -0 is a fraction to serde_json and 0 to us.
    if let Some(integer) = node.as_integer().filter(|integer| *integer != 0) {
        assert_eq!(number.as_i64(), Some(integer));
    }
}

fn assert_refusal(refused: Unreadable, bytes: &[u8], lax: Option<&Lax>) {
    assert!(refused.at <= bytes.len(), "{refused} is outside");
    if let Ok(text) = std::str::from_utf8(bytes) {
        let (line, column) = refused.position(text);
        assert!(line >= 1 && column >= 1);
    }
    let Some(lax) = lax else { return };
    match refused.fault {
        Fault::DuplicateKey => assert!(lax.repeats_a_key()),
        Fault::TooDeep => assert!(lax.depth() > MAX_DEPTH),
        Fault::NumberOverflows => assert!(lax.largest() >= LARGEST),
        fault => panic!("everybody accepts what we refuse: {fault}"),
    }
}
