//! Single cases, each with its numbers.

use tollgate::ledger::{
    Account, Algorithm, Charge, CounterKey, CounterName, Millis, Overrun, Receipt, Share, Span, Spent, Tally, Uses,
    Window,
};

/// A multiple of a minute.
const T: u64 = 1_800_000_000_000;

fn charge(name: &str, seconds: u64, max: u64) -> Charge {
    Charge {
        counter: CounterName::read(name).unwrap(),
        window: Window::of_seconds(seconds).unwrap(),
        algorithm: Algorithm::Sliding,
        share: Share::Grant,
        unit: None,
        cost: 1,
        max,
        shadow: false,
    }
}

fn of_session(id: &str, sessions: u32) -> Charge {
    Charge { share: Share::Session { id: Some(id.to_owned()), sessions }, ..charge("c", 60, 3) }
}

fn ask(account: &mut Account, charge: &Charge, at: u64) -> Result<Receipt, Overrun> {
    account.charge(std::slice::from_ref(charge), Millis(at))
}

#[test]
fn an_edit_of_max_keeps_the_count() {
    let mut account = Account::default();
    for _ in 0..3 {
        ask(&mut account, &charge("c", 60, 5), T).unwrap();
    }
    assert_eq!(ask(&mut account, &charge("c", 60, 2), T), Err(Overrun { limit: 0, retry_after: 60_000 }));
    let receipt = ask(&mut account, &charge("c", 60, 4), T).unwrap();
    assert_eq!(receipt.tallies, [Tally { remaining: 0, resets_in: 60_000 }]);
}

#[test]
fn the_longest_wait_of_all_refusing_limits_is_told() {
    let mut account = Account::default();
    let charges = [charge("short", 1, 1), charge("long", 60, 1)];
    account.charge(&charges, Millis(T)).unwrap();
    assert_eq!(account.charge(&charges, Millis(T + 400)), Err(Overrun { limit: 0, retry_after: 59_600 }));
}

#[test]
fn what_costs_more_than_there_ever_is_waits_for_the_end_of_time() {
    let dear = Charge { cost: 4, ..charge("c", 60, 3) };
    let charges = [charge("other", 60, 1), dear];
    let mut account = Account::default();
    assert_eq!(account.charge(&charges, Millis(T)), Err(Overrun { limit: 1, retry_after: u64::MAX - T }));
    assert_eq!(account.counters().count(), 0);
}

#[test]
fn a_fixed_window_ends_at_its_border_however_late_it_was_used() {
    let fixed = Charge { algorithm: Algorithm::Fixed, ..charge("c", 60, 1) };
    let mut account = Account::default();
    let receipt = ask(&mut account, &fixed, T + 59_990).unwrap();
    assert_eq!(receipt.tallies, [Tally { remaining: 0, resets_in: 10 }]);
    assert_eq!(ask(&mut account, &fixed, T + 59_999), Err(Overrun { limit: 0, retry_after: 1 }));
    assert!(ask(&mut account, &fixed, T + 60_000).is_ok(), "twice as much as `max` around a border");
}

/// What is told is in the clock's time, which has to come back to the account's first.
#[test]
fn a_clock_that_has_gone_back_waits_longer() {
    let mut account = Account::default();
    let receipt = ask(&mut account, &charge("c", 60, 2), T + 5000).unwrap();
    assert_eq!(receipt.tallies[0].resets_in, 60_000);
    let receipt = ask(&mut account, &charge("c", 60, 2), T).unwrap();
    assert_eq!((receipt.at, receipt.tallies[0].resets_in), (Millis(T + 5000), 65_000));
    assert_eq!(ask(&mut account, &charge("c", 60, 2), T), Err(Overrun { limit: 0, retry_after: 65_000 }));
}

#[test]
fn an_account_that_is_read_back_goes_on_from_its_last_use() {
    let mut account = Account::default();
    ask(&mut account, &charge("c", 60, 2), T + 5000).unwrap();
    let mut restored = Account::default();
    for (counter, uses) in account.counters() {
        restored.restore(counter.clone(), uses.clone());
    }
    assert_eq!(restored, account);
    assert_eq!(ask(&mut restored, &charge("c", 60, 2), T).unwrap().at, Millis(T + 5000));
}

