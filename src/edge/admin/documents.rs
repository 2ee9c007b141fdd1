//! What policies and servers have in common: a newest version in a head, distributed by KV, bound together by grants.

use std::collections::BTreeSet;

use serde_json::json;
use web_sys::Response;

use super::{Answered, Call, Problem};
use crate::edge::head::{self, Change, Expected, Version};
use crate::edge::reply;
use crate::edge::store::{GrantMetadata, Kind};
use crate::policy::Policy;
use crate::registry::{Name, Server, Stamp};
use crate::wire::json::{self, Invalid, Node, Pointer};

/// The document that a body is.
pub(super) fn document(body: &[u8]) -> Result<Node<'_>, Problem> {
    json::parse(body)
        .map_err(|unreadable| Invalid { pointer: Pointer::default(), message: unreadable.to_string() }.into())
}

/// The name in a path.
pub(super) fn named(text: &str) -> Result<Name, Problem> {
    Name::read(text).ok_or_else(|| Invalid { pointer: Pointer::default(), message: Name::GRAMMAR.to_owned() }.into())
}

/// Refuses a pair of policy and server that has two rules for one tool.
pub(super) fn collisions(
    policy: &Policy,
    server: &Server,
    policy_name: &Name,
    server_name: &Name,
) -> Result<(), Problem> {
    let errors: Vec<_> = policy
        .collisions(&server.aliases)
        .into_iter()
        .map(|collision| Invalid {
            pointer: Pointer::default().key("tools").key(&collision.alias),
            message: format!(
                "on the server `{server_name}`, `{}` is an alias of `{}`, and the policy `{policy_name}` has a rule for each: keep one",
                collision.alias, collision.live
            ),
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// The answer with the stamp as its `ETag`.
pub(super) fn with_stamp(response: Response, stamp: &Stamp) -> Answered {
    Ok(reply::with(response, "etag", &format!("\"{stamp}\""))?)
}

impl Call<'_> {
    /// The newest version of a document.
    pub(super) async fn newest(&self, kind: Kind, name: &Name) -> Result<Option<Version>, Problem> {
        Ok(self.store.newest(kind, name).await?)
    }

    /// The version that a change is based on, by `If-Match`.
    pub(super) async fn expected(&self, kind: Kind, name: &Name) -> Result<Expected, Problem> {
        let Some(stamp) = self.if_match() else { return Ok(Expected::Any) };
        let known = self.store.document(kind, name).await?.map(|document| Stamp::of(document.as_bytes()));
        Ok(Expected::Stamp { stamp: Stamp::claimed(&stamp), known })
    }

    /// Makes `document` the newest version, first in its head, then in KV, and gives its stamp.
    pub(super) async fn publish(
        &self,
        kind: Kind,
        name: &Name,
        document: String,
        expected: Expected,
    ) -> Result<Stamp, Problem> {
        let stamp = Stamp::of(document.as_bytes());
        let version = Version { document: document.clone(), stamp: stamp.clone() };
        match head::put(self.env, kind, name, version, expected).await? {
            Change::Done => {
                self.store.put_document(kind, name, &document, &stamp).await?;
                self.redistribute(kind, name, &stamp).await?;
                Ok(stamp)
            }
            Change::Conflict => Err(Problem::Changed),
        }
    }

    /// Two changes may reach KV in another order than their head: whoever finds a newer version in the head than the one
    /// just written writes it again.
    async fn redistribute(&self, kind: Kind, name: &Name, written: &Stamp) -> Result<(), Problem> {
        if let Some(newest) = head::get(self.env, kind, name).await?
            && newest.stamp != *written
        {
            self.store.put_document(kind, name, &newest.document, &newest.stamp).await?;
        }
        Ok(())
    }

    /// Forgets a document that no grant uses.
    pub(super) async fn withdraw(&self, kind: Kind, name: &Name, uses_it: impl Fn(&GrantMetadata) -> bool) -> Answered {
        if self.newest(kind, name).await?.is_none() {
            return Err(Problem::NotFound(format!("there is no `{name}`")));
        }
        let users = self.store.uses().await?.iter().filter(|uses| uses_it(uses)).count();
        if users > 0 {
            let grants = if users == 1 { "grant uses" } else { "grants use" };
            return Err(Problem::InUse(format!("{users} {grants} `{name}`: revoke or change them first")));
        }
        head::delete(self.env, kind, name).await?;
        self.store.delete_document(kind, name).await?;
        Ok(reply::json(200, &json!({ "name": name, "deleted": true })))
    }

    /// What grants tie to a document, each once.
    pub(super) async fn bound(
        &self,
        other: impl Fn(&GrantMetadata) -> Option<&Name>,
    ) -> Result<BTreeSet<Name>, Problem> {
        let mut names = BTreeSet::new();
        names.extend(self.store.uses().await?.iter().filter_map(other).cloned());
        Ok(names)
    }
}
