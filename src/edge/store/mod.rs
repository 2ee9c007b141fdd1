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

pub(super) use documents::{Kind, Registered};
pub(super) use grants::GrantMetadata;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use worker::{Env, Error, Result};

use super::platform;
use super::task::settled;

/// Items on one page of a list, at most; KV's own bound is 1,000.
pub(super) const MOST_ON_A_PAGE: u32 = 1_000;

/// The KV namespace.
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

    /// The text under `key`, as this place of the platform remembers it.
    async fn remembered(&self, key: &str) -> Result<Option<String>> {
        Ok(settled(platform::kv_remembered(&self.env, key)).await?.as_string())
    }

    /// The text under `key`, read past that memory.
    async fn stored(&self, key: &str) -> Result<Option<String>> {
        Ok(settled(platform::kv_stored(&self.env, key)).await?.as_string())
    }

    async fn keep(&self, key: &str, text: &str) -> Result<()> {
        settled(platform::kv_keep(&self.env, key, text, None)).await?;
        Ok(())
    }

    async fn keep_with(&self, key: &str, text: &str, metadata: &impl Serialize) -> Result<()> {
        let metadata = serde_json::to_string(metadata)?;
        settled(platform::kv_keep(&self.env, key, text, Some(&metadata))).await?;
        Ok(())
    }

    async fn forget(&self, key: &str) -> Result<()> {
        settled(platform::kv_forget(&self.env, key)).await?;
        Ok(())
    }

    async fn keys<M: DeserializeOwned>(
        &self,
        prefix: &str,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<Page<(String, Option<M>)>> {
        let answer = settled(platform::kv_keys(&self.env, prefix, limit, cursor.as_deref())).await?;
        let (keys, cursor): (Vec<(String, Box<RawValue>)>, _) =
            serde_json::from_str(&answer.as_string().unwrap_or_default())?;
        let named = |(name, metadata): (String, Box<RawValue>)| {
            let name = name.strip_prefix(prefix).unwrap_or(&name).to_owned();
            // A key that somebody wrote by hand has no metadata, or none of ours.
            (name, serde_json::from_str(metadata.get()).ok())
        };
        Ok(Page { items: keys.into_iter().map(named).collect(), cursor })
    }
}

fn parsed<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| serde_json::from_str(&text).map_err(Error::from)).transpose()
}
