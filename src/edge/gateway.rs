//! The path of a message: door, grant, body, strict parse, decision, ledger, origin.

use std::rc::Rc;

use worker::{Context, Env, Headers, Method, Request, Response, Result, console_error};

use super::origin::{Downstream, Exchange};
use super::store::Store;
use super::{clock, door, ledger, origin, reply};
use crate::ledger::Admission;
use crate::policy::{self, Denial, Edition, Meter, Permit, Rulebook, Ruling, Settled};
use crate::registry::{Bearer, Grant, Name, Server};
use crate::wire::{self, Answer, Asked, Head, ListFilter, Message, Open, Subject};

/// The code of an answer to somebody without a grant; outside the range that JSON-RPC and MCP reserve.
const UNAUTHORIZED: i32 = 4010;

/// Answers a request to the gateway URL of `server`.
pub(super) async fn answer(request: Request, env: Env, context: &Context, server: Name) -> Result<Response> {
    if let Some(refused) = door::check(request.headers(), &env)? {
        return reply::answer(&refused);
    }
    let method = request.method();
    if !matches!(method, Method::Post | Method::Get | Method::Delete) {
        let response = reply::text(405, "A gateway URL takes POST, GET and DELETE.\n")?;
        response.headers().set("allow", "POST, GET, DELETE")?;
        return Ok(response);
    }
    let answered = match admit(&request, &env, context, &server).await {
        Ok(Some(passage)) => passage.answer(request, &method).await,
        Ok(None) => return unauthorized(),
        Err(error) => Err(error),
    };
    answered.or_else(|error| {
        console_error!("refused, since the gateway failed: {error}");
        reply::answer(&Answer::outage(
            None,
            "The gateway cannot judge this now. Nothing was forwarded; try again later",
        ))
    })
}

/// 401 is for authentication only: clients answer it with a sign-in.
fn unauthorized() -> Result<Response> {
    let message = "Show a valid grant for this server: Authorization: Bearer tg_…";
    let response = reply::answer(&Answer::error(401, None, UNAUTHORIZED, message, None))?;
    response.headers().set("www-authenticate", "Bearer")?;
    Ok(response)
}

/// Who asks, of which server, under which policy.
struct Passage {
    env: Env,
    grant: Rc<Grant>,
    server: Rc<Server>,
    edition: Rc<Edition>,
}

/// The passage of a request that shows a live grant for `name`.
async fn admit(request: &Request, env: &Env, context: &Context, name: &Name) -> Result<Option<Passage>> {
    let authorization = request.headers().get("authorization")?;
    let Some(bearer) = authorization.as_deref().and_then(Bearer::of_header) else { return Ok(None) };
    let store = Store::open(env)?;
    let grant = match store.grant(&bearer.hash(), context).await? {
        Some(grant) if grant.server == *name && grant.is_live(clock::now()) => grant,
        Some(_) | None => return Ok(None),
    };
    let edition = store.edition(&grant.policy, context).await?;
    match store.server(name, context).await? {
        Some(server) => Ok(Some(Passage { env: env.clone(), grant, server, edition })),
        None => Err(worker::Error::from(format!("the server {name} of grant {} is not registered", grant.id))),
    }
}

impl Passage {
    async fn answer(self, request: Request, method: &Method) -> Result<Response> {
        if *method == Method::Post {
            return self.message(request).await;
        }
        let downstream = Downstream::of_session(request.headers(), method.clone())?;
        origin::relay(Open::without_body(), &self.env, &self.server.origin, downstream).await
    }

