//! An origin of a test's own: HTTP by hand, so that it may answer as wrongly as it likes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A running origin.
pub(super) struct Origin {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// What it was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) http: String,
    pub(super) head: String,
    /// The message; null of a request without a body.
    pub(super) message: Value,
}

/// How it answers.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    /// Whether the connection stays open behind the body, as if more was to come.
    pub(super) stays: bool,
}

impl Asked {
    /// Which path, with its query.
    pub(super) fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub(super) fn method(&self) -> &str {
        self.message["method"].as_str().unwrap_or_default()
    }

    /// The result as JSON.
    pub(super) fn result(&self, result: impl Into<Value>) -> Answer {
        Answer::json(200, json!({ "jsonrpc": "2.0", "id": self.message["id"], "result": result.into() }))
    }

    pub(super) fn error(&self, status: u16, code: i32) -> Answer {
        let error = json!({ "code": code, "message": "no \u{1b}[31msuch thing" });
        Answer::json(status, json!({ "jsonrpc": "2.0", "id": self.message["id"], "error": error }))
    }
}

impl Answer {
    pub(super) fn json(status: u16, body: impl Into<Value>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: body.into().to_string(),
            stays: false,
        }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), stays: false }
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same as a stream, which is held open behind it.
    pub(super) fn streamed(self) -> Self {
        let keep_alive = ": keep-alive\r\n\r\nevent: message\r\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\r\n\r\n";
        let body = format!("{keep_alive}event: message\r\ndata: {}\r\n\r\n", self.body);
        Self { body, stays: true, ..self }.with("Content-Type", "text/event-stream")
    }
}

impl Origin {
    pub(super) fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream.unwrap(), &kept, &*answer));
            }
        });
        Self { url, asked }
    }

    /// Where it is, without a path, as a gateway's address has none.
    pub(super) fn site(&self) -> &str {
        self.url.trim_end_matches("/mcp")
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// One request; each answer closes its connection.
fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let message = serde_json::from_slice(&body).unwrap_or_default();
    let asked = Asked { http: head.split(' ').next().unwrap().to_owned(), head, message };
    let Answer { status, headers, body, stays } = answer(&asked);
    kept.lock().unwrap().push(asked);
    let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = if stays { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let _ = write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}{length}\r\n{body}");
    let _ = stream.flush();
    if stays {
        std::thread::sleep(std::time::Duration::from_secs(20));
    }
}
