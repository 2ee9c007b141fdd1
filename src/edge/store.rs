//! The store: policies, servers and grants in KV, and what this isolate remembers of them.
//!
//! | key | value | metadata |
//! |---|---|---|
//! | `policy/{name}` | the policy document, byte for byte | `{"stamp"}` |
//! | `server/{name}` | the server's document, credentials included | `{"stamp"}` |
//! | `grant/{sha256 of token}` | [`Grant`] as JSON | |
//! | `grant-id/{id}` | the same | `{"server","policy","revoked"}` |
//! | `catalogue/{server}` | [`Catalogue`] as JSON, learnt from the origin | |

use std::rc::Rc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::kv::{KvError, KvStore};
use worker::{Context, Env, Error, Result, console_error};

use super::cache::{Cache, Remembered};
use super::clock;
use crate::policy::Edition;
use crate::registry::{Grant, Name, Server, Stamp, TokenHash};
use crate::wire::Catalogue;

/// Seconds for which KV answers from the memory of one place. The least that the platform takes.
const KV_CACHE_SECONDS: u64 = 30;

/// Items on one page of a list, at most; KV's own bound is 1,000.
pub(super) const MOST_ON_A_PAGE: u64 = 1_000;

thread_local! {
    static GRANTS: Cache<Grant> = const { Cache::new() };
    static SERVERS: Cache<Server> = const { Cache::new() };
    static EDITIONS: Cache<Edition> = const { Cache::new() };
    static CATALOGUES: Cache<Catalogue> = const { Cache::new() };
}

/// The KV namespace.
#[derive(Clone)]
pub(super) struct Store {
    kv: KvStore,
}

/// Which kind of document a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Policy,
    Server,
}

/// The metadata of a document.
#[derive(Serialize, Deserialize)]
struct DocumentMetadata {
    stamp: Stamp,
}

/// The metadata of a grant: enough to know what it uses without reading it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct GrantMetadata {
    pub(super) server: Name,
    pub(super) policy: Name,
    pub(super) revoked: bool,
}

/// One page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) cursor: Option<String>,
}

impl Kind {
    /// The key of a document, which is also the name of its head.
    pub(super) fn key(self, name: &Name) -> String {
        format!("{}{name}", self.prefix())
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Policy => "policy/",
            Self::Server => "server/",
        }
    }
}

impl Store {
    pub(super) fn open(env: &Env) -> Result<Self> {
        Ok(Self { kv: env.kv("CONFIG")? })
    }

    /// The live or dead grant of a token.
    pub(super) async fn grant(&self, token: &TokenHash, context: &Context) -> Result<Option<Rc<Grant>>> {
        let store = self.clone();
        let token = token.clone();
        remembered(&GRANTS, token.as_str().to_owned(), context, async move || store.read_grant(&token).await).await
    }

    /// The server of this name.
    pub(super) async fn server(&self, name: &Name, context: &Context) -> Result<Option<Rc<Server>>> {
        let store = self.clone();
        let name = name.clone();
        remembered(&SERVERS, name.as_str().to_owned(), context, async move || {
            let Some(document) = store.document(Kind::Server, &name).await? else { return Ok(None) };
            let server = Server::parse(document.as_bytes());
            server.map(Some).map_err(|_| Error::from(format!("the document of server {name} cannot be read")))
        })
        .await
    }

    /// The edition of a policy that is in force; a missing one is an edition too.
    pub(super) async fn edition(&self, name: &Name, context: &Context) -> Result<Rc<Edition>> {
        let store = self.clone();
        let name = name.clone();
        let edition = remembered(&EDITIONS, name.as_str().to_owned(), context, async move || {
            let document = store.document(Kind::Policy, &name).await?;
            Ok(Some(document.map_or(Edition::Missing, |document| Edition::of(document.as_bytes()))))
        });
        edition.await.map(|edition| edition.unwrap_or_else(|| Rc::new(Edition::Missing)))
    }

    /// Whether this isolate has met the token lately.
    pub(super) fn has_met(token: &TokenHash) -> bool {
        GRANTS.with(|grants| grants.holds(token.as_str(), clock::now()))
    }

    /// What is known of the tools of `server`.
    pub(super) async fn catalogue(&self, server: &Name, context: &Context) -> Result<Option<Rc<Catalogue>>> {
        let store = self.clone();
        let key = format!("catalogue/{server}");
        remembered(&CATALOGUES, server.as_str().to_owned(), context, async move || {
            parsed(store.kv.get(&key).cache_ttl(KV_CACHE_SECONDS).text().await?)
        })
        .await
    }

    /// Keeps and distributes the catalogue of `server`.
    pub(super) async fn put_catalogue(&self, server: &Name, catalogue: Catalogue) -> Result<Rc<Catalogue>> {
        let text = serde_json::to_string(&catalogue)?;
        let kept = CATALOGUES.with(|known| known.put(server.as_str(), catalogue, clock::now()));
        self.kv.put(&format!("catalogue/{server}"), text.as_str())?.execute().await?;
        Ok(kept)
    }

    /// What this isolate knows of the tools of `server`, grown by a page; none if the page is no news.
    pub(super) fn grown_catalogue(server: &Name, page: Catalogue) -> Option<Catalogue> {
        let now = clock::now();
        let known = CATALOGUES.with(|known| match known.get(server.as_str(), now) {
            Remembered::Fresh(known) | Remembered::Ageing(known) => Some(known),
            Remembered::Nothing => None,
        });
        let mut grown = known.as_deref().cloned().unwrap_or_default();
        (grown.add(page) || known.is_none()).then_some(grown)
    }

