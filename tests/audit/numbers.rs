//! Numbers of isolates that are missing.

use crate::sample::{FIRST, LEDGER, export, keys, verdict};

/// The gaps that are seen in numbers of one isolate, one entry for each.
fn gaps(numbers: &[u64], after: u64) -> Vec<(u64, u64)> {
    let entries: Vec<String> = (1..)
        .zip(numbers)
        .map(|(seq, number)| {
            format!(r#"{{"seq":{seq},"at":1790000000000,"records":[{{"isolate":"9c01fe77","number":{number}}}]}}"#)
        })
        .collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let verdict = verdict(export(&keys(FIRST), LEDGER, &entries, 0, after).as_bytes());
    assert!(verdict.holds(), "missing numbers are no fault");
    verdict.gaps.iter().map(|gap| (gap.from, gap.to)).collect()
}

#[test]
fn numbers_may_come_in_any_order() {
    assert_eq!(gaps(&[1, 2, 3], 0), []);
    assert_eq!(gaps(&[3, 1, 2], 0), []);
    assert_eq!(gaps(&[2, 4, 1, 6, 3, 5], 0), []);
    assert_eq!(gaps(&[2, 2, 1, 1], 0), []);
}

#[test]
fn what_is_between_is_missing() {
    assert_eq!(gaps(&[1, 5, 3], 0), [(2, 2), (4, 4)]);
    assert_eq!(gaps(&[1, u64::MAX], 0), [(2, u64::MAX - 1)]);
}

#[test]
fn what_is_before_is_missing_only_where_the_export_has_the_beginning() {
    assert_eq!(gaps(&[4, 6], 0), [(1, 3), (5, 5)]);
    assert_eq!(gaps(&[1, 4, 6], 1), [(5, 5)]);
}
