//! What an export holds that nobody has touched.

use tollgate::audit::{Gap, Span};
use tollgate::ledger::Millis;

use crate::sample::{BOTH, EXPORT, FIRST, LEDGER, entries, export, found, keys, verdict, written};

#[test]
fn a_whole_export_holds() {
    let verdict = verdict(EXPORT.as_bytes());
    assert_eq!(found(&verdict), []);
    assert!(verdict.holds());
    assert_eq!((verdict.entries, verdict.records, verdict.after), (6, 8, 0));
    assert_eq!(verdict.ledger.unwrap(), LEDGER);
    assert!(verdict.keys.iter().eq(["k1", "k2"]));
    let span = Span { from: (1, Millis(1_790_000_000_000)), to: (6, Millis(1_790_000_071_000)) };
    assert_eq!(verdict.span, Some(span));
    assert_eq!(verdict.gaps, [Gap { isolate: "12ab34cd".to_owned(), from: 2, to: 2 }]);
    assert_eq!((verdict.uncovered_to, verdict.heads, verdict.earlier_heads), (None, 0, 0));
}

#[test]
fn the_newline_of_the_last_line_may_be_missing() {
    assert!(verdict(EXPORT.trim_end().as_bytes()).holds());
}

#[test]
fn an_export_may_begin_after_any_entry_and_may_be_empty() {
    let keys = keys(FIRST);
    let entries = entries();
    for after in 0..=5 {
        let verdict = verdict(export(&keys, LEDGER, &entries, 0, after).as_bytes());
        assert_eq!((found(&verdict), verdict.after, verdict.entries), (vec![], after, 6 - after));
    }
    let end = EXPORT.lines().last().unwrap();
    let nothing = written(&[&end.replace("\"end\"", "\"begin\""), end]);
    let verdict = verdict(nothing.as_bytes());
    assert_eq!((found(&verdict), verdict.entries, verdict.span), (vec![], 0, None));
}

#[test]
fn entries_older_than_the_chain_are_said_not_to_be_covered() {
    let keys = keys(BOTH);
    for after in 0..=3 {
        let export = export(&keys, LEDGER, &entries(), 3, after);
        let verdict = verdict(export.as_bytes());
        assert_eq!((found(&verdict), verdict.uncovered_to), (vec![], (after < 3).then_some(3)));
    }
    let none_covered = export(&keys, LEDGER, &entries(), 6, 0);
    assert_eq!(verdict(none_covered.as_bytes()).uncovered_to, Some(6));
}

#[test]
fn a_key_that_is_no_longer_here_is_named() {
    let three = export(&keys("k3.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8"), LEDGER, &entries(), 0, 0);
    let verdict = verdict(three.as_bytes());
    assert_eq!(verdict.findings.len(), 8);
    assert!(verdict.findings.iter().all(|finding| finding.fault.kind() == "unknown_key"));
}
