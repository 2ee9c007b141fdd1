//! The gateway URL: who may pass, and what becomes of a message.

use std::rc::Rc;

use worker::{Context, Env, Method, Request, Response, Result, console_error};

use super::passage::Passage;
use super::store::Store;
use super::{clock, door, reply};
use crate::registry::{Bearer, Name};

/// Answers a request to the gateway URL of `server`.
pub(super) async fn answer(request: Request, env: Env, context: Context, server: Name) -> Result<Response> {
    // The raw word: the library takes a method that it does not know for GET.
    let method = match request.inner().method().as_str() {
        "POST" => Method::Post,
        "GET" => Method::Get,
        "DELETE" => Method::Delete,
        _ => return reply::not_allowed("POST, GET, DELETE"),
    };
    let answered = match admit(&request, &env, &Rc::new(context), server).await {
        Ok(Admitted::In(passage)) if method == Method::Post => passage.message(request).await,
        Ok(Admitted::In(passage)) => passage.session(request, method).await,
        Ok(Admitted::Unknown) => reply::unauthorized(),
        Ok(Admitted::Refused(refused)) => {
            let response = reply::answer(&refused.answer())?;
            response.headers().set("retry-after", "60")?;
            Ok(response)
        }
        Err(error) => Err(error),
    };
    answered.or_else(|error| {
        console_error!("refused, since the gateway failed: {error}");
        reply::outage(None)
    })
}

/// Whether somebody is let in.
enum Admitted {
    In(Box<Passage>),
    Unknown,
    Refused(door::Refused),
}

/// Looks for a live grant for `name`.
async fn admit(request: &Request, env: &Env, context: &Rc<Context>, name: Name) -> Result<Admitted> {
    let authorization = request.headers().get("authorization")?;
    let Some(bearer) = authorization.as_deref().and_then(Bearer::of_header) else { return Ok(Admitted::Unknown) };
    let token = bearer.hash();
    if !Store::has_met(&token)
        && let Some(refused) = door::shield(request.headers(), env).await?
    {
        return Ok(Admitted::Refused(refused));
    }
    let store = Store::open(env)?;
    let grant = match store.grant(&token, context).await? {
        Some(grant) if grant.server == name && grant.is_live(clock::now()) => grant,
        Some(_) | None => return Ok(Admitted::Unknown),
    };
    let edition = store.edition(&grant.policy, context).await?;
    let Some(server) = store.server(&name, context).await? else {
        return Err(worker::Error::from(format!("the server {name} of grant {} is not registered", grant.id)));
    };
    let (env, context) = (env.clone(), Rc::clone(context));
    Ok(Admitted::In(Box::new(Passage { env, context, store, grant, name, server, edition })))
}
