//! What an account promises, in a million random histories, each beside a log of every call.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

/// Says what was wrong, unless it holds.
macro_rules! holds {
    ($right:expr, $($what:tt)+) => {
        if !$right {
            return Err(format!($($what)+));
        }
    };
}

mod examples;
mod history;
mod log;
mod policy;
mod random;
mod twin;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use history::{STEPS, Trace, run};

/// Never over in any window, never refused much too long, never promised too little or too much; and the account that was
/// stored, swept and charged anew says the same as the one that was not. `HISTORIES` says how many, `SEED` from which on.
#[test]
fn a_million_histories() {
    let number = |name, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse::<u64>().unwrap());
    let (first, many) = (number("SEED", 1), number("HISTORIES", 1_000_000));
    let workers = thread::available_parallelism().unwrap().get();
    let failed = AtomicBool::new(false);
    thread::scope(|scope| {
        for worker in 0..workers {
            let failed = &failed;
            scope.spawn(move || {
                for seed in (first..first + many).skip(worker).step_by(workers) {
                    if failed.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Err(what) = outcome(seed, 0) {
                        failed.store(true, Ordering::Relaxed);
                        panic!("{}", told(seed, &what));
                    }
                }
            });
        }
    });
}

fn outcome(seed: u64, skipped: u64) -> Result<(), String> {
    // An overflow is a failure as well.
    catch_unwind(AssertUnwindSafe(|| run(seed, skipped, &mut Trace(None))))
        .unwrap_or_else(|_| Err("it panics".to_owned()))
}

/// The history without the steps that it fails without, too.
fn told(seed: u64, what: &str) -> String {
    let mut skipped = 0;
    for step in (0..STEPS).rev() {
        if outcome(seed, skipped | 1 << step).is_err() {
            skipped |= 1 << step;
        }
    }
    let mut trace = Trace(Some(vec![format!("SEED={seed} HISTORIES=1: {what}. In short:")]));
    let shortest = catch_unwind(AssertUnwindSafe(|| run(seed, skipped, &mut trace)));
    format!("{}\n{shortest:?}", trace.0.unwrap().join("\n"))
}
