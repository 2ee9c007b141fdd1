//! What is known of origins' tools, in the store. It is used for as long as it is remembered, without another look: where
//! it is wrong the origin refuses, before it runs anything, and is asked again.

use std::cell::RefCell;
use std::rc::Rc;

use worker::Result;

use super::memory::{Cache, Remembered};
use super::{Store, parsed};
use crate::edge::clock;
use crate::registry::Name;
use crate::wire::Catalogue;

/// Bytes of a list that is kept word for word: twenty times that of mcp-django.
const LONGEST_LEARNT: usize = 400 * 1024;

thread_local! {
    static CATALOGUES: Cache<Catalogue> = const { Cache::new() };
    /// The list that was read last, word for word, and whose it is.
    static LEARNT: RefCell<Option<(Name, String)>> = const { RefCell::new(None) };
}

impl Store {
    /// What is known of the tools of `server`.
    pub(in crate::edge) async fn catalogue(&self, server: &Name) -> Result<Option<Rc<Catalogue>>> {
        match CATALOGUES.with(|known| known.get(server.as_str(), clock::now())) {
            Remembered::Fresh(known) | Remembered::Ageing(known) => Ok(Some(known)),
            Remembered::Nothing => {
                let stored = parsed(self.remembered(&key(server)).await?)?;
                Ok(stored.map(|catalogue| Self::keep_catalogue(server, catalogue)))
            }
        }
    }

    /// Whether `list` is what the tools of `server` were last learnt from, as long as they are remembered.
    pub(in crate::edge) fn has_learnt(server: &Name, list: &str) -> bool {
        CATALOGUES.with(|known| known.holds(server.as_str(), clock::now()))
            && LEARNT.with_borrow(|learnt| learnt.as_ref().is_some_and(|(of, last)| of == server && last == list))
    }

    /// Remembers what the tools of `server` were learnt from.
    pub(in crate::edge) fn keep_learnt(server: &Name, list: String) {
        LEARNT.set((list.len() <= LONGEST_LEARNT).then(|| (server.clone(), list)));
    }

    /// Remembers the catalogue of `server` in this isolate.
    pub(in crate::edge) fn keep_catalogue(server: &Name, catalogue: Catalogue) -> Rc<Catalogue> {
        CATALOGUES.with(|known| known.put(server.as_str(), catalogue, clock::now()))
    }

    /// Distributes the catalogue of `server`.
    pub(in crate::edge) async fn put_catalogue(&self, server: &Name, catalogue: &Catalogue) -> Result<()> {
        self.keep(&key(server), &serde_json::to_string(catalogue)?).await
    }
}

fn key(server: &Name) -> String {
    format!("catalogue/{server}")
}
