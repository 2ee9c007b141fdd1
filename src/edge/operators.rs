//! Operators by name: one document, in a head of its own. KV has no part in it, so who is taken out is out at once.

use worker::{Env, Error, Result};

use super::head::{self, Change, Expected, Version};
use crate::registry::{Name, Operators, Stamp, TokenHash};

/// What the head is called by.
const HEAD: &str = "operators";

/// How often a change is based on the newest version anew.
const ATTEMPTS: usize = 4;

/// Who has this token.
pub(super) async fn named_by(env: &Env, token: &TokenHash) -> Result<Option<Name>> {
    Ok(all(env).await?.0.holder_of(token).cloned())
}

/// Whether somebody of this name has this token.
pub(super) async fn is(env: &Env, name: &str, token: &TokenHash) -> Result<bool> {
    Ok(named_by(env, token).await?.is_some_and(|known| known.as_str() == name))
}

/// All of them, and the stamp of the document.
pub(super) async fn all(env: &Env) -> Result<(Operators, Option<Stamp>)> {
    match head::get_at(env, HEAD).await? {
        Some(version) => Ok((serde_json::from_str(&version.document)?, Some(version.stamp))),
        None => Ok((Operators::default(), None)),
    }
}

/// Changes the document. What `change` gives last is given back.
pub(super) async fn change<T>(env: &Env, change: impl Fn(&mut Operators) -> T) -> Result<T> {
    for _ in 0..ATTEMPTS {
        let (mut operators, stamp) = all(env).await?;
        let changed = change(&mut operators);
        let document = serde_json::to_string(&operators)?;
        let version = Version { stamp: Stamp::of(document.as_bytes()), document };
        let expected = stamp.map_or(Expected::None, |stamp| Expected::Stamp { stamp, known: None });
        match head::put_at(env, HEAD, version, expected).await? {
            Change::Done => return Ok(changed),
            Change::Conflict => {}
        }
    }
    Err(Error::from("the operators change faster than they can be written"))
}
