//! The line to an origin: one POST, and the one message that answers it.

use std::io::Read;

use ureq::Agent;
use ureq::http::Response;

use super::clock::Deadline;
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
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Who asks one address must not be answered by another, nor the credentials go there.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("tollgate/", env!("CARGO_PKG_VERSION")))
            .build();
        let headers = server.origin.headers.iter().filter_map(|(name, value)| match value {
            HeaderValue::Text(text) => Some((name.clone(), text.clone())),
            // Only a server's record names secrets of a Worker.
            HeaderValue::Secret { .. } => None,
        });
        Self {
            agent: Agent::new_with_config(config),
            url: server.origin.url.as_str().to_owned(),
            headers: headers.collect(),
            deadline,
        }
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
        let response = request.send(body).map_err(|error| self.failure(&error))?;
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
            let to = location.map(|location| format!(" to `{location}`")).unwrap_or_default();
            return Err(Failure::out_of_reach(format!("{} redirects{to}. Ask there instead.", self.url)));
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
        let body = if kind.starts_with("text/event-stream") { self.event(reader, id)? } else { self.whole(reader)? };
        Ok(Reply { status, session, body })
    }

    fn whole(&self, mut reader: impl Read) -> Result<String, Failure> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| self.broken(&error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The message of a stream that answers `id`. The stream is left then: an origin may hold it open.
    fn event(&self, mut reader: impl Read, id: &str) -> Result<String, Failure> {
        let mut splitter = Splitter::default();
        let mut chunk = vec![0; 16 * 1024];
        loop {
            let size = reader.read(&mut chunk).map_err(|error| self.broken(&error))?;
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

    fn failure(&self, error: &ureq::Error) -> Failure {
        Failure::out_of_reach(if matches!(error, ureq::Error::Timeout(_)) {
            format!("{} does not answer in time. --timeout SECONDS waits longer.", self.url)
        } else {
            format!("{} cannot be reached: {}.", self.url, error.to_string().trim_start_matches("io: "))
        })
    }

    fn broken(&self, error: &std::io::Error) -> Failure {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
        if let Some(error) = inner.filter(|error| matches!(error, ureq::Error::Timeout(_))) {
            return self.failure(error);
        }
        Failure::out_of_reach(if inner.is_some_and(|error| matches!(error, ureq::Error::BodyExceedsLimit(_))) {
            format!("{} answers with more than {MAX_ANSWER} bytes.", self.url)
        } else {
            format!("{} breaks off its answer: {error}.", self.url)
        })
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
