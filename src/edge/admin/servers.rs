//! `/api/v1/servers`

use serde_json::{Value, json};

use super::documents::{collisions, named, with_stamp};
use super::{Answered, Call, Problem, page};
use crate::edge::head::{Expected, Version};
use crate::edge::reply;
use crate::edge::store::Kind;
use crate::policy::Policy;
use crate::registry::{Name, Server, ServerDraft, Stamp};

/// The most bytes of a server's document: 64 KiB.
const MAX_DOCUMENT: usize = 64 * 1024;

/// How often a change is based on the newest version anew.
const ATTEMPTS: usize = 3;

pub(super) async fn list(call: Call<'_>) -> Answered {
    let asked = page::asked(&call)?;
    let page = call.store.documents(Kind::Server, asked.limit, asked.cursor).await?;
    let servers: Vec<_> = page.items.iter().map(|(name, stamp)| json!({ "name": name, "stamp": stamp })).collect();
    Ok(reply::json(200, &json!({ "servers": servers, "cursor": page.cursor })))
}

pub(super) async fn get(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    let version = call.newest(Kind::Server, &name).await?;
    let version = version.ok_or_else(|| Problem::NotFound(format!("there is no server `{name}`")))?;
    // A document that somebody wrote by hand and that cannot be read is not shown: it may hold a credential.
    let shown = ServerDraft::parse(version.document.as_bytes())?.shown();
    with_stamp(reply::json(200, &described(&name, &version.stamp, shown)), &version.stamp)
}

pub(super) async fn put(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    let body = call.body(MAX_DOCUMENT).await?;
    let asked = ServerDraft::parse(&body)?;
    for policy in call.bound(|uses| (uses.server == name).then_some(&uses.policy)).await? {
        if let Some(version) = call.newest(Kind::Policy, &policy).await?
            && let Ok(document) = Policy::parse(version.document.as_bytes())
        {
            collisions(&document, asked.server(), &policy, &name)?;
        }
    }
    let by_operator = call.expected(Kind::Server, &name).await?;
    let keeping = |known: Option<&Version>| {
        let record = known.and_then(|version| Server::parse(version.document.as_bytes()).ok());
        Ok(match &record {
            Some(record) => asked.clone().keeping(record),
            None => asked.clone(),
        })
    };
    let (draft, stamp) = revise(&call, &name, &by_operator, keeping).await?;
    with_stamp(reply::json(200, &described(&name, &stamp, draft.shown())), &stamp)
}

/// `POST …/stop` and `…/start`: whether messages reach the origin.
pub(super) async fn set_stopped(call: Call<'_>, name: &str, stopped: bool) -> Answered {
    let name = named(name)?;
    let setting = |known: Option<&Version>| {
        let version = known.ok_or_else(|| Problem::NotFound(format!("there is no server `{name}`")))?;
        Ok(ServerDraft::parse(version.document.as_bytes())?.stopped(stopped))
    };
    let (_, stamp) = revise(&call, &name, &Expected::Any, setting).await?;
    with_stamp(reply::json(200, &json!({ "name": name, "stamp": stamp, "stopped": stopped })), &stamp)
}

/// Publishes what `revision` makes of the newest version. Where the operator does not say which version he means, another one
/// that comes in between is revised in its turn.
async fn revise(
    call: &Call<'_>,
    name: &Name,
    by_operator: &Expected,
    revision: impl Fn(Option<&Version>) -> Result<ServerDraft, Problem>,
) -> Result<(ServerDraft, Stamp), Problem> {
    for attempt in 1..=ATTEMPTS {
        let known = call.newest(Kind::Server, name).await?;
        let draft = revision(known.as_ref())?;
        let expected = match (by_operator, known) {
            // Kept credentials must be those of the version that is replaced, not of one before it.
            (Expected::Any, Some(version)) => {
                Expected::Stamp { stamp: version.stamp.clone(), known: Some(version.stamp) }
            }
            (by_operator, _) => by_operator.clone(),
        };
        match call.publish(Kind::Server, name, draft.stored(), expected).await {
            Ok(stamp) => return Ok((draft, stamp)),
            Err(Problem::Changed) if *by_operator == Expected::Any && attempt < ATTEMPTS => {}
            Err(problem) => return Err(problem),
        }
    }
    Err(Problem::Changed)
}

pub(super) async fn delete(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    call.withdraw(Kind::Server, &name, |uses| uses.server == name).await
}

/// What the API shows of a server: its document, its name and its stamp.
fn described(name: &Name, stamp: &Stamp, mut document: Value) -> Value {
    if let Some(fields) = document.as_object_mut() {
        fields.insert("name".to_owned(), json!(name));
        fields.insert("stamp".to_owned(), json!(stamp));
        fields.insert("warnings".to_owned(), json!([]));
    }
    document
}