/// Three that are active could stay so for ever, if the edit only kept out new ones.
#[test]
fn fewer_sessions_are_fewer_within_a_window() {
    let mut account = Account::default();
    for id in ["a", "b", "c"] {
        ask(&mut account, &of_session(id, 3), T).unwrap();
    }
    // From now on one may have a budget: the first in the order of keys, and the others share it.
    for (id, at) in [("b", T + 10_000), ("c", T + 20_000)] {
        let receipt = ask(&mut account, &of_session(id, 1), at).unwrap();
        assert_eq!(receipt.spent[0].counter.session(), Some("a"));
    }
    assert_eq!(ask(&mut account, &of_session("b", 1), T + 30_000), Err(Overrun { limit: 0, retry_after: 30_000 }));
    // When the first is idle, another is: here the one that asks, since a window later nothing else counts.
    let receipt = ask(&mut account, &of_session("c", 1), T + 80_000).unwrap();
    assert_eq!(receipt.spent[0].counter.session(), Some("c"));
}

#[test]
fn what_belongs_to_no_session_has_a_budget_beside_theirs() {
    let mut account = Account::default();
    let of_none = Charge { share: Share::Session { id: None, sessions: 1 }, ..charge("c", 60, 3) };
    for _ in 0..3 {
        ask(&mut account, &of_session("a", 1), T).unwrap();
        ask(&mut account, &of_none, T).unwrap();
    }
    assert!(ask(&mut account, &of_session("b", 1), T).is_err());
    assert!(ask(&mut account, &of_none, T).is_err());
}

/// Else what was used would be forgotten by a clock that was wrong for a moment.
#[test]
fn a_clock_that_jumps_ahead_lets_nothing_be_swept() {
    let mut account = Account::default();
    ask(&mut account, &charge("c", 60, 1), T).unwrap();
    assert!(account.sweep().is_empty());
    assert!(ask(&mut account, &charge("c", 60, 1), T + 1).is_err());
    ask(&mut account, &charge("other", 60, 1), T + 60_000).unwrap();
    let swept: Vec<String> = account.sweep().iter().map(ToString::to_string).collect();
    assert_eq!(swept, ["c 60s sliding calls"]);
}

#[test]
fn a_refund_takes_from_the_window_charged_and_from_nothing_else() {
    let mut account = Account::default();
    let first = ask(&mut account, &charge("c", 60, 5), T).unwrap();
    ask(&mut account, &charge("c", 60, 5), T + 30_000).unwrap();
    let used = |account: &Account| account.used(&first.spent[0].counter, Millis(T + 30_000)).0;
    account.give_back(&first.spent, first.at);
    assert_eq!(used(&account), 1);
    let grains: Vec<usize> = account.counters().map(|(_, uses)| uses.to_hex().len() / 32).collect();
    assert_eq!(grains, [1], "nothing is remembered of what was given back");
    // Whoever gives back twice, or what is not known, takes nothing from others.
    let unknown = Spent { counter: CounterKey::read("x 1s fixed calls").unwrap(), ..first.spent[0].clone() };
    let dear = Spent { units: 100, ..first.spent[0].clone() };
    account.give_back(&[unknown, dear], first.at);
    assert_eq!(used(&account), 1);
}

/// Whatever `max` is: a call in each millisecond of a second, and at each multiple of a grain of a longer window and around it.
#[test]
fn memory_is_bounded() {
    let mut most = 0;
    for seconds in [1, 2, 3, 5, 7, 59, 60, 61, 63, 64, 65, 3600, 86_400, 2_678_399, 2_678_400] {
        for algorithm in [Algorithm::Sliding, Algorithm::Fixed] {
            let span = Span { window: Window::of_seconds(seconds).unwrap(), algorithm };
            let grain = span.window.millis() / 64;
            let mut uses = Uses::default();
            for many in 0..200 {
                for near in if seconds == 1 { (0..grain).collect() } else { vec![0, 1, grain - 1] } {
                    uses.record(span, Millis((T / grain + many) * grain + near), u64::MAX);
                    most = most.max(uses.to_hex().len());
                }
            }
        }
    }
    assert_eq!(most, Uses::MOST_GRAINS * 32);
}
