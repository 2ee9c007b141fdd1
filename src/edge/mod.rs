//! Everything that knows it runs on Workers: routes, the path of a message, the store, the Durable Objects, the origin
//! and the admin API. It decides nothing: what is allowed comes from [`crate::policy`], what is used up from
//! [`crate::ledger`].

mod admin;
mod catalogue;
mod clock;
mod door;
mod gateway;
mod governed;
mod head;
mod keys;
mod ledger;
mod object;
mod origin;
mod passage;
mod reply;
mod store;

use worker::{Context, Env, Request, Response, Result, console_error, event};

use crate::registry::Name;

/// The entry point of the Worker.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    let path = request.path();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    answer(request, env, context, &segments).await.or_else(|error| {
        console_error!("unexpected: {error}");
        reply::text(500, "The gateway failed. Nothing was forwarded.\n")
    })
}

async fn answer(request: Request, env: Env, context: Context, path: &[&str]) -> Result<Response> {
    let refused = door::check(request.headers(), &env)?;
    match (path, refused) {
        (["healthz"], _) => reply::text(200, "ok\n"),
        (["api", "v1", ..], Some(refused)) => admin::refuse(refused),
        (["api", "v1", rest @ ..], None) => admin::answer(request, &env, rest).await,
        (_, Some(refused)) => reply::answer(&refused.answer()),
        ([server, "mcp"], None) => match Name::read(server) {
            Some(server) => gateway::answer(request, env, context, server).await,
            None => reply::not_found(),
        },
        _ => reply::not_found(),
    }
}
