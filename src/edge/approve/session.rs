//! Who is signed in: a cookie that only we can make. It is worth something for twelve hours, and only as long as the token is with which
//! it was begun.

use serde::{Deserialize, Serialize};
use web_sys::Response;
use worker::{Env, Error, Result};

use super::see;
use crate::as_array::as_array;
use crate::edge::keys::seal_keys;
use crate::edge::store::Store;
use crate::edge::visit::Visit;
use crate::edge::{approvals, clock, operators, reply};
use crate::ledger::{Approval, Approver, Millis};
use crate::registry::{Bearer, TokenHash};
use crate::wire::seal::Binding;

/// `__Host-`: only this host can have set it, over TLS, for all its paths (RFC 6265bis, section 4.1.3.2).
const COOKIE: &str = "__Host-tollgate";

/// Milliseconds for which a session lasts.
const LASTS: u64 = 12 * 3_600_000;

/// Somebody who is signed in.
pub(super) struct Session {
    who: Who,
    /// The hash of the token with which it was begun.
    token: TokenHash,
    until: Millis,
}

/// As which of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    /// An operator, by name.
    Operator(String),
    /// The holder of a grant.
    User,
}

as_array!(Session: who, token, until);

impl Session {
    /// Signs somebody in who shows a token: an operator or, where the question is one for the user, the holder of the grant that asks.
    pub(super) async fn begin(env: &Env, token: &str, id: &str) -> Result<Option<Self>> {
        let until = Millis(clock::now().0 + LASTS);
        if let Some(token) = Bearer::typed_by_operator(token) {
            let token = token.hash();
            let name = operators::named_by(env, &token).await?;
            return Ok(name.map(|name| Self { who: Who::Operator(name.as_str().to_owned()), token, until }));
        }
        let (Some(token), Some(grant)) = (Bearer::typed(token), Approval::ledger_of(id)) else { return Ok(None) };
        let session = Self { who: Who::User, token: token.hash(), until };
        // The grant first: no ledger is asked for somebody who has none.
        if !session.holds(env, &grant).await? {
            return Ok(None);
        }
        let Some(approval) = approvals::find(env, id).await? else { return Ok(None) };
        Ok(session.name(env, &approval).await?.map(|_| session))
    }

    /// The session that the browser shows, if it is one.
    pub(super) fn shown(visit: &Visit, env: &Env) -> Result<Option<Self>> {
        let Some(cookies) = visit.field("cookie") else { return Ok(None) };
        let mut values = cookies.split(';').filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        let Some(opened) = values.next().and_then(|value| seal_keys(env).ok()?.open(BINDING, value)) else {
            return Ok(None);
        };
        let session: Self = serde_json::from_slice(&opened)?;
        Ok((clock::now() < session.until).then_some(session))
    }

    /// By which name this person may answer a question; nothing if he may not.
    pub(super) async fn name(&self, env: &Env, approval: &Approval) -> Result<Option<String>> {
        let petition = &approval.petition;
        match &self.who {
            Who::Operator(name) => Ok(operators::is(env, name, &self.token).await?.then(|| name.clone())),
            Who::User if petition.by == Approver::User => {
                Ok(self.holds(env, &petition.grant).await?.then(|| "user".to_owned()))
            }
            Who::User => Ok(None),
        }
    }

    /// Whether the token is that of a grant.
    async fn holds(&self, env: &Env, grant: &str) -> Result<bool> {
        let grant = Store::of(env).grant_by_id(grant).await?;
        Ok(grant.is_some_and(|grant| grant.opens_for(&self.token, clock::now())))
    }

    /// The page again, with the cookie.
    pub(super) fn remembered(&self, env: &Env, location: &str) -> Result<Response> {
        with_cookie(location, &sealed(env, BINDING, &serde_json::to_vec(self)?)?, LASTS / 1_000)
    }

    /// The page again, without it.
    pub(super) fn end(location: &str) -> Result<Response> {
        with_cookie(location, "", 0)
    }

    /// What a form of this session about this question bears.
    pub(super) fn form(&self, env: &Env, id: &str) -> Result<String> {
        sealed(env, form_binding(&[&serde_json::to_string(self)?, id]), &[])
    }

    /// Whether a form was made for this session and this question.
    pub(super) fn has_made(&self, env: &Env, id: &str, form: &str) -> Result<bool> {
        Ok(seal_keys(env)?.open(form_binding(&[&serde_json::to_string(self)?, id]), form).is_some())
    }
}

/// The page again; the browser is to keep the cookie for so many seconds.
fn with_cookie(location: &str, value: &str, age: u64) -> Result<Response> {
    let cookie = format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={age}");
    reply::with(see(location)?, "set-cookie", &cookie)
}

fn sealed(env: &Env, binding: Binding<'_>, value: &[u8]) -> Result<String> {
    seal_keys(env)?.seal(binding, value).map_err(|_| Error::from("SEAL_KEY seals nothing"))
}

/// Of what a form bears: a session and the id of a question.
fn form_binding<'p>(parts: &'p [&'p str]) -> Binding<'p> {
    Binding { purpose: "approval form", parts }
}

const BINDING: Binding<'_> = Binding { purpose: "approval session", parts: &[] };