    async fn message(self, mut request: Request) -> Result<Response> {
        let body = match door::body(&mut request).await? {
            Ok(body) => body,
            Err(refused) => return reply::answer(&refused),
        };
        let headers = request.headers();
        let (version, method, name) =
            (headers.get("mcp-protocol-version")?, headers.get("mcp-method")?, headers.get("mcp-name")?);
        let head = Head { version: version.as_deref(), method: method.as_deref(), name: name.as_deref() };
        let message = match wire::read(&head, &body) {
            Ok(message) => message,
            Err(refused) => return reply::answer(&refused),
        };
        match message {
            Message::Notification(era, open) => {
                let downstream = Downstream::of_notification(headers, era, body)?;
                origin::relay(open, &self.env, &self.server.origin, downstream).await
            }
            Message::Request(message) => self.request(headers, message, &body).await,
        }
    }

    async fn request(self, headers: &Headers, message: wire::Request<'_>, body: &[u8]) -> Result<Response> {
        let exchange = |list| Exchange::of(&message, list);
        let downstream = |exchange| Downstream::of_request(headers, &message, exchange, body.to_vec());
        match &message.asked {
            Asked::Open(open) => {
                origin::relay(*open, &self.env, &self.server.origin, downstream(exchange(None))?).await
            }
            Asked::List(kind, open) => {
                let (edition, server, kind) = (Rc::clone(&self.edition), Rc::clone(&self.server), *kind);
                let keep = move |name: &str| {
                    policy::is_listed(Rulebook { edition: &edition, aliases: &server.aliases }, kind, name)
                };
                let list = Some(ListFilter::new(kind, keep));
                origin::relay(*open, &self.env, &self.server.origin, downstream(exchange(list))?).await
            }
            Asked::Judged(subject) => match self.judge(subject).await? {
                Judged::Allowed(permit, fields) => {
                    let downstream = downstream(exchange(None))?;
                    let response = origin::forward(permit, &self.env, &self.server.origin, downstream).await?;
                    if let Some((policy, state)) = fields {
                        response.headers().set("ratelimit-policy", &policy)?;
                        response.headers().set("ratelimit", &state)?;
                    }
                    Ok(response)
                }
                Judged::Denied(denial) => self.refuse(&message, subject, &denial),
                Judged::Revoked => unauthorized(),
            },
        }
    }

    async fn judge(&self, subject: &Subject<'_>) -> Result<Judged> {
        let rulebook = Rulebook { edition: &self.edition, aliases: &self.server.aliases };
        match policy::decide(rulebook, subject) {
            Ruling::Allow(permit) => Ok(Judged::Allowed(permit, None)),
            Ruling::Deny(denial) => Ok(Judged::Denied(denial)),
            Ruling::Meter(meter) => self.meter(meter).await,
        }
    }

    async fn meter(&self, meter: Meter) -> Result<Judged> {
        let admission = ledger::ask(&self.env, &self.grant.id, meter.charges()).await?;
        let fields = match &admission {
            Admission::Admitted(tallies) => Some(meter.rate_limit_fields(tallies)),
            Admission::Refused(_) | Admission::Revoked => None,
        };
        Ok(match meter.settle(&admission) {
            Settled::Allow(permit) => Judged::Allowed(permit, fields),
            Settled::Deny(denial) => Judged::Denied(denial),
            Settled::Revoked => Judged::Revoked,
        })
    }

    fn refuse(&self, message: &wire::Request<'_>, subject: &Subject<'_>, denial: &Denial) -> Result<Response> {
        let request_id = request_id()?;
        let context =
            policy::Context { policy: &self.grant.policy, stamp: self.edition.stamp(), request_id: &request_id };
        reply::answer(&policy::refuse(message, subject, denial, context))
    }
}

/// What became of a governed request.
enum Judged {
    /// Forward it; a metered one with what its `RateLimit` header fields say.
    Allowed(Permit, Option<(String, String)>),
    /// Refuse it.
    Denied(Denial),
    /// The ledger knows that the grant is worth nothing any more.
    Revoked,
}

/// 64 random bits in hexadecimal.
fn request_id() -> Result<String> {
    let mut bits = [0; 8];
    getrandom::fill(&mut bits).map_err(|error| worker::Error::from(error.to_string()))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bits)))
}
