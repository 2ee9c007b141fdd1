//! The gateway URL: who may pass.

use std::rc::Rc;

use web_sys::Response;
use worker::{Env, Result};

use super::audit::{self, Stranger, Trail};
use super::context::Context;
use super::noted::Noted;
use super::passage::Passage;
use super::refused::outage;
use super::store::Store;
use super::visit::Visit;
use super::{Arrived, clock, door, reply};
use crate::registry::{Bearer, Name};

/// Lets a request to the gateway URL of `server` in, if it shows a live grant; one without a message is answered.
pub(super) async fn admit(visit: Visit, env: Env, context: Rc<Context>, server: Name) -> Result<Arrived> {
    let speaks = match visit.method() {
        "POST" => true,
        "GET" | "DELETE" => false,
        _ => return reply::not_allowed("POST, GET, DELETE").map(Arrived::Answered),
    };
    let answered = match look(visit, env, context, server).await {
        Ok(Admitted::In(passage)) if speaks => return Ok(passage.heed()),
        Ok(Admitted::In(passage)) => Ok(passage.session().await),
        Ok(Admitted::Refused(response)) => Ok(response),
        Err(error) => Err(error),
    };
    Ok(Arrived::Answered(answered.unwrap_or_else(|error| outage(None, &error))))
}

/// Whether somebody is let in.
enum Admitted {
    In(Box<Passage>),
    Refused(Response),
}

/// Looks for a live grant for `name`.
async fn look(visit: Visit, env: Env, context: Rc<Context>, name: Name) -> Result<Admitted> {
    let turn_away = |stranger| {
        audit::turned_away(stranger, &env, &context);
        reply::unauthorized().map(Admitted::Refused)
    };
    let Some(bearer) = visit.field("authorization").as_deref().and_then(Bearer::of_header) else {
        return turn_away(Stranger::WithoutGrant);
    };
    let token = bearer.hash();
    if !Store::has_met(&token)
        && let Some(refused) = door::shield(&visit, &env).await?
    {
        return reply::with(reply::answer(&refused.answer()), "retry-after", "60").map(Admitted::Refused);
    }
    let store = Store::of(&env);
    let grant = match store.grant(&token, &context).await? {
        Some(grant) if grant.server != name => return turn_away(Stranger::Elsewhere),
        Some(grant) if grant.opens_for(&token, clock::now()) => grant,
        Some(_) => return turn_away(Stranger::Dead),
        None => return turn_away(Stranger::Unknown),
    };
    let noted = Noted::now()?;
    let looked_up = async {
        let edition = store.edition(&grant.policy, &context).await?;
        let server = store.server(&name, &context).await?;
        let missing = || worker::Error::from(format!("the server {name} of grant {} is not registered", grant.id));
        Ok((edition, server.ok_or_else(missing)?))
    };
    let (edition, server) = match looked_up.await {
        Ok(found) => found,
        Err(error) => {
            let trail = Trail { env: env.clone(), context: Rc::clone(&context), ledger: grant.id.clone() };
            noted.failed(&trail, &name, &grant.policy, visit.method());
            return Err(error);
        }
    };
    let visit = Rc::new(visit);
    Ok(Admitted::In(Box::new(Passage { visit, env, context, store, grant, token, name, server, edition, noted })))
}
