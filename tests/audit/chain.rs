//! Links, anchors and marks: their form, and what they hold for.

use serde_json::json;
use tollgate::ledger::{ChainKeys, ExportLine, Link, Mark, Millis};
use tollgate::wire::seal::SealKeys;

use crate::sample::{BOTH, EXPORT, EXPORTED_AT, FIRST, LEDGER, entries, keys, written};

const ANCHOR: &str = "k1.7be65cb2465ed6030cb3d6b303b51a99a3a9393649a4adb5a2b38711661e5c2c";
const ONE: &str = "k1.5ea98dfd10480e4e5a576a0edd3ccbd0d141b82a32187fe2615443584e9f0111";
const TWO: &str = "k1.66caa4f9af0242a2729588420bc6d62ad05c9e9777da33e335802a5719cccc69";

#[test]
fn the_forms_that_are_stored() {
    let keys = keys(FIRST);
    let anchor = keys.anchor(LEDGER);
    assert_eq!(anchor.to_string(), ANCHOR);
    let one = keys.link(&anchor, entries()[0]);
    assert_eq!(one.to_string(), ONE);
    assert_eq!(keys.link(&one, entries()[1]).to_string(), TWO);
    let mark = keys.mark(LEDGER, 1, one, EXPORTED_AT);
    assert_eq!(
        json!(mark),
        json!({ "ledger": LEDGER, "seq": 1, "mac": ONE, "at": 1_790_000_090_000_u64, "signature": "k1.ce03b43e83ad390998346576d476d08c1c326982eb03d941d6f39e7e3a95bf90" })
    );
}

#[test]
fn a_whole_export_to_the_byte() {
    let (before, after) = (keys(FIRST), keys(BOTH));
    let mut mac = before.anchor(LEDGER);
    let mut lines = vec![ExportLine::Begin(after.mark(LEDGER, 0, mac.clone(), EXPORTED_AT))];
    for (number, text) in entries().into_iter().enumerate() {
        let keys = if number < 3 { &before } else { &after };
        mac = keys.link(&mac, text);
        lines.push(ExportLine::Entry { mac: Some(mac.clone()), text });
    }
    lines.push(ExportLine::End(after.mark(LEDGER, 6, mac, EXPORTED_AT)));
    assert_eq!(written(&lines), EXPORT);
    assert!(EXPORT.lines().map(ExportLine::read).eq(lines.into_iter().map(Some)));
}

#[test]
fn a_link_holds_for_one_entry_after_one_other() {
    let keys = keys(FIRST);
    let (anchor, elsewhere) = (keys.anchor(LEDGER), keys.anchor("g_0"));
    let link = keys.link(&anchor, "{}");
    assert!(keys.follows(&anchor, "{}", &link));
    assert!(!keys.follows(&anchor, "{ }", &link));
    assert!(!keys.follows(&elsewhere, "{}", &link));
    assert!(keys.is_anchor(&anchor, LEDGER) && !keys.is_anchor(&elsewhere, LEDGER) && !keys.is_anchor(&link, LEDGER));
}

#[test]
fn the_newest_key_makes_and_each_recognises_its_own() {
    let (before, after) = (keys(FIRST), keys(BOTH));
    let anchor = before.anchor(LEDGER);
    let link = after.link(&anchor, "{}");
    assert_eq!((anchor.key(), link.key()), ("k1", "k2"));
    assert!(after.is_anchor(&anchor, LEDGER) && after.follows(&anchor, "{}", &link));
    assert!(!before.know(&link) && !before.follows(&anchor, "{}", &link));
    let renamed = Link::read(&link.to_string().replace("k2.", "k1.")).unwrap();
    assert!(after.know(&renamed) && !after.follows(&anchor, "{}", &renamed));
    assert!(ChainKeys::of(vec![]).is_none());
}

#[test]
fn a_mark_holds_as_it_was_signed() {
    let keys = keys(BOTH);
    let mark = keys.mark(LEDGER, 6, keys.anchor(LEDGER), Millis(7));
    assert!(keys.is_signed(&mark));
    let renamed = Link::read(&mark.mac.to_string().replace("k2.", "k1.")).unwrap();
    for touched in [
        Mark { ledger: format!("{LEDGER}0"), ..mark.clone() },
        Mark { seq: 7, ..mark.clone() },
        Mark { mac: keys.anchor("g_0"), ..mark.clone() },
        Mark { mac: renamed, ..mark.clone() },
        Mark { at: Millis(6), ..mark.clone() },
        Mark { signature: mark.mac.clone(), ..mark.clone() },
    ] {
        assert!(!keys.is_signed(&touched), "{touched:?}");
    }
}

#[test]
fn a_link_has_one_form() {
    let digits = "0f".repeat(32);
    assert_eq!(Link::read(&format!("k1.{digits}")).unwrap().to_string(), format!("k1.{digits}"));
    let upper = digits.to_uppercase();
    for wrong in [
        "",
        "k1",
        &digits,
        &format!(".{digits}"),
        &format!("k1.{upper}"),
        &format!("k1.{digits}0f"),
        &format!("k-1.{digits}"),
    ] {
        assert!(Link::read(wrong).is_none(), "{wrong}");
    }
    assert!(serde_json::from_value::<Link>(json!("k1.0f")).is_err());
}

#[test]
fn keys_for_other_purposes_are_other_keys() {
    let keys = SealKeys::parse(BOTH).unwrap();
    let [one, other] = ["tollgate audit", "another"].map(|purpose| keys.derived(purpose).unwrap());
    assert_eq!(one.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["k2", "k1"]);
    assert!(one.iter().zip(&other).all(|((_, one), (_, other))| one != other));
}

#[test]
fn who_looks_back_may_have_more_keys_than_are_live() {
    let three = format!("k3.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8,{BOTH}");
    assert!(SealKeys::parse(&three).is_err());
    assert_eq!(SealKeys::parse_any_number(&three).unwrap().derived(ChainKeys::PURPOSE).unwrap().len(), 3);
    assert!(SealKeys::parse_any_number(&format!("{three},{FIRST}")).is_err(), "one id, twice");
}
