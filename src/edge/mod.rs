//! Everything that knows it runs on Workers: routes, the path of a message, the store, the Durable Objects, the origin
//! and the admin API. It decides nothing: what is allowed comes from [`crate::policy`], what is used up from
//! [`crate::ledger`].

mod admin;
mod cache;
mod clock;
mod door;
mod gateway;
mod head;
mod ledger;
mod object;
mod origin;
mod reply;
mod store;

use worker::{Context, Env, Request, Response, Result, console_error, event};

use crate::registry::Name;

/// The entry point of the Worker.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    let path = request.path();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let answered = match segments.as_slice() {
        ["healthz"] => reply::text(200, "ok\n"),
        ["api", "v1", rest @ ..] => admin::answer(request, &env, rest).await,
        [server, "mcp"] => match Name::read(server) {
            Some(server) => gateway::answer(request, env, &context, server).await,
            None => reply::not_found(),
        },
        _ => reply::not_found(),
    };
    answered.or_else(|error| {
        console_error!("unexpected: {error}");
        reply::text(500, "The gateway failed. Nothing was forwarded.\n")
    })
}
