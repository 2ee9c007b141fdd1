//! Grants in the store: each under the hash of its token, to be found by it, and under its id.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use worker::Result;

use super::memory::{Cache, remembered};
use super::{MOST_ON_A_PAGE, Page, Store, parsed};
use crate::edge::clock;
use crate::edge::context::Context;
use crate::registry::{Grant, Name, TokenHash};

thread_local! {
    static GRANTS: Cache<Grant> = const { Cache::new() };
}

/// The metadata of a grant: enough to know what it uses without reading it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::edge) struct GrantMetadata {
    pub(in crate::edge) server: Name,
    pub(in crate::edge) policy: Name,
    pub(in crate::edge) revoked: bool,
}

impl Store {
    /// The live or dead grant of a token.
    pub(in crate::edge) async fn grant(&self, token: &TokenHash, context: &Context) -> Result<Option<Rc<Grant>>> {
        let store = self.clone();
        let token = token.clone();
        remembered(&GRANTS, token.as_str().to_owned(), context, async move || store.read_grant(&token).await).await
    }

    /// Whether this isolate has met the token lately.
    pub(in crate::edge) fn has_met(token: &TokenHash) -> bool {
        GRANTS.with(|grants| grants.holds(token.as_str(), clock::now()))
    }

    /// A grant by its id, read past the isolate's memory.
    pub(in crate::edge) async fn grant_by_id(&self, id: &str) -> Result<Option<Grant>> {
        parsed(self.stored(&format!("grant-id/{id}")).await?)
    }

    /// Remembers what the grant of a token is now, in this isolate.
    pub(in crate::edge) fn keep_grant(token: &TokenHash, grant: Grant) -> Rc<Grant> {
        GRANTS.with(|grants| grants.put(token.as_str(), grant, clock::now()))
    }

    /// Withdraws a token of a grant that has another one.
    pub(in crate::edge) async fn forget_token(&self, token: &TokenHash) -> Result<()> {
        GRANTS.with(|grants| grants.forget(token.as_str()));
        self.forget(&by_token(token)).await
    }

    /// Keeps a grant under its id and, while it lives, under its token, and under the one before it.
    pub(in crate::edge) async fn put_grant(&self, grant: &Grant) -> Result<()> {
        let text = serde_json::to_string(grant)?;
        let revoked = grant.revoked_at.is_some();
        let metadata = GrantMetadata { server: grant.server.clone(), policy: grant.policy.clone(), revoked };
        let tokens = std::iter::once(&grant.token).chain(grant.retiring.as_ref().map(|old| &old.token));
        if revoked {
            // First the door, then the record: a failure between the two leaves the grant shut.
            for token in tokens.clone() {
                self.forget_token(token).await?;
            }
        }
        self.keep_with(&format!("grant-id/{}", grant.id), &text, &metadata).await?;
        if !revoked {
            for token in tokens {
                GRANTS.with(|grants| grants.forget(token.as_str()));
                self.keep(&by_token(token), &text).await?;
            }
        }
        Ok(())
    }

    /// One page of grants: ids and what they use.
    pub(in crate::edge) async fn grants(
        &self,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<Page<(String, GrantMetadata)>> {
        let page = self.keys::<GrantMetadata>("grant-id/", limit, cursor).await?;
        let items = page.items.into_iter().filter_map(|(id, metadata)| metadata.map(|metadata| (id, metadata)));
        Ok(Page { items: items.collect(), cursor: page.cursor })
    }

    /// What every grant uses that is not revoked.
    pub(in crate::edge) async fn uses(&self) -> Result<Vec<GrantMetadata>> {
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
        parsed(self.remembered(&by_token(token)).await?)
    }
}

fn by_token(token: &TokenHash) -> String {
    format!("grant/{}", token.as_str())
}
