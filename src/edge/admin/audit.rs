//! `/api/v1/audit`: what ledgers have written down.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use web_sys::UrlSearchParams;

use super::page::number;
use super::{Answered, Call, Problem};
use crate::edge::ledger::{self, DOOR, Entries, Pages};
use crate::edge::{platform, reply};
use crate::ledger::Entry;
use crate::wire::json::{Invalid, Pointer};

/// Rows on a page if nobody says how many, and at most.
const USUAL: usize = 100;
const MOST: usize = 1_000;

/// `?grant=ID&after=&limit=`
pub(super) async fn of_grant(call: Call<'_>) -> Answered {
    let query = call.url()?.search_params();
    let grant = call.grant(&grant_id(&query)?).await?;
    page(&call, &query, &grant.id).await
}

/// Those who were turned away: `?after=&limit=`
pub(super) async fn of_door(call: Call<'_>) -> Answered {
    let query = call.url()?.search_params();
    page(&call, &query, DOOR).await
}

/// `?grant=ID&after=`, or `?door&after=`: all of it as NDJSON, which `tollgate audit verify` reads.
pub(super) async fn export(call: Call<'_>) -> Answered {
    let query = call.url()?.search_params();
    let ledger = match query.get("door") {
        Some(_) => DOOR.to_owned(),
        None => call.grant(&grant_id(&query)?).await?.id,
    };
    let after = number(&query, "after", 0, 0..=u64::MAX)?;
    let env = call.env.clone();
    // What cannot be read is said before the first byte.
    let first = ledger::export(call.env, &ledger, after, true).await?;
    Ok(platform::export(Pages::new(env, ledger, first.text, first.next)))
}

/// One page of rows. An entry is not torn apart, so there may be some more than were asked for.
async fn page(call: &Call<'_>, query: &UrlSearchParams, ledger: &str) -> Answered {
    let limit = number(query, "limit", USUAL, 1..=MOST)?;
    let mut after = number(query, "after", 0, 0..=u64::MAX)?;
    let mut rows: Vec<String> = Vec::new();
    let next = loop {
        let Entries { entries, more } = ledger::read(call.env, ledger, after).await?;
        let mut left = entries.len();
        for (seq, _, entry) in entries {
            rows.extend(shown(&entry)?);
            after = seq;
            left -= 1;
            if rows.len() >= limit {
                break;
            }
        }
        if left > 0 || (more && rows.len() >= limit) {
            break Some(after);
        }
        if !more {
            break None;
        }
    };
    let next = json!(next);
    Ok(reply::json_text(200, &format!(r#"{{"rows":[{}],"next":{next}}}"#, rows.join(","))))
}

/// The rows of an entry: each record, under the number of the entry.
fn shown(entry: &str) -> Result<Vec<String>, Problem> {
    let entry: Entry<'_> = serde_json::from_str(entry).map_err(worker::Error::from)?;
    let seq = entry.seq;
    let refund = entry.refund.map(|refund| {
        let charges: Vec<Value> =
            refund.charges.iter().map(|spent| json!({ "counter": spent.counter, "units": spent.units })).collect();
        json!({ "seq": seq, "at": entry.at, "ruling": "refund", "request_id": refund.reservation, "charges": charges })
            .to_string()
    });
    let records = entry.records.into_iter().map(RawValue::get);
    let rows = records.filter_map(|record| Some(format!(r#"{{"seq":{seq},{}"#, record.strip_prefix('{')?)));
    Ok(rows.chain(refund).collect())
}

fn grant_id(query: &UrlSearchParams) -> Result<String, Problem> {
    let message = "`grant` must be the id of a grant".to_owned();
    query.get("grant").ok_or_else(|| Invalid { pointer: Pointer::default(), message }.into())
}
