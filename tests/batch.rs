//! What waits in an isolate: how it is numbered, folded, bounded and handed over.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tollgate::ledger::Batch;

/// A record of so many bytes.
fn record(bytes: usize) -> String {
    let around = r#"{"x":""}"#.len();
    format!(r#"{{"x":"{}"}}"#, "a".repeat(bytes - around))
}

#[test]
fn alike_denials_are_counted_in_the_last_that_has_a_record_of_its_own() {
    let mut batch = Batch::default();
    let mut rows = 0;
    for at in 1..=500 {
        if !batch.fold("denied", at) {
            batch.add(format!(r#"{{"n":{at}}}"#));
            rows += 1;
        }
    }
    assert!(!batch.fold("another kind", 501), "it is counted by itself");
    let taken = batch.take();
    assert_eq!((rows, taken.len()), (8, 8));
    assert_eq!((taken[0].as_str(), taken[7].as_str()), (r#"{"n":1}"#, r#"{"n":8,"count":493,"until":500}"#));
    assert!(!batch.fold("denied", 502), "the next batch begins anew");
}

#[test]
fn a_number_that_was_not_used_is_given_to_another_record() {
    let mut batch = Batch::default();
    let numbers: Vec<u64> = (0..3).map(|_| batch.number()).collect();
    batch.unnumber(2);
    assert_eq!((numbers, batch.number(), batch.number()), (vec![1, 2, 3], 2, 4));
}

#[test]
fn no_more_is_handed_over_at_once_than_a_ledger_takes() {
    let mut batch = Batch::default();
    for _ in 0..8 {
        batch.add(record(100_000));
    }
    batch.add(record(3_000_000));
    assert!(batch.is_full(), "by its bytes");
    let parts: Vec<usize> = std::iter::from_fn(|| Some(batch.take().len()).filter(|taken| *taken > 0)).collect();
    assert_eq!(parts, vec![5, 3, 1], "a record that is longer goes alone");
    assert!(batch.is_empty());
}

#[test]
fn what_nobody_takes_is_bounded_in_number_and_in_bytes_and_what_is_put_back_comes_first() {
    let mut batch = Batch::default();
    for n in 0..2_000 {
        batch.add(format!(r#"{{"n":{n}}}"#));
    }
    let first = batch.take();
    assert_eq!((first.len(), first[0].as_str()), (1_024, r#"{"n":976}"#));
    batch.add(record(20));
    batch.put_back(first);
    let again = batch.take();
    assert_eq!((again[0].as_str(), again[1_024].as_str()), (r#"{"n":976}"#, record(20).as_str()));
    for _ in 0..100 {
        batch.add(record(100_000));
    }
    let bytes: usize = std::iter::from_fn(|| Some(batch.take()).filter(|taken| !taken.is_empty()))
        .flatten()
        .map(|text| text.len())
        .sum();
    assert!(bytes <= 4 * 1_024 * 1_024, "{bytes} bytes");
}
