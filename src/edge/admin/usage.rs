//! `/api/v1/grants/{id}/usage`: what is left of each limit of the grant's policy.

use serde_json::json;

use super::{Answered, Call, Problem};
use crate::edge::ledger::{self, Used, server_ledger};
use crate::edge::reply;
use crate::edge::store::Kind;
use crate::ledger::{Charge, CounterKey, Share};
use crate::policy::Policy;
use crate::wire::json::quote;

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
    let counters: Vec<String> = charges
        .iter()
        .flat_map(|charge| match &charge.share {
            Share::Server => vec![shown(charge, None, found(&shared, charge))],
            Share::Grant => vec![shown(charge, None, found(&own, charge))],
            Share::Session { .. } => {
                let mut counters = vec![shown(charge, None, found(&own, charge))];
                let sessions = own.iter().filter(|used| used.counter.is_share_of(charge));
                counters.extend(sessions.map(|used| shown(charge, used.counter.session(), Some(used))));
                counters
            }
        })
        .collect();
    let policy = json!({ "name": grant.policy, "stamp": version.stamp });
    let (id, server, counters) = (&grant.id, &grant.server, counters.join(","));
    let body = format!(r#"{{"grant":"{id}","server":"{server}","policy":{policy},"counters":[{counters}]}}"#);
    Ok(reply::json_text(200, &body))
}

fn found<'u>(used: &'u [Used], charge: &Charge) -> Option<&'u Used> {
    let counter = CounterKey::of(charge);
    used.iter().find(|used| used.counter == counter)
}

/// One counter, in the units of its limit: of a cost, numbers with up to six decimal places.
fn shown(charge: &Charge, session: Option<&str>, used: Option<&Used>) -> String {
    let units = used.map_or(0, |used| used.units);
    let resets_at = used.map(|used| used.resets_at.timestamp());
    let scope = match charge.share {
        Share::Grant => "grant",
        Share::Session { .. } => "session",
        Share::Server => "server",
    };
    let in_units = |units: u64| match charge.unit {
        Some(_) => millionths(units),
        None => units.to_string(),
    };
    let (counter, window) = (charge.counter.as_str(), charge.window.seconds());
    let (algorithm, unit) = (charge.algorithm.as_str(), quote(charge.unit.as_deref().unwrap_or("calls")));
    let mode = if charge.shadow { "shadow" } else { "enforce" };
    let session = session.map(|session| format!(r#""session":"{session}","#)).unwrap_or_default();
    let resets_at = resets_at.map_or_else(|| "null".to_owned(), |at| format!(r#""{at}""#));
    let (used, max) = (in_units(units), in_units(charge.max));
    let remaining = in_units(charge.max.saturating_sub(units));
    format!(
        r#"{{"counter":"{counter}","scope":"{scope}",{session}"window":{window},"algorithm":"{algorithm}","unit":{unit},"mode":"{mode}","used":{used},"max":{max},"remaining":{remaining},"resets_at":{resets_at}}}"#
    )
}

/// Millionths as a number with as many decimal places as it needs.
fn millionths(units: u64) -> String {
    let (whole, rest) = (units / 1_000_000, units % 1_000_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{rest:06}").trim_end_matches('0')) }
}
