//! `/api/v1/grants`

use serde_json::json;

use super::documents::{collisions, document};
use super::{Answered, Call, Problem, page};
use crate::edge::random::random;
use crate::edge::store::Kind;
use crate::edge::{clock, ledger, reply};
use crate::policy::Policy;
use crate::registry::{Bearer, Grant, GrantDraft, GrantPatch, Name, Rotation, Server};
use crate::wire::json::{Invalid, Pointer};

/// The most bytes of a grant's document: 16 KiB.
const MAX_DOCUMENT: usize = 16 * 1024;

pub(super) async fn list(call: Call<'_>) -> Answered {
    let asked = page::asked(&call)?;
    let page = call.store.grants(asked.limit, asked.cursor).await?;
    let mut grants = Vec::with_capacity(page.items.len());
    for (id, _) in page.items {
        grants.extend(call.store.grant_by_id(&id).await?.map(|grant| grant.shown()));
    }
    Ok(reply::json(200, &json!({ "grants": grants, "cursor": page.cursor })))
}

pub(super) async fn get(call: Call<'_>, id: &str) -> Answered {
    Ok(reply::json(200, &call.grant(id).await?.shown()))
}

pub(super) async fn create(call: Call<'_>) -> Answered {
    let body = call.body(MAX_DOCUMENT).await?;
    let draft = GrantDraft::read(&document(&body)?)?;
    call.check_pair(&draft.server, &draft.policy).await?;
    let bearer = Bearer::of(random()?);
    let grant = Grant {
        id: format!("g_{:032x}", u128::from_be_bytes(random()?)),
        label: draft.label,
        server: draft.server,
        policy: draft.policy,
        expires_at: draft.expires_at,
        created_at: clock::now(),
        revoked_at: None,
        token: bearer.hash(),
        retiring: None,
    };
    call.store.put_grant(&grant).await?;
    let url = call.gateway_url(&grant)?;
    Ok(reply::json(201, &json!({ "id": grant.id, "token": bearer.reveal(), "url": url })))
}

pub(super) async fn patch(call: Call<'_>, id: &str) -> Answered {
    let body = call.body(MAX_DOCUMENT).await?;
    let patch = GrantPatch::read(&document(&body)?)?;
    let grant = patch.apply(call.live_grant(id).await?);
    call.check_pair(&grant.server, &grant.policy).await?;
    call.put_grant(&grant).await?;
    Ok(reply::json(200, &grant.shown()))
}

pub(super) async fn revoke(call: Call<'_>, id: &str) -> Answered {
    let mut grant = call.grant(id).await?;
    if grant.revoked_at.is_none() {
        grant.revoked_at = Some(clock::now());
    }
    // What of the two can be told is told, whatever becomes of the other.
    let told = ledger::set_grant(call.env, &grant).await;
    call.store.put_grant(&grant).await?;
    told?;
    Ok(reply::json(200, &grant.shown()))
}

/// Replaces the token. The old one works on for the grace, the one before it no more.
pub(super) async fn rotate(call: Call<'_>, id: &str) -> Answered {
    let body = call.body(MAX_DOCUMENT).await?;
    let rotation = if body.is_empty() { Rotation::read(None)? } else { Rotation::read(Some(&document(&body)?))? };
    let grant = call.live_grant(id).await?;
    let bearer = Bearer::of(random()?);
    let before = grant.clone();
    let now = clock::now();
    let grant = grant.rotated(bearer.hash(), rotation, now);
    call.put_grant(&grant).await?;
    for token in std::iter::once(&before.token).chain(before.retiring.as_ref().map(|old| &old.token)) {
        if grant.retiring.as_ref().is_none_or(|old| old.token != *token) {
            call.store.forget_token(token).await?;
        }
    }
    let until = grant.retiring.as_ref().map_or(now, |old| old.until);
    Ok(reply::json(
        200,
        &json!({
            "id": grant.id, "token": bearer.reveal(), "url": call.gateway_url(&grant)?, "old_token_until": until.timestamp(),
        }),
    ))
}

impl Call<'_> {
    /// A change of a grant goes to its ledger first: there it holds at once, everywhere. KV follows in its own time.
    async fn put_grant(&self, grant: &Grant) -> Result<(), Problem> {
        ledger::set_grant(self.env, grant).await?;
        Ok(self.store.put_grant(grant).await?)
    }

    fn gateway_url(&self, grant: &Grant) -> Result<String, Problem> {
        Ok(format!("{}/{}/mcp", self.url()?.origin(), grant.server))
    }

    async fn live_grant(&self, id: &str) -> Result<Grant, Problem> {
        let grant = self.grant(id).await?;
        if grant.revoked_at.is_some() {
            return Err(Problem::InUse("the grant is revoked: make a new one".to_owned()));
        }
        Ok(grant)
    }

    pub(super) async fn grant(&self, id: &str) -> Result<Grant, Problem> {
        let grant = self.store.grant_by_id(id).await?;
        grant.ok_or_else(|| Problem::NotFound("there is no such grant".to_owned()))
    }

    /// A grant needs a server and a policy that exist and go together.
    async fn check_pair(&self, server: &Name, policy: &Name) -> Result<(), Problem> {
        let missing = |field: &str, name: &Name| {
            let message = format!("there is no {field} `{name}`: PUT it first");
            Problem::from(Invalid { pointer: Pointer::default().key(field), message })
        };
        let record = self.newest(Kind::Server, server).await?.ok_or_else(|| missing("server", server))?;
        let document = self.newest(Kind::Policy, policy).await?.ok_or_else(|| missing("policy", policy))?;
        let record = Server::parse(record.document.as_bytes())?;
        let document = Policy::parse(document.document.as_bytes())?;
        collisions(&document, &record, policy, server)
    }
}
