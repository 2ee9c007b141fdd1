//! Questions to people as they are shown, and decisions as they are written down.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Approval, Approver, Decision, Status};

impl Approval {
    /// What operators are shown, as JSON. The arguments keep the spelling that the agent has given them.
    pub fn shown(&self) -> serde_json::Result<String> {
        let Self { id, status, asked_at, expires_at, petition, decision, used_by, .. } = self;
        let arguments = petition.arguments.as_deref().map(serde_json::from_str).transpose()?;
        serde_json::to_string(&Shown {
            id,
            status: *status,
            url: self.url(),
            grant: ShownGrant { id: &petition.grant, label: &petition.label },
            server: &petition.server,
            method: &petition.method,
            name: &petition.name,
            arguments,
            rule: &petition.rule,
            reason: petition.reason.as_deref(),
            by: petition.by,
            policy: ShownPolicy { name: &petition.policy, stamp: &petition.stamp },
            asked_at: asked_at.timestamp(),
            expires_at: expires_at.timestamp(),
            decision: decision.as_ref().map(Decision::shown),
            used_by: used_by.as_deref(),
            request_id: &petition.request_id,
        })
    }
}

impl Decision {
    pub(super) fn shown(&self) -> ShownDecision {
        let Self { yes, by, at, from, words } = self.clone();
        ShownDecision { yes, by, at: at.timestamp(), from, reason: words }
    }
}

#[derive(Serialize)]
struct Shown<'s> {
    id: &'s str,
    status: Status,
    url: String,
    grant: ShownGrant<'s>,
    server: &'s str,
    method: &'s str,
    name: &'s str,
    arguments: Option<&'s RawValue>,
    rule: &'s str,
    reason: Option<&'s str>,
    by: Approver,
    policy: ShownPolicy<'s>,
    asked_at: String,
    expires_at: String,
    decision: Option<ShownDecision>,
    used_by: Option<&'s str>,
    request_id: &'s str,
}

#[derive(Serialize)]
struct ShownGrant<'s> {
    id: &'s str,
    label: &'s str,
}

#[derive(Serialize)]
struct ShownPolicy<'s> {
    name: &'s str,
    stamp: &'s str,
}

/// A decision as it is shown, and written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownDecision {
    yes: bool,
    by: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}
