//! What is known of origins' tools, in the store.

use std::rc::Rc;

use worker::{Context, Result};

use super::memory::{Cache, Remembered, remembered};
use super::{KV_CACHE_SECONDS, Store, parsed};
use crate::edge::clock;
use crate::registry::Name;
use crate::wire::Catalogue;

thread_local! {
    static CATALOGUES: Cache<Catalogue> = const { Cache::new() };
}

impl Store {
    /// What is known of the tools of `server`.
    pub(in crate::edge) async fn catalogue(&self, server: &Name, context: &Context) -> Result<Option<Rc<Catalogue>>> {
        let store = self.clone();
        let key = format!("catalogue/{server}");
        remembered(&CATALOGUES, server.as_str().to_owned(), context, async move || {
            parsed(store.kv.get(&key).cache_ttl(KV_CACHE_SECONDS).text().await?)
        })
        .await
    }

    /// Keeps and distributes the catalogue of `server`.
    pub(in crate::edge) async fn put_catalogue(&self, server: &Name, catalogue: Catalogue) -> Result<Rc<Catalogue>> {
        let text = serde_json::to_string(&catalogue)?;
        let kept = CATALOGUES.with(|known| known.put(server.as_str(), catalogue, clock::now()));
        self.kv.put(&format!("catalogue/{server}"), text.as_str())?.execute().await?;
        Ok(kept)
    }

    /// What this isolate knows of the tools of `server`, grown by a page; none if the page is no news.
    pub(in crate::edge) fn grown_catalogue(server: &Name, page: Catalogue) -> Option<Catalogue> {
        let now = clock::now();
        let known = CATALOGUES.with(|known| match known.get(server.as_str(), now) {
            Remembered::Fresh(known) | Remembered::Ageing(known) => Some(known),
            Remembered::Nothing => None,
        });
        let mut grown = known.as_deref().cloned().unwrap_or_default();
        (grown.add(page) || known.is_none()).then_some(grown)
    }
}
