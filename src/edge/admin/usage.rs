//! `/api/v1/grants/{id}/usage`: what is left of each limit of the grant's policy.

use serde_json::{Value, json};

use super::{Answered, Call, Problem};
use crate::edge::ledger::{self, Used, server_ledger};
use crate::edge::store::Kind;
use crate::edge::{clock, reply};
use crate::ledger::{Charge, CounterKey, Millis, Share};
use crate::policy::Policy;

pub(super) async fn get(call: Call<'_>, id: &str) -> Answered {
    let grant = call.grant(id).await?;
    let version = call.newest(Kind::Policy, &grant.policy).await?;
    let version = version.ok_or_else(|| Problem::NotFound(format!("there is no policy `{}`", grant.policy)))?;
    let policy = Policy::parse(version.document.as_bytes())?;
    let charges = policy.counters();
    let own = ledger::usage(call.env, &grant.id).await?;
    let shared = if charges.iter().any(|charge| charge.share == Share::Server) {
        ledger::usage(call.env, &server_ledger(&grant.server)).await?
    } else {
        Vec::new()
    };
    let now = clock::now();
    let counters: Vec<Value> = charges
        .iter()
        .flat_map(|charge| match &charge.share {
            Share::Server => vec![shown(charge, None, found(&shared, charge), now)],
            Share::Grant => vec![shown(charge, None, found(&own, charge), now)],
            Share::Session { .. } => {
                let mut counters = vec![shown(charge, None, found(&own, charge), now)];
                let sessions = own.iter().filter(|used| used.counter.is_share_of(charge));
                counters.extend(sessions.map(|used| shown(charge, used.counter.session(), Some(used), now)));
                counters
            }
        })
        .collect();
    let body = json!({
        "grant": grant.id, "server": grant.server,
        "policy": { "name": grant.policy, "stamp": version.stamp }, "counters": counters,
    });
    Ok(reply::json(200, &body))
}

fn found<'u>(used: &'u [Used], charge: &Charge) -> Option<&'u Used> {
    let counter = CounterKey::of(charge);
    used.iter().find(|used| used.counter == counter)
}

/// One counter, in the units of its limit: of a cost, numbers with up to six decimal places.
fn shown(charge: &Charge, session: Option<&str>, used: Option<&Used>, now: Millis) -> Value {
    let units = used.map_or(0, |used| used.units);
    let resets_at = used.map(|used| Millis(now.0 + used.resets_in).timestamp());
    let scope = match charge.share {
        Share::Grant => "grant",
        Share::Session { .. } => "session",
        Share::Server => "server",
    };
    let in_units = |units: u64| match charge.unit {
        Some(_) => json!(millionths(units)),
        None => json!(units),
    };
    let mut shown = json!({
        "counter": charge.counter, "scope": scope, "window": charge.window, "algorithm": charge.algorithm,
        "unit": charge.unit.as_deref().unwrap_or("calls"), "mode": if charge.shadow { "shadow" } else { "enforce" },
        "used": in_units(units), "max": in_units(charge.max), "remaining": in_units(charge.max.saturating_sub(units)),
        "resets_at": resets_at,
    });
    if let (Some(fields), Some(session)) = (shown.as_object_mut(), session) {
        fields.insert("session".to_owned(), json!(session));
    }
    shown
}

/// Millionths as a number.
#[expect(clippy::cast_precision_loss, reason = "for people: beyond 2^53 millionths the last digits are rounded")]
fn millionths(units: u64) -> f64 {
    units as f64 / 1_000_000.0
}
