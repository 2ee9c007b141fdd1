//! Records on their way to the ledgers.
//!
//! A metered call's record goes with the call, and what waits for its grant goes along. Everything else waits in the isolate,
//! for a second or until there is a batch of it, and is handed over after the answer has gone. What an isolate has not handed
//! over when it ends is lost; the numbers of its records show the gap.

mod door;

pub(super) use door::{Stranger, turned_away};

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use worker::{Env, Result, console_error};

use super::context::Context;
use super::random::random;
use super::task::settled;
use super::{clock, ledger, platform};
use crate::hex;
use crate::ledger::{Batch, Millis};

/// Milliseconds for which a record waits for others.
const WAIT: u32 = 1_000;

/// Milliseconds after which a batch is not believed to be handed over any more: whoever was to do it has ended.
const OVERDUE: u64 = 3_000;

/// Of how many grants records may wait, or have been numbered. An isolate has 128 MB.
const MOST_GRANTS: usize = 10_000;

thread_local! {
    static WAITING: RefCell<BTreeMap<String, Grant>> = const { RefCell::new(BTreeMap::new()) };
}

/// What waits of one grant.
#[derive(Default)]
struct Grant {
    /// The name that this isolate has drawn for itself, before the grant; empty until it is needed.
    isolate: String,
    batch: Batch,
    /// When somebody began to wait for what goes with it.
    timer: Option<Millis>,
}

/// The records of one grant.
#[derive(Clone)]
pub(super) struct Trail {
    pub(super) env: Env,
    pub(super) context: Rc<Context>,
    /// The ledger's name.
    pub(super) ledger: String,
}

/// Who writes a record, and which one it is.
pub(super) struct Author {
    pub(super) isolate: String,
    pub(super) number: u64,
}

impl Trail {
    /// Numbers the next record.
    pub(super) fn author(&self) -> Result<Author> {
        self.waiting(|grant| {
            if grant.isolate.is_empty() {
                grant.isolate = hex::encode(&random::<4>()?);
            }
            Ok(Author { isolate: grant.isolate.clone(), number: grant.batch.number() })
        })
    }

    /// The record that was to have this number is not made.
    pub(super) fn unnumber(&self, author: &Author) {
        self.waiting(|grant| {
            if grant.isolate == author.isolate {
                grant.batch.unnumber(author.number);
            }
        });
    }

    /// Counts a denial with those of its kind, if there are many already.
    pub(super) fn folds(&self, kind: &str) -> bool {
        self.waiting(|grant| grant.batch.fold(kind, clock::now().0))
    }

    /// Writes a record down. No answer is held back because its record cannot be made.
    pub(super) fn write(&self, record: impl FnOnce(&Author) -> Result<String>) {
        match self.author().and_then(|author| record(&author)) {
            Ok(record) => self.add(record),
            Err(error) => console_error!("a request of {} is not written down: {error}", self.ledger),
        }
    }

    /// Adds a record, which is handed over after the answer.
    fn add(&self, record: String) {
        let now = clock::now();
        let (full, timed) = self.waiting(|Grant { batch, timer, .. }| {
            batch.add(record);
            let timed = timer.is_some_and(|since| now.since(since) < OVERDUE);
            if !timed {
                *timer = Some(now);
            }
            (batch.is_full(), timed)
        });
        let trail = self.clone();
        if full {
            self.context.wait_until(async move { trail.hand_over().await });
        } else if !timed {
            self.context.wait_until(async move {
                drop(settled(platform::pause(WAIT)).await);
                trail.waiting(|grant| grant.timer = None);
                trail.hand_over().await;
            });
        }
    }

    /// Takes what waits, as far as it makes a batch, to hand it over with a metered call.
    pub(super) fn take(&self) -> Vec<String> {
        self.waiting(|grant| grant.batch.take())
    }

    /// Puts back what was not handed over.
    pub(super) fn put_back(&self, records: Vec<String>) {
        self.waiting(|grant| grant.batch.put_back(records));
    }

    async fn hand_over(&self) {
        let mut more = true;
        while more {
            let records = self.take();
            // What comes while these are on their way waits for its own time.
            more = self.waiting(|grant| !grant.batch.is_empty());
            if records.is_empty() {
                return;
            }
            if let Err(error) = ledger::record(&self.env, &self.ledger, &records).await {
                // They go with what comes next.
                console_error!("{} records of {} wait on: {error}", records.len(), self.ledger);
                return self.put_back(records);
            }
        }
    }

    fn waiting<T>(&self, look: impl FnOnce(&mut Grant) -> T) -> T {
        WAITING.with_borrow_mut(|waiting| {
            if waiting.len() > MOST_GRANTS {
                // Whoever comes back has another name, and numbers from one.
                waiting.retain(|_, grant| !grant.batch.is_empty());
            }
            look(waiting.entry(self.ledger.clone()).or_default())
        })
    }
}
