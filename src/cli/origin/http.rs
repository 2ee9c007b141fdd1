//! The line to an origin: one POST, and the one message that answers it.

use std::io::Read;

use ureq::Agent;
use ureq::http::Response;

use crate::cli::clock::Deadline;
use crate::cli::http::{agent, broken, redirected, unreached, whole};
use crate::cli::report::Failure;
use crate::registry::{HeaderValue, Server};
use crate::wire::json::{Node, parse};
use crate::wire::sse::{Frame, Splitter};

/// The most bytes of an answer.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// Where an origin is, and what it is told each time.
pub(super) struct Line {
    agent: Agent,
    pub(super) url: String,
    headers: Vec<(String, String)>,
    deadline: Deadline,
}

/// What came back.
pub(super) struct Reply {
    pub(super) status: u16,
    /// The legacy session that it names.
    pub(super) session: Option<String>,
    /// The message with the id that was asked under; else the whole of a body that is no stream.
    pub(super) body: String,
}

impl Line {
    pub(super) fn to(server: &Server, deadline: Deadline) -> Self {
        let headers = server.origin.headers.iter().filter_map(|(name, value)| match value {
            HeaderValue::Text(text) => Some((name.clone(), text.clone())),
            // Only a server's record names secrets of a Worker.
            HeaderValue::Secret { .. } => None,
        });
        Self { agent: agent(), url: server.origin.url.as_str().to_owned(), headers: headers.collect(), deadline }
    }

    /// Sends a message; `id` is the one that its answer will have, and is empty where there will be none.
    pub(super) fn post(&self, body: &str, headers: &[(&str, &str)], id: &str) -> Result<Reply, Failure> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
        for (name, value) in self.own().chain(headers.iter().copied()) {
            request = request.header(name, value);
        }
        let request = request.config().timeout_global(Some(self.deadline.left())).build();
        let response = request.send(body).map_err(|error| unreached(&self.url, &error))?;
        self.reply(response, id)
    }

    /// Ends a session. Whether that succeeds is the origin's affair.
    pub(super) fn delete(&self, headers: &[(&str, &str)]) {
        let mut request = self.agent.delete(&self.url);
        for (name, value) in self.own().chain(headers.iter().copied()) {
            request = request.header(name, value);
        }
        let _ = request.config().timeout_global(Some(self.deadline.left())).build().call();
    }

    fn own(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn reply(&self, response: Response<ureq::Body>, id: &str) -> Result<Reply, Failure> {
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let kind = header("content-type").unwrap_or_default().to_ascii_lowercase();
        let (session, location) = (header("mcp-session-id"), header("location"));
        if (300..400).contains(&status) {
            return Err(redirected(&self.url, location.as_deref()));
        }
        if matches!(status, 401 | 403) {
            let message = format!(
                "{} answers {status}: it wants other credentials. Give them with --header 'Authorization: Bearer …'.",
                self.url
            );
            return Err(Failure::out_of_reach(message));
        }
        if id.is_empty() {
            return Ok(Reply { status, session, body: String::new() });
        }
        let reader = response.into_body().into_with_config().limit(MAX_ANSWER).reader();
        let body = if kind.starts_with("text/event-stream") {
            self.event(reader, id)?
        } else {
            whole(&self.url, reader, MAX_ANSWER)?
        };
        Ok(Reply { status, session, body })
    }

    /// The message of a stream that answers `id`. The stream is left then: an origin may hold it open.
    fn event(&self, mut reader: impl Read, id: &str) -> Result<String, Failure> {
        let mut splitter = Splitter::default();
        let mut chunk = vec![0; 16 * 1024];
        loop {
            let size = reader.read(&mut chunk).map_err(|error| broken(&self.url, &error, MAX_ANSWER))?;
            let mut frames = Vec::new();
            let broken = splitter.push(chunk.get(..size).unwrap_or_default(), &mut frames);
            for frame in frames {
                let Frame::Event(event) = frame else { continue };
                if let Some(data) = event.data.filter(|data| answers(data, id)) {
                    return Ok(data);
                }
            }
            if broken.is_err() || size == 0 {
                let message = format!("{} sends a stream that ends without the answer.", self.url);
                return Err(Failure::out_of_reach(message));
            }
        }
    }
}

/// Whether a message answers the request `id`. An error does, whatever it is an error of: nothing else was asked, and of a
/// message that it cannot read an origin cannot say the id.
fn answers(message: &str, id: &str) -> bool {
    let Ok(node) = parse(message.as_bytes()) else { return false };
    let Some(object) = node.as_object() else { return false };
    let is_own = object.get("id").and_then(Node::as_str).is_some_and(|own| own == id);
    object.get("error").is_some() || (is_own && object.get("result").is_some())
}
