//! The gateway, asked over its admin API: where it is, whose token is shown, and what is made of its answers.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use ureq::http::Response;
use ureq::{Agent, Body, Error};

use super::files;
use super::http::{agent, redirected, unreached, whole};
use super::report::Failure;
use super::terminal::plain;
use crate::registry::Endpoint;

/// The most bytes of an answer: 200 questions, each with 64 KiB of arguments, and what stands around them.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;

const NO_GATEWAY: &str = "Which gateway? Say --gateway https://HOST, or set TOLLGATE_URL.";

const NO_TOKEN: &str = "Who asks? Set TOLLGATE_TOKEN to the admin secret, or to the token of an operator, which begins with `to_`; \
    or say --token-file FILE. An argument is no place for it: others on this machine can read those.";

const NOT_TAKEN: &str = "The gateway does not take this token. It wants the admin secret or, for approvals, the token of an operator, \
    which begins with `to_`: set TOLLGATE_TOKEN, or say --token-file FILE.";

const OF_A_GRANT: &str = "That is the token of a grant, an agent's. Set TOLLGATE_TOKEN to the admin secret, or to the token of an \
    operator, which begins with `to_`. Who holds a grant answers on the approval page, where the call is the user's to approve.";

/// How the gateway is reached.
#[derive(Args)]
pub(super) struct Reach {
    /// The gateway, like `https://gateway.example`. Else `TOLLGATE_URL` says it.
    #[arg(long, value_name = "URL")]
    gateway: Option<String>,
    /// A file that holds the token; - reads standard input. Else `TOLLGATE_TOKEN` holds it.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The most seconds that an answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// A gateway, and who asks.
pub(super) struct Gateway {
    agent: Agent,
    site: String,
    token: String,
    timeout: Duration,
}

/// What the gateway answers when it does not do what it was asked.
#[derive(Deserialize)]
struct Refusal {
    error: Option<Said>,
    #[serde(default)]
    errors: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    code: String,
    #[serde(default)]
    pointer: String,
    message: String,
}

impl Reach {
    pub(super) fn gateway(&self) -> Result<Gateway, Failure> {
        let (name, url) = match &self.gateway {
            Some(url) => ("--gateway", url.clone()),
            None => ("TOLLGATE_URL", variable("TOLLGATE_URL").ok_or_else(|| Failure::usage(NO_GATEWAY))?),
        };
        let site = site(name, &url)?;
        Ok(Gateway { agent: agent(), site, token: self.token()?, timeout: Duration::from_secs(self.timeout) })
    }

    fn token(&self) -> Result<String, Failure> {
        let read = match &self.token_file {
            Some(path) => String::from_utf8(files::read(path)?).ok(),
            None => Some(variable("TOLLGATE_TOKEN").ok_or_else(|| Failure::usage(NO_TOKEN))?),
        };
        // It is never shown, not even in part.
        let token = read.as_deref().map(str::trim).unwrap_or_default();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message =
                "The token is not one line of visible ASCII characters. Copy it again, without what stands around it.";
            return Err(Failure::usage(message));
        }
        if token.starts_with("tg_") { Err(Failure::usage(OF_A_GRANT)) } else { Ok(token.to_owned()) }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Scheme and host. A token does not travel where others can read it.
fn site(name: &str, url: &str) -> Result<String, Failure> {
    let shown = plain(url);
    let wrong = |why: &str| Failure::usage(format!("{name} `{shown}` {why}."));
    let endpoint =
        Endpoint::read(url).map_err(|_| wrong("is not like https://gateway.example: a scheme and a host"))?;
    let site = endpoint.as_str().trim_end_matches('/');
    let (scheme, host) = site.split_once("://").unwrap_or_default();
    if host.contains(['/', '?']) {
        return Err(wrong("names more than the gateway: leave away what stands behind the host"));
    }
    if scheme == "http" && !is_loopback(host) {
        return Err(wrong("would show the token to whoever is on the way: say https://"));
    }
    Ok(site.to_owned())
}

/// Whether that is this machine.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl Gateway {
    /// Asks for `path` below `/api/v1/`.
    pub(super) fn get(&self, path: &str) -> Result<String, Failure> {
        let request = self.agent.get(self.url(path)).header("Authorization", self.bearer());
        self.answer(request.config().timeout_global(Some(self.timeout)).build().call())
    }

    pub(super) fn post(&self, path: &str, document: &serde_json::Value) -> Result<String, Failure> {
        let request = self.agent.post(self.url(path)).header("Authorization", self.bearer());
        let request = request.header("Content-Type", "application/json");
        self.answer(request.config().timeout_global(Some(self.timeout)).build().send(document.to_string()))
    }

    pub(super) fn delete(&self, path: &str) -> Result<String, Failure> {
        let request = self.agent.delete(self.url(path)).header("Authorization", self.bearer());
        self.answer(request.config().timeout_global(Some(self.timeout)).build().call())
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.site)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn answer(&self, answered: Result<Response<Body>, Error>) -> Result<String, Failure> {
        let response = answered.map_err(|error| unreached(&self.site, &error))?;
        let status = response.status().as_u16();
        if (300..400).contains(&status) {
            let location = response.headers().get("location").and_then(|value| value.to_str().ok());
            return Err(redirected(&self.site, location));
        }
        let reader = response.into_body().into_with_config().limit(MAX_ANSWER).reader();
        let body = whole(&self.site, reader, MAX_ANSWER)?;
        if (200..300).contains(&status) { Ok(body) } else { Err(self.refused(status, &body)) }
    }

    fn refused(&self, status: u16, body: &str) -> Failure {
        let Ok(Refusal { error, errors }) = serde_json::from_str(body) else { return self.strange(status) };
        let said: Vec<Said> = error.into_iter().chain(errors).collect();
        let sentences = said.iter().map(|Said { pointer, message, .. }| {
            let place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
            plain(&format!("{place}{message}"))
        });
        let sentence = format!("The gateway answers: {}.", sentences.collect::<Vec<_>>().join("; "));
        match (status, said.first()) {
            (_, None) => self.strange(status),
            (401, Some(said)) if said.code == "unauthorized" => Failure::usage(NOT_TAKEN),
            (401, Some(_)) => Failure::usage(sentence),
            (404 | 409 | 412 | 413 | 422, Some(_)) => Failure::failed(sentence),
            (_, Some(_)) => Failure::out_of_reach(sentence),
        }
    }

    /// What no gateway of ours would answer.
    pub(super) fn strange(&self, status: u16) -> Failure {
        Failure::out_of_reach(format!(
            "{} answers HTTP {status} with something that is not of the admin API. Is it the address of a Tollgate gateway?",
            self.site
        ))
    }
}
