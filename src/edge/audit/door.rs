//! Those who were turned away: they are counted, and written down once a second at most, all in one place.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::json;
use worker::{Env, console_error};

use super::{OVERDUE, Trail, WAIT};
use crate::edge::context::Context;
use crate::edge::task::settled;
use crate::edge::{clock, ledger, platform};
use crate::ledger::Millis;

/// Why somebody was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::edge) enum Stranger {
    /// Nothing was shown that looks like a grant.
    WithoutGrant,
    /// A grant was shown that is none.
    Unknown,
    /// The grant is for another server.
    Elsewhere,
    /// The grant has expired or was revoked, or its token was replaced.
    Dead,
}

#[derive(Default)]
struct Crowd {
    since: Option<Millis>,
    without_grant: u64,
    unknown: u64,
    elsewhere: u64,
    dead: u64,
}

thread_local! {
    static CROWD: RefCell<Crowd> = RefCell::default();
}

/// Counts somebody who is turned away.
pub(in crate::edge) fn turned_away(stranger: Stranger, env: &Env, context: &Rc<Context>) {
    let now = clock::now();
    let first = CROWD.with_borrow_mut(|crowd| {
        match stranger {
            Stranger::WithoutGrant => crowd.without_grant += 1,
            Stranger::Unknown => crowd.unknown += 1,
            Stranger::Elsewhere => crowd.elsewhere += 1,
            Stranger::Dead => crowd.dead += 1,
        }
        let first = crowd.since.is_none_or(|since| now.since(since) >= OVERDUE);
        if first {
            crowd.since = Some(now);
        }
        first
    });
    if first {
        let trail = Trail { env: env.clone(), context: Rc::clone(context), ledger: ledger::DOOR.to_owned() };
        context.wait_until(async move {
            drop(settled(platform::pause(WAIT)).await);
            write_down(&trail).await;
        });
    }
}

async fn write_down(trail: &Trail) {
    let Crowd { since, without_grant, unknown, elsewhere, dead } = CROWD.take();
    let author = match trail.author() {
        Ok(author) => author,
        Err(error) => return console_error!("those turned away are not written down: {error}"),
    };
    let count = without_grant + unknown + elsewhere + dead;
    let record = json!({
        "isolate": author.isolate, "number": author.number, "at": since, "until": clock::now(),
        "ruling": "unauthorized", "count": count,
        "without_grant": without_grant, "unknown": unknown, "elsewhere": elsewhere, "dead": dead,
    });
    // What cannot be written is lost, and its number is missing: whoever knocks is not to fill our memory.
    if let Err(error) = ledger::record(&trail.env, &trail.ledger, &[record.to_string()]).await {
        console_error!("{count} who were turned away are not written down: {error}");
    }
}
