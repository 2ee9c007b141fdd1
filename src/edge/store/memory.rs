//! What an isolate remembers of the store.
//!
//! KV is eventual anyway; this adds a bounded age to it. What is younger than [`FRESH`] is used as it is; up to
//! [`USABLE`] it is used while somebody reads it anew off the path; past that it is not used at all, and the request
//! waits for the store or is refused.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use worker::{Context, Result, console_error};

use crate::edge::clock;
use crate::ledger::Millis;

/// Milliseconds for which nobody looks again.
const FRESH: u64 = 5_000;
/// Milliseconds after which it is not believed any more.
const USABLE: u64 = 30_000;
/// How many entries are kept. An isolate has 128 MB.
const MOST: usize = 10_000;

/// Values by key, with the time at which each was read.
pub(super) struct Cache<T> {
    entries: RefCell<BTreeMap<String, Entry<T>>>,
}

struct Entry<T> {
    value: Rc<T>,
    read_at: Millis,
    refresh_begun: Option<Millis>,
}

/// What is remembered under a key.
pub(super) enum Remembered<T> {
    /// Use it.
    Fresh(Rc<T>),
    /// Use it, and read it anew after the answer has gone: nobody else is doing so.
    Ageing(Rc<T>),
    /// Ask the store.
    Nothing,
}

impl<T> Cache<T> {
    pub(super) const fn new() -> Self {
        Self { entries: RefCell::new(BTreeMap::new()) }
    }

    pub(super) fn get(&self, key: &str, now: Millis) -> Remembered<T> {
        let mut entries = self.entries.borrow_mut();
        let Some(entry) = entries.get_mut(key) else { return Remembered::Nothing };
        let age = now.since(entry.read_at);
        if age >= USABLE {
            return Remembered::Nothing;
        }
        let being_refreshed = entry.refresh_begun.is_some_and(|begun| now.since(begun) < FRESH);
        if age < FRESH || being_refreshed {
            return Remembered::Fresh(Rc::clone(&entry.value));
        }
        entry.refresh_begun = Some(now);
        Remembered::Ageing(Rc::clone(&entry.value))
    }

    /// Remembers what the store said at `now`: a value, or that there is none.
    pub(super) fn keep(&self, key: &str, value: Option<T>, now: Millis) -> Option<Rc<T>> {
        if value.is_none() {
            self.forget(key);
        }
        value.map(|value| self.put(key, value, now))
    }

    /// Whether a usable value is remembered.
    pub(super) fn holds(&self, key: &str, now: Millis) -> bool {
        self.entries.borrow().get(key).is_some_and(|entry| now.since(entry.read_at) < USABLE)
    }

    pub(super) fn put(&self, key: &str, value: T, now: Millis) -> Rc<T> {
        let value = Rc::new(value);
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= MOST && !entries.contains_key(key) {
            entries.retain(|_, entry| now.since(entry.read_at) < FRESH);
            if entries.len() >= MOST {
                entries.clear();
            }
        }
        entries.insert(key.to_owned(), Entry { value: Rc::clone(&value), read_at: now, refresh_begun: None });
        value
    }

    pub(super) fn forget(&self, key: &str) {
        self.entries.borrow_mut().remove(key);
    }
}

/// The value under `key`: from memory while it is young enough, else from `read`.
pub(super) async fn remembered<T: 'static>(
    cache: &'static std::thread::LocalKey<Cache<T>>,
    key: String,
    context: &Context,
    read: impl AsyncFnOnce() -> Result<Option<T>> + 'static,
) -> Result<Option<Rc<T>>> {
    let keep = move |key: &str, value| cache.with(|cache| cache.keep(key, value, clock::now()));
    match cache.with(|cache| cache.get(&key, clock::now())) {
        Remembered::Fresh(value) => Ok(Some(value)),
        Remembered::Ageing(value) => {
            context.wait_until(async move {
                match read().await {
                    Ok(value) => drop(keep(&key, value)),
                    Err(error) => console_error!("refreshing {key}: {error}"),
                }
            });
            Ok(Some(value))
        }
        Remembered::Nothing => Ok(keep(&key, read().await?)),
    }
}
