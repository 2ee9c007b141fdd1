//! What an isolate remembers of the store.
//!
//! KV is eventual anyway; this adds a bounded age to it. What is younger than [`FRESH`] is used as it is; up to
//! [`USABLE`] it is used while somebody reads it anew off the path; past that it is not used at all, and the request
//! waits for the store or is refused.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::thread::LocalKey;

use worker::{Result, console_error};

use crate::edge::clock;
use crate::edge::context::Context;
use crate::ledger::Millis;

/// Milliseconds for which nobody looks again.
const FRESH: u64 = 5_000;
/// Milliseconds after which it is not believed any more.
const USABLE: u64 = 30_000;
/// How many entries are kept. An isolate has 128 MB.
const MOST: usize = 10_000;

/// Values by key, with the time at which each was read.
pub(super) struct Cache<T> {
    entries: Entries,
    of: PhantomData<T>,
}

/// The same of values of any type: what is done with them is compiled once.
struct Entries {
    entries: RefCell<BTreeMap<String, Entry>>,
}

struct Entry {
    value: Rc<dyn Any>,
    read_at: Millis,
    refresh_begun: Option<Millis>,
}

/// What is remembered under a key.
pub(super) enum Remembered<T: ?Sized> {
    /// Use it.
    Fresh(Rc<T>),
    /// Use it, and read it anew after the answer has gone: nobody else is doing so.
    Ageing(Rc<T>),
    /// Ask the store.
    Nothing,
}

impl<T: 'static> Cache<T> {
    pub(super) const fn new() -> Self {
        Self { entries: Entries { entries: RefCell::new(BTreeMap::new()) }, of: PhantomData }
    }

    pub(super) fn get(&self, key: &str, now: Millis) -> Remembered<T> {
        // Nothing else is ever put into it than a value of this type.
        match self.entries.get(key, now) {
            Remembered::Fresh(value) => value.downcast().map_or(Remembered::Nothing, Remembered::Fresh),
            Remembered::Ageing(value) => value.downcast().map_or(Remembered::Nothing, Remembered::Ageing),
            Remembered::Nothing => Remembered::Nothing,
        }
    }

    /// Whether a usable value is remembered.
    pub(super) fn holds(&self, key: &str, now: Millis) -> bool {
        self.entries.entries.borrow().get(key).is_some_and(|entry| now.since(entry.read_at) < USABLE)
    }

    pub(super) fn put(&self, key: &str, value: T, now: Millis) -> Rc<T> {
        let value = Rc::new(value);
        self.entries.put(key, Rc::clone(&value) as Rc<dyn Any>, now);
        value
    }

    pub(super) fn forget(&self, key: &str) {
        self.entries.forget(key);
    }
}

impl Entries {
    fn get(&self, key: &str, now: Millis) -> Remembered<dyn Any> {
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

    fn put(&self, key: &str, value: Rc<dyn Any>, now: Millis) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= MOST && !entries.contains_key(key) {
            entries.retain(|_, entry| now.since(entry.read_at) < FRESH);
            if entries.len() >= MOST {
                entries.clear();
            }
        }
        entries.insert(key.to_owned(), Entry { value, read_at: now, refresh_begun: None });
    }

    fn forget(&self, key: &str) {
        self.entries.borrow_mut().remove(key);
    }

    /// Remembers what the store said at `now`: a value, or that there is none.
    fn keep(&self, key: &str, value: Option<&Rc<dyn Any>>, now: Millis) {
        match value {
            Some(value) => self.put(key, Rc::clone(value), now),
            None => self.forget(key),
        }
    }
}

/// The value under `key`: from memory while it is young enough, else from `read`.
pub(super) async fn remembered<T: 'static>(
    cache: &'static LocalKey<Cache<T>>,
    key: String,
    context: &Context,
    read: impl AsyncFnOnce() -> Result<Option<T>> + 'static,
) -> Result<Option<Rc<T>>> {
    let found = cache.with(|cache| cache.get(&key, clock::now()));
    if let Remembered::Fresh(value) = found {
        return Ok(Some(value));
    }
    let read: Reading = Box::pin(async move { Ok(read().await?.map(|value| Rc::new(value) as Rc<dyn Any>)) });
    let keep: Keep = Box::new(move |key, value, now| cache.with(|cache| cache.entries.keep(key, value, now)));
    if let Remembered::Ageing(value) = found {
        context.wait_until(refresh(key, read, keep));
        return Ok(Some(value));
    }
    let value = read.await?;
    keep(&key, value.as_ref(), clock::now());
    Ok(value.and_then(|value| value.downcast().ok()))
}

type Reading = Pin<Box<dyn Future<Output = Result<Option<Rc<dyn Any>>>>>>;
type Keep = Box<dyn Fn(&str, Option<&Rc<dyn Any>>, Millis)>;

async fn refresh(key: String, read: Reading, keep: Keep) {
    match read.await {
        Ok(value) => keep(&key, value.as_ref(), clock::now()),
        Err(error) => console_error!("refreshing {key}: {error}"),
    }
}
