//! A head that many ask: how many questions a second, and how old what they know may be.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use tollgate::ledger::{Crowd, Millis};

/// When all of it begins.
const BEGUN: u64 = 1_790_000_000_000;

/// Ledgers that ask when what they know is half as old as it may be, as busy ones do. Gives the most questions in one second,
/// after a while, and the longest time for which an answer was good.
fn busy(ledgers: u64) -> (u64, u64) {
    const MINUTE: u64 = 60_000;
    let mut crowd = Crowd::default();
    // They wake up within two seconds.
    let mut asking: BTreeMap<u64, u64> = BTreeMap::new();
    for ledger in 0..ledgers {
        *asking.entry(ledger * 2_000 / ledgers).or_default() += 1;
    }
    let (mut questions, mut longest) = (BTreeMap::<u64, u64>::new(), 0);
    while let Some((now, askers)) = asking.pop_first() {
        if now > 4 * MINUTE {
            break;
        }
        for _ in 0..askers {
            let good_for = crowd.asked(Millis(BEGUN + now));
            *asking.entry(now + good_for / 2).or_default() += 1;
            if now > 2 * MINUTE {
                *questions.entry(now / 1_000).or_default() += 1;
                longest = longest.max(good_for);
            }
        }
    }
    (questions.into_values().max().unwrap(), longest)
}

#[test]
fn few_hear_of_a_change_within_two_seconds() {
    for ledgers in [1, 20, 200] {
        let (most, longest) = busy(ledgers);
        assert_eq!(longest, 2_000, "{ledgers} ledgers");
        assert!(most <= ledgers + 1, "{ledgers} ledgers ask {most} times a second");
    }
}

#[test]
fn many_ask_less_often_and_never_all_at_once() {
    for (ledgers, bearable) in [(400, 300), (1_000, 300), (3_000, 300), (6_000, 600), (10_000, 1_000)] {
        let (most, longest) = busy(ledgers);
        assert!(most <= bearable, "{ledgers} ledgers ask {most} times a second");
        assert!(longest <= 30_000);
    }
}

#[test]
fn a_crowd_that_has_gone_is_forgotten_within_a_minute() {
    let mut crowd = Crowd::default();
    for question in 0..100_000 {
        crowd.asked(Millis(BEGUN + question / 10));
    }
    assert!(crowd.asked(Millis(BEGUN + 11_000)) > 10_000);
    assert_eq!(crowd.asked(Millis(BEGUN + 70_000)), 2_000);
}
