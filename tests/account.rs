//! The sliding window against the simplest thing that is right: a log of every call with its time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use tollgate::ledger::{Admission, Charge, CounterName, Counters, Millis, Sliding, Window, charge};

fn charge_of(name: &str, seconds: u64, max: u64) -> Charge {
    Charge { counter: CounterName::read(name).unwrap(), window: Window::of_seconds(seconds).unwrap(), max }
}

/// How many of the logged times lie in the window that ends at `now`.
fn in_window(log: &[u64], window: u64, now: u64) -> u64 {
    log.iter().filter(|time| now - **time < window).count() as u64
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Never more than `max` in any window; never refused more than 1/64 of a window (and 1 ms) too long; the promised
    /// wait is enough, and not longer than that either.
    #[test]
    fn no_window_holds_more_than_max_and_nobody_waits_much_too_long(
        seconds in prop_oneof![Just(1u64), Just(2), Just(7), Just(60), Just(3600), 1u64..2_678_400],
        max in 1u64..30,
        // Each step as a share of the window, so that any window is crowded.
        steps in prop::collection::vec(0u64..300, 1..300),
    ) {
        let window = seconds * 1000;
        let slack = window / 64 + 1;
        let charges = [charge_of("c", seconds, max)];
        let mut counters = Counters::new();
        let mut log: Vec<u64> = Vec::new();
        let mut now = 1_800_000_000_000;
        for step in steps {
            now += step * window / 6_400;
            let before = in_window(&log, window, now);
            match charge(&charges, &mut counters, Millis(now)) {
                Admission::Admitted(tallies) => {
                    log.push(now);
                    prop_assert!(before < max, "{before} calls in the window, and one more was admitted");
                    prop_assert!(tallies[0].remaining < max - before);
                }
                Admission::Refused(overrun) => {
                    let long_ago = in_window(&log, window + slack, now);
                    prop_assert!(long_ago >= max, "refused with {before} calls in the window, {long_ago} in a little more");
                    let then = Millis(now + overrun.retry_after);
                    let mut later = counters.clone();
                    prop_assert!(matches!(charge(&charges, &mut later, then), Admission::Admitted(_)));
                    let mut sooner = counters.clone();
                    let just_before = Millis(now + overrun.retry_after - 1);
                    prop_assert!(matches!(charge(&charges, &mut sooner, just_before), Admission::Refused(_)));
                }
                Admission::Revoked => prop_assert!(false, "nobody revoked anything"),
            }
            let grains = counters.values().map(|counter| counter.to_bytes().len() / 16).max().unwrap_or(0);
            prop_assert!(grains <= Sliding::MOST_GRAINS, "{grains} grains");
        }
        // Every window that begins with a call, which are the fullest ones.
        for (index, start) in log.iter().enumerate() {
            let held = log[index..].iter().take_while(|time| **time - start < window).count() as u64;
            prop_assert!(held <= max, "{held} calls within one window");
        }
    }

    /// A clock that jumps, back too, never gives budget back.
    #[test]
    fn a_clock_that_jumps_gives_nothing_back(
        max in 1u64..10,
        times in prop::collection::vec(0u64..200_000, 1..100),
    ) {
        let charges = [charge_of("c", 60, max)];
        let mut counters = Counters::new();
        let mut log: Vec<u64> = Vec::new();
        for time in times {
            let now = 1_800_000_000_000 + time;
            if matches!(charge(&charges, &mut counters, Millis(now)), Admission::Admitted(_)) {
                // The ledger's time is that of its last admission at least.
                log.push(now.max(log.last().copied().unwrap_or(0)));
            }
        }
        for (index, start) in log.iter().enumerate() {
            let held = log[index..].iter().take_while(|time| **time - start < 60_000).count() as u64;
            prop_assert!(held <= max, "{held} calls within one window");
        }
    }

    /// Several limits: all are charged or none.
    #[test]
    fn all_limits_are_charged_or_none(
        first in 1u64..6, second in 1u64..6,
        steps in prop::collection::vec(0u64..20_000, 1..60),
    ) {
        let charges = [charge_of("first", 60, first), charge_of("second", 10, second)];
        let mut counters = Counters::new();
        let mut now = 1_800_000_000_000;
        for step in steps {
            now += step;
            let before = counters.clone();
            let refused = matches!(charge(&charges, &mut counters, Millis(now)), Admission::Refused(_));
            prop_assert_eq!(refused, before == counters, "a refusal changes nothing, an admission something");
        }
    }

    /// What is stored is what is read.
    #[test]
    fn the_stored_form_is_read_back(steps in prop::collection::vec(0u64..5_000, 0..100)) {
        let window = Window::of_seconds(60).unwrap();
        let mut counter = Sliding::default();
        let mut now = 1_800_000_000_000;
        for step in steps {
            now += step;
            counter.record(window, Millis(now), 1);
        }
        prop_assert_eq!(Sliding::from_bytes(&counter.to_bytes()).unwrap(), counter);
    }
}

#[test]
fn an_edit_of_max_keeps_the_count() {
    let mut counters = Counters::new();
    let now = Millis(1_800_000_000_000);
    for _ in 0..3 {
        assert!(matches!(charge(&[charge_of("c", 60, 5)], &mut counters, now), Admission::Admitted(_)));
    }
    let Admission::Refused(overrun) = charge(&[charge_of("c", 60, 2)], &mut counters, now) else {
        panic!("three are used, two allowed");
    };
    assert_eq!(overrun.retry_after, 60_000);
    assert!(matches!(charge(&[charge_of("c", 60, 4)], &mut counters, now), Admission::Admitted(_)));
}

#[test]
fn one_counter_that_stands_twice_is_charged_once() {
    let mut counters = Counters::new();
    let charges = [charge_of("c", 60, 2), charge_of("c", 60, 9)];
    for _ in 0..2 {
        assert!(matches!(charge(&charges, &mut counters, Millis(1)), Admission::Admitted(_)));
    }
    assert!(matches!(charge(&charges, &mut counters, Millis(1)), Admission::Refused(overrun) if overrun.limit == 0));
}

#[test]
fn the_longest_wait_of_all_refusing_limits_is_told() {
    let mut counters = Counters::new();
    let charges = [charge_of("short", 1, 1), charge_of("long", 60, 1)];
    assert!(matches!(charge(&charges, &mut counters, Millis(5_000)), Admission::Admitted(_)));
    let Admission::Refused(overrun) = charge(&charges, &mut counters, Millis(5_400)) else {
        panic!("both are used up");
    };
    assert_eq!((overrun.limit, overrun.retry_after), (0, 59_600));
}
