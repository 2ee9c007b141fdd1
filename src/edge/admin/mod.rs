//! The admin API, `/api/v1/`: servers, policies and grants, for operators who hold the admin secret; and what agents ask people, for
//! named operators too.

mod approvals;
mod audit;
mod documents;
mod grants;
mod operators;
mod page;
mod policies;
mod problem;
mod servers;
mod usage;

use sha2::{Digest, Sha256};
use web_sys::Response;
use worker::js_sys::Uint8Array;
use worker::{Env, Result, console_error};

use super::store::Store;
use super::task::settled;
use super::visit::Visit;
use super::{door, operators as people, platform};
use crate::registry::Bearer;
use problem::Problem;

/// The fewest characters of an admin secret.
const SHORTEST_SECRET: usize = 32;

/// What an operation gives: a response, or what is wrong with the request.
type Answered = std::result::Result<Response, Problem>;

/// One authorised request.
struct Call<'c> {
    visit: Visit,
    env: &'c Env,
    store: Store,
    /// Who asks: `admin`, or the name of an operator.
    who: String,
}

/// Answers a request below `/api/v1/`.
pub(super) async fn answer(visit: Visit, env: &Env, path: &[&str]) -> Result<Response> {
    let answered = match authorise(&visit, env, path).await {
        Ok(who) => route(Call { visit, env, store: Store::of(env), who }, path).await,
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
    let method = call.visit.method().to_owned();
    match (path, method.as_str()) {
        (["servers"], "GET") => servers::list(call).await,
        (["servers", name], "GET") => servers::get(call, name).await,
        (["servers", name], "PUT") => servers::put(call, name).await,
        (["servers", name], "DELETE") => servers::delete(call, name).await,
        (["servers", name, "stop"], "POST") => servers::set_stopped(call, name, true).await,
        (["servers", name, "start"], "POST") => servers::set_stopped(call, name, false).await,
        (["policies"], "GET") => policies::list(call).await,
        (["policies", name], "GET") => policies::get(call, name).await,
        (["policies", name], "PUT") => policies::put(call, name).await,
        (["policies", name], "DELETE") => policies::delete(call, name).await,
        (["grants"], "GET") => grants::list(call).await,
        (["grants"], "POST") => grants::create(call).await,
        (["grants", id], "GET") => grants::get(call, id).await,
        (["grants", id], "PATCH") => grants::patch(call, id).await,
        (["grants", id], "DELETE") => grants::revoke(call, id).await,
        (["grants", id, "rotate"], "POST") => grants::rotate(call, id).await,
        (["grants", id, "usage"], "GET") => usage::get(call, id).await,
        (["audit"], "GET") => audit::of_grant(call).await,
        (["audit", "door"], "GET") => audit::of_door(call).await,
        (["audit", "export"], "GET") => audit::export(call).await,
        (["approvals"], "GET") => approvals::list(call).await,
        (["approvals", id], "GET") => approvals::get(call, id).await,
        (["approvals", id, "approve"], "POST") => approvals::answer(call, id, true).await,
        (["approvals", id, "deny"], "POST") => approvals::answer(call, id, false).await,
        (["operators"], "GET") => operators::list(call).await,
        (["operators"], "POST") => operators::create(call).await,
        (["operators", name], "DELETE") => operators::delete(call, name).await,
        (["servers", _, "stop" | "start"] | ["grants", _, "rotate"] | ["approvals", _, "approve" | "deny"], _) => {
            Err(Problem::MethodNotAllowed("POST"))
        }
        (
            ["servers" | "policies" | "audit" | "approvals"]
            | ["approvals", _]
            | ["grants", _, "usage"]
            | ["audit", "door" | "export"],
            _,
        ) => Err(Problem::MethodNotAllowed("GET")),
        (["servers" | "policies", _], _) => Err(Problem::MethodNotAllowed("GET, PUT, DELETE")),
        (["grants" | "operators"], _) => Err(Problem::MethodNotAllowed("GET, POST")),
        (["grants", _], _) => Err(Problem::MethodNotAllowed("GET, PATCH, DELETE")),
        (["operators", _], _) => Err(Problem::MethodNotAllowed("DELETE")),
        _ => Err(Problem::NotFound("no such path in the admin API".to_owned())),
    }
}

/// Lets the operator in, and says who it is. Without a secret, or with one that is too short, the API is off, not open. An operator's
/// own token is good for approvals only.
async fn authorise(visit: &Visit, env: &Env, path: &[&str]) -> std::result::Result<String, Problem> {
    let secret = env.secret("ADMIN_TOKEN").map(|secret| secret.to_string()).unwrap_or_default();
    if secret.chars().count() < SHORTEST_SECRET {
        return Err(Problem::Off);
    }
    let authorization = visit.field("authorization").unwrap_or_default();
    let shown = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match shown {
        Some((_, shown)) if equal(shown, &secret) => Ok("admin".to_owned()),
        Some((_, shown)) if path.first() == Some(&"approvals") => {
            let name = match Bearer::typed_by_operator(shown) {
                Some(token) => people::named_by(env, &token.hash()).await?,
                None => None,
            };
            name.map(|name| name.as_str().to_owned()).ok_or(Problem::Unauthorized)
        }
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
    async fn body(&self, limit: usize) -> std::result::Result<Vec<u8>, Problem> {
        let most = u32::try_from(limit).unwrap_or(u32::MAX);
        let body = settled(platform::body(self.visit.request(), most)).await.map_err(worker::Error::from)?;
        if body.is_undefined() { Err(Problem::TooLarge(limit)) } else { Ok(Uint8Array::new(&body).to_vec()) }
    }

    /// The URL that was asked for.
    fn url(&self) -> Result<web_sys::Url> {
        Ok(web_sys::Url::new(self.visit.url())?)
    }

    /// The stamp of `If-Match`, if it names one.
    fn if_match(&self) -> Option<String> {
        let field = self.visit.field("if-match")?;
        Some(field.trim().trim_matches('"').to_owned()).filter(|stamp| stamp != "*")
    }
}
