//! `/api/v1/policies`

use serde_json::{Value, json, value::RawValue};

use super::documents::{collisions, named, with_stamp};
use super::problem::described;
use super::{Answered, Call, Problem, page};
use crate::edge::reply;
use crate::edge::store::Kind;
use crate::policy::{MAX_DOCUMENT, Policy};
use crate::registry::Server;

pub(super) async fn list(call: Call<'_>) -> Answered {
    let asked = page::asked(&call)?;
    let page = call.store.documents(Kind::Policy, asked.limit, asked.cursor).await?;
    let policies: Vec<_> = page.items.iter().map(|(name, stamp)| json!({ "name": name, "stamp": stamp })).collect();
    Ok(reply::json(200, &json!({ "policies": policies, "cursor": page.cursor })))
}

pub(super) async fn get(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    let version = call
        .newest(Kind::Policy, &name)
        .await?
        .ok_or_else(|| Problem::NotFound(format!("there is no policy `{name}`")))?;
    // The document as it was sent, byte for byte; what somebody wrote by hand may be no JSON at all.
    let document = serde_json::from_str::<&RawValue>(&version.document);
    let document = document.map_or_else(|_| Value::from(version.document.as_str()).to_string(), ToString::to_string);
    let body = format!(r#"{{"name":"{name}","stamp":"{}","document":{document}}}"#, version.stamp);
    with_stamp(reply::json_text(200, &body), &version.stamp)
}

pub(super) async fn put(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    let document = call.body(MAX_DOCUMENT).await?;
    let policy = Policy::parse(&document)?;
    for server in call.bound(|uses| (uses.policy == name).then_some(&uses.server)).await? {
        if let Some(version) = call.newest(Kind::Server, &server).await?
            && let Ok(record) = Server::parse(version.document.as_bytes())
        {
            collisions(&policy, &record, &name, &server)?;
        }
    }
    let document = String::from_utf8_lossy(&document).into_owned();
    let before = call.newest(Kind::Policy, &name).await?;
    let before = before.and_then(|version| Policy::parse(version.document.as_bytes()).ok());
    let mut warnings = policy.warnings();
    warnings.extend(before.iter().flat_map(|before| policy.warnings_over(before)));
    let warnings = described(&warnings);
    let expected = call.expected(Kind::Policy, &name).await?;
    let stamp = call.publish(Kind::Policy, &name, document, expected).await?;
    with_stamp(reply::json(200, &json!({ "name": name, "stamp": stamp, "warnings": warnings })), &stamp)
}

pub(super) async fn delete(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    call.withdraw(Kind::Policy, &name, |uses| uses.policy == name).await
}
