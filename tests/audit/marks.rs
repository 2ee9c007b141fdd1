//! What was noted elsewhere, beside an export.

use serde_json::json;
use tollgate::audit::Fault;

use crate::sample::{BOTH, EXPORT, EXPORTED_AT, LEDGER, beside, entries, export, found, keys};

const LOG: &str = include_str!("marks.log");

#[test]
fn an_export_agrees_with_what_was_noted_of_it() {
    let verdict = beside(EXPORT.as_bytes(), Some(LOG));
    assert_eq!((found(&verdict), verdict.heads, verdict.earlier_heads), (vec![], 2, 0));
}

#[test]
fn an_older_export_ends_before_what_the_log_saw() {
    let older = export(&keys(BOTH), LEDGER, &entries()[..2], 0, 0);
    let verdict = beside(older.as_bytes(), Some(LOG));
    assert_eq!(found(&verdict), [(4, Fault::HeadLater("log:3".into())), (4, Fault::HeadLater("log:4".into()))]);
    assert_eq!(verdict.findings[0].seq, Some(3));
}

#[test]
fn another_chain_of_the_same_ledger_is_not_what_the_log_saw() {
    // As one with the key would write it.
    let rewritten = export(&keys(BOTH), LEDGER, &entries(), 0, 0);
    let verdict = beside(rewritten.as_bytes(), Some(LOG));
    assert_eq!(found(&verdict), [(4, Fault::HeadDiffers("log:3".into())), (7, Fault::HeadDiffers("log:4".into()))]);
}

#[test]
fn marks_of_before_the_export_and_of_other_ledgers_say_nothing() {
    let keys = keys(BOTH);
    let mark = |ledger: &str, seq| json!(keys.mark(ledger, seq, keys.anchor(ledger), EXPORTED_AT)).to_string();
    let log = format!("{}\n{}\n", mark(LEDGER, 1), mark("g_0", 4));
    let verdict = beside(export(&keys, LEDGER, &entries(), 0, 2).as_bytes(), Some(&log));
    assert_eq!((found(&verdict), verdict.heads, verdict.earlier_heads), (vec![], 0, 1));
}

#[test]
fn the_beginning_and_the_unchained_are_compared_too() {
    let keys = keys(BOTH);
    let log = |mac: &str, seq: u64| json!(keys.mark(LEDGER, seq, keys.anchor(mac), EXPORTED_AT)).to_string();
    let export = export(&keys, LEDGER, &entries(), 4, 2);
    for seq in [2, 3, 4] {
        assert_eq!(beside(export.as_bytes(), Some(&log(LEDGER, seq))).heads, 1);
        assert_eq!(found(&beside(export.as_bytes(), Some(&log(LEDGER, seq)))), []);
        let other = found(&beside(export.as_bytes(), Some(&log("g_0", seq))));
        assert_eq!(other, [(seq - 1, Fault::HeadDiffers("log:1".into()))]);
    }
}

#[test]
fn a_forged_mark_is_not_believed() {
    for (seq, line) in [(3, 4), (9, 8)] {
        let mut mark = keys(BOTH).mark(LEDGER, 2, keys(BOTH).anchor(LEDGER), EXPORTED_AT);
        mark.seq = seq;
        let verdict = beside(EXPORT.as_bytes(), Some(&json!({ "mark": mark }).to_string()));
        assert_eq!(found(&verdict), [(line, Fault::HeadForged("log:1".into()))]);
    }
}
