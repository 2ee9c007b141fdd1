//! Agents that call one URL again and again, each on a connection of its own, and never wait between two calls.
//!
//! `load URL --clients N --seconds N --body FILE [--header NAME:VALUE]… [--lines FILE] --status N --expect TEXT`
//!
//! `{n}` in the body becomes the number of the call, `{line}` in a header a line of the file, another one for each call. An answer of another status, or without TEXT, is wrong. Prints one line
//! of JSON: `calls`, `wrong`, `first_wrong`, `seconds`, and the latencies in microseconds.

#![allow(clippy::disallowed_methods, reason = "a load needs a clock")]

use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use lexopt::prelude::{Long, Value, ValueExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tollgate_bench::latencies::Latencies;

type Fault = Box<dyn std::error::Error>;

/// What is asked, and what must come back.
struct Plan {
    url: Uri,
    authority: String,
    clients: usize,
    duration: Duration,
    body: String,
    headers: Vec<(String, String)>,
    lines: Vec<String>,
    status: u16,
    expected: String,
}

/// What one agent has seen.
#[derive(Default)]
struct Seen {
    latencies: Latencies,
    wrong: u64,
    first_wrong: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let plan = Rc::new(plan()?);
    let agents = LocalSet::new();
    let until = Instant::now() + plan.duration;
    let begun = Instant::now();
    let seen = agents
        .run_until(async {
            let agents: Vec<_> =
                (0..plan.clients).map(|n| tokio::task::spawn_local(agent(Rc::clone(&plan), n, until))).collect();
            let mut all = Seen::default();
            for agent in agents {
                let seen = agent.await?.map_err(|fault| format!("an agent failed: {fault}"))?;
                all.latencies.extend(seen.latencies);
                all.wrong += seen.wrong;
                all.first_wrong = all.first_wrong.or(seen.first_wrong);
            }
            Ok::<_, Fault>(all)
        })
        .await?;
    let mut summary = seen.latencies.summary();
    summary["wrong"] = json!(seen.wrong);
    summary["first_wrong"] = json!(seen.first_wrong);
    summary["seconds"] = json!(begun.elapsed().as_secs_f64());
    println!("{summary}");
    Ok(())
}

fn plan() -> Result<Plan, Fault> {
    let mut plan = Plan {
        url: Uri::default(),
        authority: String::new(),
        clients: 1,
        duration: Duration::from_secs(1),
        body: String::new(),
        headers: Vec::new(),
        lines: Vec::new(),
        status: 200,
        expected: String::new(),
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(url) => plan.url = url.parse()?,
            Long("clients") => plan.clients = arguments.value()?.parse()?,
            Long("seconds") => plan.duration = Duration::from_secs_f64(arguments.value()?.parse()?),
            Long("body") => plan.body = std::fs::read_to_string(arguments.value()?)?,
            Long("lines") => {
                plan.lines = std::fs::read_to_string(arguments.value()?)?.lines().map(str::to_owned).collect();
            }
            Long("status") => plan.status = arguments.value()?.parse()?,
            Long("expect") => plan.expected = arguments.value()?.string()?,
            Long("header") => {
                let field = arguments.value()?.string()?;
                let (name, value) = field.split_once(':').ok_or("a header is NAME:VALUE")?;
                plan.headers.push((name.to_owned(), value.to_owned()));
            }
            other => return Err(other.unexpected().into()),
        }
    }
    plan.authority = plan.url.authority().ok_or("which URL?")?.to_string();
    Ok(plan)
}

async fn agent(plan: Rc<Plan>, number: usize, until: Instant) -> Result<Seen, Fault> {
    let mut sender = connect(&plan).await?;
    let mut seen = Seen::default();
    let mut call = number;
    while Instant::now() < until {
        if sender.ready().await.is_err() {
            sender = connect(&plan).await?;
        }
        call += plan.clients;
        let request = request(&plan, call)?;
        let begun = Instant::now();
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await?.to_bytes();
        seen.latencies.add(begun.elapsed());
        let text = std::str::from_utf8(&body)?;
        if status != plan.status || !text.contains(&plan.expected) {
            seen.wrong += 1;
            seen.first_wrong
                .get_or_insert_with(|| format!("HTTP {status} {}", text.chars().take(300).collect::<String>()));
        }
    }
    Ok(seen)
}

async fn connect(plan: &Plan) -> Result<SendRequest<Full<Bytes>>, Fault> {
    let stream = TcpStream::connect(&plan.authority).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::task::spawn_local(connection);
    Ok(sender)
}

fn request(plan: &Plan, call: usize) -> Result<Request<Full<Bytes>>, Fault> {
    let path = plan.url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path).header(header::HOST, &plan.authority);
    let line = plan.lines.get(call.checked_rem(plan.lines.len()).unwrap_or(0)).map_or("", String::as_str);
    for (name, value) in &plan.headers {
        request = request.header(name, value.replace("{line}", line));
    }
    Ok(request.body(Full::new(plan.body.replace("{n}", &call.to_string()).into()))?)
}