    /// A document as it is stored.
    pub(super) async fn document(&self, kind: Kind, name: &Name) -> Result<Option<String>> {
        Ok(self.kv.get(&kind.key(name)).cache_ttl(KV_CACHE_SECONDS).text().await?)
    }

    /// Distributes a document.
    pub(super) async fn put_document(&self, kind: Kind, name: &Name, document: &str, stamp: &Stamp) -> Result<()> {
        let metadata = DocumentMetadata { stamp: stamp.clone() };
        self.kv.put(&kind.key(name), document)?.metadata(metadata)?.execute().await?;
        forget(kind, name);
        Ok(())
    }

    /// Withdraws a document.
    pub(super) async fn delete_document(&self, kind: Kind, name: &Name) -> Result<()> {
        self.kv.delete(&kind.key(name)).await?;
        forget(kind, name);
        Ok(())
    }

    /// The names of all documents of a kind, with their stamps where the metadata has one.
    pub(super) async fn documents(
        &self,
        kind: Kind,
        limit: u64,
        cursor: Option<String>,
    ) -> Result<Page<(Name, Option<Stamp>)>> {
        let page = self.keys::<DocumentMetadata>(kind.prefix(), limit, cursor).await?;
        let named = |(name, metadata): (String, Option<DocumentMetadata>)| {
            Name::read(&name).map(|name| (name, metadata.map(|metadata| metadata.stamp)))
        };
        Ok(Page { items: page.items.into_iter().filter_map(named).collect(), cursor: page.cursor })
    }

    /// A grant by its id, read past the isolate's memory.
    pub(super) async fn grant_by_id(&self, id: &str) -> Result<Option<Grant>> {
        parsed(self.kv.get(&format!("grant-id/{id}")).text().await?)
    }

    /// Keeps a grant under its id and, while it lives, under its token.
    pub(super) async fn put_grant(&self, grant: &Grant) -> Result<()> {
        let text = serde_json::to_string(grant)?;
        let revoked = grant.revoked_at.is_some();
        let metadata = GrantMetadata { server: grant.server.clone(), policy: grant.policy.clone(), revoked };
        let by_token = format!("grant/{}", grant.token.as_str());
        GRANTS.with(|grants| grants.forget(grant.token.as_str()));
        if revoked {
            // First the door, then the record: a failure between the two leaves the grant shut.
            self.kv.delete(&by_token).await?;
        }
        self.kv.put(&format!("grant-id/{}", grant.id), text.as_str())?.metadata(metadata)?.execute().await?;
        if !revoked {
            self.kv.put(&by_token, text.as_str())?.execute().await?;
        }
        Ok(())
    }

    /// One page of grants: ids and what they use.
    pub(super) async fn grants(&self, limit: u64, cursor: Option<String>) -> Result<Page<(String, GrantMetadata)>> {
        let page = self.keys::<GrantMetadata>("grant-id/", limit, cursor).await?;
        let items = page.items.into_iter().filter_map(|(id, metadata)| metadata.map(|metadata| (id, metadata)));
        Ok(Page { items: items.collect(), cursor: page.cursor })
    }

    /// What every grant uses that is not revoked.
    pub(super) async fn uses(&self) -> Result<Vec<GrantMetadata>> {
        let mut uses = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.grants(MOST_ON_A_PAGE, cursor).await?;
            uses.extend(page.items.into_iter().map(|(_, metadata)| metadata).filter(|metadata| !metadata.revoked));
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(uses);
            }
        }
    }

    async fn read_grant(&self, token: &TokenHash) -> Result<Option<Grant>> {
        let key = format!("grant/{}", token.as_str());
        parsed(self.kv.get(&key).cache_ttl(KV_CACHE_SECONDS).text().await?)
    }

    async fn keys<M: DeserializeOwned>(
        &self,
        prefix: &str,
        limit: u64,
        cursor: Option<String>,
    ) -> Result<Page<(String, Option<M>)>> {
        let mut list = self.kv.list().prefix(prefix.to_owned()).limit(limit);
        if let Some(cursor) = cursor {
            list = list.cursor(cursor);
        }
        let answer = list.execute().await?;
        let mut items = Vec::with_capacity(answer.keys.len());
        for key in answer.keys {
            let name = key.name.strip_prefix(prefix).unwrap_or(&key.name).to_owned();
            // A key that somebody wrote by hand has no metadata, or none of ours.
            items.push((name, key.metadata.and_then(|metadata| serde_json::from_value(metadata).ok())));
        }
        Ok(Page { items, cursor: answer.cursor.filter(|_| !answer.list_complete) })
    }
}

fn forget(kind: Kind, name: &Name) {
    match kind {
        Kind::Policy => EDITIONS.with(|editions| editions.forget(name.as_str())),
        Kind::Server => SERVERS.with(|servers| servers.forget(name.as_str())),
    }
}

fn parsed<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| serde_json::from_str(&text).map_err(|error| KvError::from(error).into())).transpose()
}

/// The value under `key`: from memory while it is young enough, else from `read`.
async fn remembered<T: 'static>(
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
