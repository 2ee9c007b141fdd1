//! Seals open only where they were made for, and only with a key that is live.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::rc::Rc;

use proptest::prelude::*;
use tollgate::wire::Holder;
use tollgate::wire::seal::{Binding, SealKeys};

const FIRST: &str = "k1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const SECOND: &str = "k2.ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";

fn holder(keys: &str, grant: &str, server: &str) -> Holder {
    Holder { keys: Rc::new(SealKeys::parse(keys).unwrap()), grant: grant.to_owned(), server: server.to_owned() }
}

#[test]
fn a_session_is_one_grants_at_one_server() {
    let shown = holder(FIRST, "g_1", "shop").begin("0123abcd", 1_800_000_000_000).unwrap();
    assert!(shown.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b','));
    assert_eq!(holder(FIRST, "g_1", "shop").open(&shown).unwrap().origin_id(), Some("0123abcd"));
    assert!(holder(FIRST, "g_2", "shop").open(&shown).is_none());
    assert!(holder(FIRST, "g_1", "other").open(&shown).is_none());
    assert!(holder(FIRST, "g_1s", "hop").open(&shown).is_none());
    assert!(holder(SECOND, "g_1", "shop").open(&shown).is_none());
    assert!(holder(FIRST, "g_1", "shop").open("0123abcd").is_none());
}

#[test]
fn a_request_is_one_sessions() {
    let holder = holder(FIRST, "g_1", "shop");
    let [one, other] = ["a", "b"].map(|id| holder.open(&holder.begin(id, 0).unwrap()).unwrap());
    let seal = one.seal_request("7").unwrap();
    assert_eq!(one.open_request(&seal).unwrap(), "7");
    assert!(other.open_request(&seal).is_none());
    assert!(holder.open(&seal).is_none(), "a request is no session");
}

#[test]
fn the_key_before_this_one_still_opens() {
    let before = holder(FIRST, "g_1", "shop").begin("s", 0).unwrap();
    let rotated = holder(&format!("{SECOND},{FIRST}"), "g_1", "shop");
    assert!(rotated.open(&before).is_some());
    assert!(rotated.begin("s", 0).unwrap().starts_with("k2."));
}

#[test]
fn a_secret_of_another_form_is_no_key() {
    let three = format!("{FIRST},{SECOND},k3.ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8");
    let twice = format!("{FIRST},{FIRST}");
    for bad in ["", "k1", "k1.", "k1.AAEC", ".AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", &three, &twice] {
        assert!(SealKeys::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_form_of_a_seal() {
    let keys = SealKeys::parse(FIRST).unwrap();
    let seal = keys.seal(Binding { purpose: "session", parts: &["g_1", "shop"] }, b"value").unwrap();
    assert_eq!(seal, "k1.Rb_NxoA__KBNoexFEykr09We8VEeQtyTI4cmEL1i3sx3any2BFmzCqvG9bPd");
}

proptest! {
    #[test]
    fn a_seal_that_was_touched_does_not_open(value in ".{0,40}", place in 0usize..200, byte in any::<u8>()) {
        let keys = SealKeys::parse(FIRST).unwrap();
        let binding = Binding { purpose: "session", parts: &["g_1"] };
        let seal = keys.seal(binding, value.as_bytes()).unwrap();
        prop_assert_eq!(keys.open(binding, &seal).unwrap(), value.as_bytes());
        let mut touched = seal.clone().into_bytes();
        let place = place % touched.len();
        touched[place] = byte;
        if let Ok(touched) = String::from_utf8(touched) && touched != seal {
            prop_assert!(keys.open(binding, &touched).is_none());
        }
    }
}
