//! Grants: who may use which server, under which policy, until when.

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use super::{Duration, Name, TokenHash};
use crate::ledger::Millis;
use crate::wire::json::{Fields, Invalid, Node, Pointer, Value, string};

/// A grant as it is stored, under its id and under the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id: it names the ledger, so that a new token keeps the counts.
    pub id: String,
    /// What the operator calls it.
    pub label: String,
    /// The one server that it is for.
    pub server: Name,
    /// The policy that it is under.
    pub policy: Name,
    /// From this instant on it is worth nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Millis>,
    /// The hash of its token.
    pub token: TokenHash,
    /// The token before it, while that still works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring: Option<Retiring>,
}

/// A token that has been replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retiring {
    /// Its hash.
    pub token: TokenHash,
    /// From this instant on it is worth nothing.
    pub until: Millis,
}

/// What an operator asks for when making a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantDraft {
    /// See [`Grant::label`].
    pub label: String,
    /// See [`Grant::server`].
    pub server: Name,
    /// See [`Grant::policy`].
    pub policy: Name,
    /// See [`Grant::expires_at`].
    pub expires_at: Option<Millis>,
}

/// What an operator changes of a grant; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantPatch {
    label: Option<String>,
    policy: Option<Name>,
    expires_at: Option<Expiry>,
}

/// How a token is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// For how long the old one still works.
    pub grace: Duration,
}

/// For how long an old token works, if nobody says: long enough to hand the new one to a client.
const USUAL_GRACE: Duration = Duration::of_seconds(10 * 60);
const LONGEST_GRACE: Duration = Duration::of_days(7);

impl Grant {
    /// Whether it is worth something at `now` to whoever shows `token`.
    pub fn opens_for(&self, token: &TokenHash, now: Millis) -> bool {
        let retiring = || self.retiring.as_ref().is_some_and(|old| old.token == *token && now < old.until);
        self.is_live(now) && (self.token == *token || retiring())
    }

    /// Whether it is worth something at `now` to whoever holds it.
    pub fn is_live(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// The grant under a new token, from `now` on. Of the tokens before it only the last one works on, for the grace.
    #[must_use]
    pub fn rotated(mut self, token: TokenHash, rotation: Rotation, now: Millis) -> Self {
        let until = Millis(now.0.saturating_add(rotation.grace.millis()));
        let old = std::mem::replace(&mut self.token, token);
        self.retiring = (until > now).then_some(Retiring { token: old, until });
        self
    }

    /// What the admin API shows of it: everything but the token's hash.
    pub fn shown(&self) -> serde_json::Value {
        let mut shown = serde_json::json!({
            "id": self.id, "label": self.label, "server": self.server, "policy": self.policy,
            "created_at": self.created_at.timestamp(),
        });
        if let Some(fields) = shown.as_object_mut() {
            let old_token_until = self.retiring.as_ref().map(|old| old.until);
            let instants = [
                ("expires_at", self.expires_at),
                ("revoked_at", self.revoked_at),
                ("old_token_until", old_token_until),
            ];
            for (key, instant) in instants {
                if let Some(instant) = instant {
                    fields.insert(key.to_owned(), instant.timestamp().into());
                }
            }
        }
        shown
    }
}

impl GrantDraft {
    /// Reads the body of `POST /api/v1/grants`.
    pub fn read(node: &Node<'_>) -> Result<Self, Vec<Invalid>> {
        let mut fields = Fields::of(node, Pointer::default())?;
        let draft = Self {
            label: label(fields.require("label")?)?,
            server: name(fields.require("server")?)?,
            policy: name(fields.require("policy")?)?,
            expires_at: fields.take("expires_at").map(expiry).transpose()?.and_then(|expiry| expiry.0),
        };
        fields.finish()?;
        Ok(draft)
    }
}

impl GrantPatch {
    /// Reads the body of `PATCH /api/v1/grants/{id}`.
    pub fn read(node: &Node<'_>) -> Result<Self, Vec<Invalid>> {
        let mut fields = Fields::of(node, Pointer::default())?;
        let patch = Self {
            label: fields.take("label").map(label).transpose()?,
            policy: fields.take("policy").map(name).transpose()?,
            expires_at: fields.take("expires_at").map(expiry).transpose()?,
        };
        fields.finish()?;
        Ok(patch)
    }

    /// `grant` with the changes.
    pub fn apply(self, mut grant: Grant) -> Grant {
        if let Some(label) = self.label {
            grant.label = label;
        }
        if let Some(policy) = self.policy {
            grant.policy = policy;
        }
        if let Some(Expiry(expires_at)) = self.expires_at {
            grant.expires_at = expires_at;
        }
        grant
    }
}

impl Rotation {
    /// Reads the body of `POST /api/v1/grants/{id}/rotate`; none is one that says nothing.
    pub fn read(node: Option<&Node<'_>>) -> Result<Self, Vec<Invalid>> {
        let Some(node) = node else { return Ok(Self { grace: USUAL_GRACE }) };
        let mut fields = Fields::of(node, Pointer::default())?;
        let grace = fields.take("grace").map(grace).transpose()?;
        fields.finish()?;
        Ok(Self { grace: grace.unwrap_or(USUAL_GRACE) })
    }
}

fn grace((node, pointer): (&Node<'_>, Pointer)) -> Result<Duration, Invalid> {
    let grace = Duration::read(string(node, &pointer)?).filter(|grace| *grace <= LONGEST_GRACE);
    let message = || format!("must be a time from \"0s\" to \"7d\": {}", Duration::GRAMMAR);
    grace.ok_or_else(|| Invalid { pointer, message: message() })
}

fn label((node, pointer): (&Node<'_>, Pointer)) -> Result<String, Invalid> {
    let label = string(node, &pointer)?;
    if (1..=200).contains(&label.chars().count()) && !label.chars().any(char::is_control) {
        Ok(label.to_owned())
    } else {
        Err(Invalid { pointer, message: "must be 1 to 200 characters, none of them a control character".to_owned() })
    }
}

fn name((node, pointer): (&Node<'_>, Pointer)) -> Result<Name, Invalid> {
    Name::read(string(node, &pointer)?).ok_or_else(|| Invalid { pointer, message: Name::GRAMMAR.to_owned() })
}

/// What a document says of an expiry: an instant as RFC 3339 writes it, or `null` for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Expiry(Option<Millis>);

fn expiry((node, pointer): (&Node<'_>, Pointer)) -> Result<Expiry, Invalid> {
    if node.value == Value::Null {
        return Ok(Expiry(None));
    }
    let instant = DateTime::parse_from_rfc3339(string(node, &pointer)?).ok();
    match instant.and_then(|instant| u64::try_from(instant.timestamp_millis()).ok()) {
        Some(millis) => Ok(Expiry(Some(Millis(millis)))),
        None => Err(Invalid { pointer, message: "must be a time like 2027-01-31T12:00:00Z (RFC 3339)".to_owned() }),
    }
}
