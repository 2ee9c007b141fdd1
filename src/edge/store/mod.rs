//! The store: policies, servers and grants in KV, and what this isolate remembers of them.
//!
//! | key | value | metadata |
//! |---|---|---|
//! | `policy/{name}` | the policy document, byte for byte | `{"stamp"}` |
//! | `server/{name}` | the server's document, credentials included | `{"stamp"}` |
//! | `grant/{sha256 of token}` | a grant as JSON | |
//! | `grant-id/{id}` | the same | `{"server","policy","revoked"}` |
//! | `catalogue/{server}` | a catalogue as JSON, learnt from the origin | |

mod catalogues;
mod documents;
mod grants;
mod memory;

pub(super) use documents::Kind;
pub(super) use grants::GrantMetadata;

use serde::de::DeserializeOwned;
use worker::kv::{KvError, KvStore};
use worker::{Env, Result};

/// Seconds for which KV answers from the memory of one place. The least that the platform takes.
const KV_CACHE_SECONDS: u64 = 30;

/// Items on one page of a list, at most; KV's own bound is 1,000.
pub(super) const MOST_ON_A_PAGE: u64 = 1_000;

/// The KV namespace, which is opened only when something must be read or written.
#[derive(Clone)]
pub(super) struct Store {
    env: Env,
}

/// One page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) cursor: Option<String>,
}

impl Store {
    pub(super) fn of(env: &Env) -> Self {
        Self { env: env.clone() }
    }

    fn kv(&self) -> Result<KvStore> {
        self.env.kv("CONFIG")
    }

    async fn keys<M: DeserializeOwned>(
        &self,
        prefix: &str,
        limit: u64,
        cursor: Option<String>,
    ) -> Result<Page<(String, Option<M>)>> {
        let mut list = self.kv()?.list().prefix(prefix.to_owned()).limit(limit);
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

fn parsed<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| serde_json::from_str(&text).map_err(|error| KvError::from(error).into())).transpose()
}
