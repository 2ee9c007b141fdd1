//! The admin API, `/api/v1/`: servers, policies and grants, for operators who hold the admin secret.

mod documents;
mod grants;
mod page;
mod policies;
mod problem;
mod servers;

use sha2::{Digest, Sha256};
use worker::{Env, Request, Response, Result, console_error};

use super::store::Store;
use super::{door, reply};
use problem::Problem;

/// The fewest characters of an admin secret.
const SHORTEST_SECRET: usize = 32;

/// What an operation gives: a response, or what is wrong with the request.
type Answered = std::result::Result<Response, Problem>;

/// One authorised request.
struct Call<'c> {
    request: Request,
    env: &'c Env,
    store: Store,
}

/// Answers a request below `/api/v1/`.
pub(super) async fn answer(request: Request, env: &Env, path: &[&str]) -> Result<Response> {
    let answered = match authorise(&request, env) {
        Ok(()) => match Store::open(env) {
            Ok(store) => route(Call { request, env, store }, path).await,
            Err(error) => Err(error.into()),
        },
        Err(problem) => Err(problem),
    };
    answered.or_else(|problem| {
        if let Problem::Outage(error) = &problem {
            console_error!("admin API: {error}");
        }
        problem.response()
    })
}

/// Refuses somebody at the door.
pub(super) fn refuse(refused: door::Refused) -> Result<Response> {
    Problem::Refused(refused).response()
}

async fn route(call: Call<'_>, path: &[&str]) -> Answered {
    // The raw word: the library takes a method that it does not know for GET.
    let method = call.request.inner().method();
    match (path, method.as_str()) {
        (["servers"], "GET") => servers::list(call).await,
        (["servers", name], "GET") => servers::get(call, name).await,
        (["servers", name], "PUT") => servers::put(call, name).await,
        (["servers", name], "DELETE") => servers::delete(call, name).await,
        (["policies"], "GET") => policies::list(call).await,
        (["policies", name], "GET") => policies::get(call, name).await,
        (["policies", name], "PUT") => policies::put(call, name).await,
        (["policies", name], "DELETE") => policies::delete(call, name).await,
        (["grants"], "GET") => grants::list(call).await,
        (["grants"], "POST") => grants::create(call).await,
        (["grants", id], "GET") => grants::get(call, id).await,
        (["grants", id], "PATCH") => grants::patch(call, id).await,
        (["grants", id], "DELETE") => grants::revoke(call, id).await,
        (["servers" | "policies"], _) => Err(Problem::MethodNotAllowed("GET")),
        (["servers" | "policies", _], _) => Err(Problem::MethodNotAllowed("GET, PUT, DELETE")),
        (["grants"], _) => Err(Problem::MethodNotAllowed("GET, POST")),
        (["grants", _], _) => Err(Problem::MethodNotAllowed("GET, PATCH, DELETE")),
        _ => Err(Problem::NotFound("no such path in the admin API".to_owned())),
    }
}

/// Lets the operator in. Without a secret, or with one that is too short, the API is off, not open.
fn authorise(request: &Request, env: &Env) -> std::result::Result<(), Problem> {
    let secret = env.secret("ADMIN_TOKEN").map(|secret| secret.to_string()).unwrap_or_default();
    if secret.chars().count() < SHORTEST_SECRET {
        return Err(Problem::Off);
    }
    let authorization = request.headers().get("authorization")?.unwrap_or_default();
    let shown = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match shown {
        Some((_, shown)) if equal(shown, &secret) => Ok(()),
        Some(_) | None => Err(Problem::Unauthorized),
    }
}

/// Compares hashes, each byte of them: how long it takes says nothing about the secret.
fn equal(shown: &str, secret: &str) -> bool {
    let (shown, secret) = (Sha256::digest(shown), Sha256::digest(secret));
    shown.iter().zip(secret.iter()).fold(0, |difference, (left, right)| difference | (left ^ right)) == 0
}

impl Call<'_> {
    /// The body of a request, up to `limit` bytes.
    async fn body(&mut self, limit: usize) -> std::result::Result<Vec<u8>, Problem> {
        door::capped(&mut self.request, limit).await?.ok_or(Problem::TooLarge(limit))
    }

    /// The URL that was asked for.
    fn url(&self) -> Result<web_sys::Url> {
        Ok(web_sys::Url::new(&self.request.inner().url())?)
    }

    /// The stamp of `If-Match`, if it names one.
    fn if_match(&self) -> Result<Option<String>> {
        let field = self.request.headers().get("if-match")?;
        Ok(field.map(|field| field.trim().trim_matches('"').to_owned()).filter(|stamp| stamp != "*"))
    }
}

fn ok(body: &serde_json::Value) -> Answered {
    Ok(reply::json(200, body)?)
}
