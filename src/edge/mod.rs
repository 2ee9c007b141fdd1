//! Everything that knows it runs on Workers: routes, the path of a message, the store, the Durable Objects, the origin
//! and the admin API. It decides nothing: what is allowed comes from [`crate::policy`], what is used up from
//! [`crate::ledger`].
//!
//! JavaScript stands at its border, since objects and promises that cross it cost more than all the thinking does:
//! `entry.js` is what the platform calls, `platform.js` and what it gathers what the gateway calls. None of it decides anything.

mod admin;
mod approvals;
mod approve;
mod audit;
mod catalogue;
mod clock;
mod context;
mod door;
mod exchange;
mod gateway;
mod governed;
mod head;
mod held;
mod in_force;
mod keys;
mod ledger;
mod metered;
mod mirrored;
mod noted;
mod object;
mod operators;
mod origin;
mod passage;
mod platform;
mod random;
mod refused;
mod reply;
mod settings;
mod store;
mod task;
mod visit;
mod webhook;

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, Response};
use worker::{Env, Result, console_error, worker_sys};

use crate::registry::Name;
use context::Context;
use passage::Passage;
use settings::Settings;
use visit::Visit;

/// The header fields that [`arrive`] gets with a request, a line each.
#[wasm_bindgen(js_name = fieldNames)]
pub fn field_names() -> String {
    visit::READ_AHEAD.join("\n")
}

/// The most bytes that a message may have.
#[wasm_bindgen(js_name = mostBytes)]
pub fn most_bytes() -> u32 {
    door::MAX_BODY
}

/// A request arrives; `head` is what [`Visit`] says. Gives its response or, where a live grant was shown with a message, a
/// [`Passage`] that waits for the body; or the promise of one of them.
#[wasm_bindgen]
pub fn arrive(request: Request, head: String, env: Env, context: worker_sys::Context) -> JsValue {
    let visit = Visit::new(request, head);
    let context = Rc::new(Context::new(context));
    task::start(async move {
        match admit(visit, env, context).await {
            Ok(Arrived::Answered(response)) => response.into(),
            Ok(Arrived::Speaks(passage)) => (*passage).into(),
            Err(error) => {
                console_error!("unexpected: {error}");
                reply::text(500, "The gateway failed. Nothing was forwarded.\n").into()
            }
        }
    })
}

/// What becomes of a request before its body is read.
enum Arrived {
    Answered(Response),
    /// Somebody who may pass wants to say something.
    Speaks(Box<Passage>),
}

async fn admit(visit: Visit, env: Env, context: Rc<Context>) -> Result<Arrived> {
    let refused = door::check(&visit, &Settings::of(&env));
    let path = visit.path().to_owned();
    let path: Vec<&str> = path.split('/').collect();
    let response = match (path.as_slice(), refused) {
        (["healthz"], _) => reply::text(200, "ok\n"),
        (["policy.schema.json"], _) => platform::policy_schema(),
        (["api", "v1", ..], Some(refused)) => admin::refuse(refused)?,
        (["api", "v1", rest @ ..], None) => admin::answer(visit, &env, rest).await?,
        // It sends forms to itself, so its own origin is as good as any that is listed.
        (["approve", id], _) if door::check_host(&visit, &Settings::of(&env)).is_none() => {
            approve::answer(&visit, &env, id).await?
        }
        (_, Some(refused)) => reply::answer(&refused.answer()),
        ([server, "mcp"], None) => match Name::read(server) {
            Some(server) => return gateway::admit(visit, env, context, server).await,
            None => reply::not_found(),
        },
        _ => reply::not_found(),
    };
    Ok(Arrived::Answered(response))
}
