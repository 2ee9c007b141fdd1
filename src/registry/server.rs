//! Servers: where an origin is, what it is told, and what its tools are also called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Aliases, Endpoint};
use crate::wire::json::{Fields, Invalid, Node, Pointer, quote, string};

/// A registered origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Where it is, and what it is told.
    pub origin: Origin,
    /// The other names of its tools: those of the preset and its own.
    pub aliases: Aliases,
    /// How new must be what its messages are judged by.
    pub consistency: Consistency,
    /// Whether its operator has stopped it: then nothing reaches the origin.
    pub stopped: bool,
}

/// How new what a message is judged by must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consistency {
    /// As KV distributes it, within bounds; a metered call within two seconds.
    #[default]
    Eventual,
    /// The newest: every message asks the ledger first.
    Strict,
}

/// The MCP server behind the gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Its one endpoint.
    pub url: Endpoint,
    /// Header fields that the gateway adds, by lower-case name: credentials, usually.
    pub headers: BTreeMap<String, HeaderValue>,
}

/// The value of a header field that the gateway adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HeaderValue {
    /// The value itself.
    Text(String),
    /// A Worker secret that holds it.
    Secret {
        /// The secret's name.
        secret: String,
    },
}

/// A server's document as it was sent; [`ServerDraft::stored`] is what is kept of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerDraft {
    server: Server,
    headers_given: bool,
    stopped_given: bool,
    aliases_given: BTreeMap<String, String>,
    preset: Option<String>,
}

/// The secrets of the Worker that are for the gateway alone: whoever has one of them can forge what it says.
const OUR_SECRETS: [&str; 4] = ["ADMIN_TOKEN", "SEAL_KEY", "WEBHOOK_KEY", "WEBHOOK_URL"];

/// Header fields that the gateway computes itself, or that belong to one connection.
const COMPUTED: [&str; 14] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

impl Server {
    /// Reads a stored document.
    pub fn parse(document: &[u8]) -> Result<Self, Vec<Invalid>> {
        ServerDraft::parse(document).map(|draft| draft.server)
    }
}

impl ServerDraft {
    /// Reads a document, or says what is wrong with it.
    pub fn parse(document: &[u8]) -> Result<Self, Vec<Invalid>> {
        let node = crate::wire::json::parse(document).map_err(|unreadable| {
            vec![Invalid { pointer: Pointer::default(), message: unreadable.placed_in(document) }]
        })?;
        let mut fields = Fields::of(&node, Pointer::default())?;
        let (origin, headers_given) = origin(fields.require("origin")?)?;
        let preset = fields.take("preset");
        let mut aliases = match &preset {
            Some((node, pointer)) => Aliases::of_preset(string(node, pointer)?, pointer)?,
            None => Aliases::default(),
        };
        let mut aliases_given = BTreeMap::new();
        if let Some((node, pointer)) = fields.take("aliases") {
            let mut own = Aliases::default();
            own.add(node, &pointer)?;
            aliases.add(node, &pointer)?;
            aliases_given.extend(own.pairs().map(|(alias, live)| (alias.to_owned(), live.to_owned())));
        }
        let consistency = fields.take("consistency").map(consistency).transpose()?.unwrap_or_default();
        let stopped = fields.take("stopped").map(stopped).transpose()?;
        fields.finish()?;
        let preset = preset.and_then(|(node, _)| node.as_str()).map(str::to_owned);
        let (stopped, stopped_given) = (stopped.unwrap_or(false), stopped.is_some());
        let server = Server { origin, aliases, consistency, stopped };
        Ok(Self { server, headers_given, stopped_given, aliases_given, preset })
    }

    /// The draft with what it does not say itself of `known`: its header fields, since an operator who cannot see a secret must
    /// be able to change the rest, and whether it is stopped.
    #[must_use]
    pub fn keeping(mut self, known: &Server) -> Self {
        if !self.headers_given {
            self.server.origin.headers.clone_from(&known.origin.headers);
        }
        if !self.stopped_given {
            self.server.stopped = known.stopped;
        }
        self
    }

    /// The draft, stopped or not.
    #[must_use]
    pub fn stopped(mut self, stopped: bool) -> Self {
        self.server.stopped = stopped;
        self
    }

    /// The server that the draft describes.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The document that is stored, credentials included.
    pub fn stored(&self) -> String {
        self.document(&json!(self.server.origin.headers)).to_string()
    }

    /// What the admin API shows: of a header field, only that it is set.
    pub fn shown(&self) -> Value {
        let mut headers = Map::new();
        headers.extend(self.server.origin.headers.keys().map(|name| (name.clone(), json!({ "set": true }))));
        let mut shown = self.document(&Value::Object(headers));
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("stopped".to_owned(), json!(self.server.stopped));
        }
        shown
    }

    fn document(&self, headers: &Value) -> Value {
        let mut document = json!({ "origin": { "url": self.server.origin.url.as_str(), "headers": headers } });
        if let Some(fields) = document.as_object_mut() {
            if !self.aliases_given.is_empty() {
                fields.insert("aliases".to_owned(), json!(self.aliases_given));
            }
            if let Some(preset) = &self.preset {
                fields.insert("preset".to_owned(), json!(preset));
            }
            match self.server.consistency {
                Consistency::Strict => drop(fields.insert("consistency".to_owned(), json!("strict"))),
                Consistency::Eventual => {}
            }
            if self.server.stopped {
                fields.insert("stopped".to_owned(), json!(true));
            }
        }
        document
    }
}

fn origin((node, pointer): (&Node<'_>, Pointer)) -> Result<(Origin, bool), Vec<Invalid>> {
    let mut fields = Fields::of(node, pointer)?;
    let (url_node, url_pointer) = fields.require("url")?;
    let url = Endpoint::read(string(url_node, &url_pointer)?)
        .map_err(|message| vec![Invalid { pointer: url_pointer, message: message.to_owned() }])?;
    let given = fields.take("headers");
    let headers_given = given.is_some();
    let headers = given.map(headers).transpose()?.unwrap_or_default();
    fields.finish()?;
    Ok((Origin { url, headers }, headers_given))
}

fn headers((node, pointer): (&Node<'_>, Pointer)) -> Result<BTreeMap<String, HeaderValue>, Vec<Invalid>> {
    let fields = Fields::of(node, pointer)?;
    let mut headers = BTreeMap::new();
    for (name, node, pointer) in fields.into_members() {
        let invalid = |message: &str| vec![Invalid { pointer: pointer.clone(), message: message.to_owned() }];
        let name = name.to_ascii_lowercase();
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            return Err(invalid("is not the name of a header field"));
        }
        if COMPUTED.contains(&name.as_str()) || name.starts_with("mcp-") || name.starts_with("cf-") {
            return Err(invalid("is a header field that the gateway or the platform computes"));
        }
        let value = if node.as_object().is_some() {
            let mut fields = Fields::of(node, pointer.clone())?;
            let secret = fields.require_string("secret")?.to_owned();
            fields.finish()?;
            if OUR_SECRETS.contains(&secret.as_str()) {
                return Err(invalid("is a secret of the gateway's own, which no origin gets to see"));
            }
            HeaderValue::Secret { secret }
        } else {
            HeaderValue::Text(string(node, &pointer)?.to_owned())
        };
        if let HeaderValue::Text(text) = &value
            && !text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
        {
            return Err(invalid("a value is printable ASCII"));
        }
        if headers.insert(name, value).is_some() {
            return Err(invalid("stands there twice: names of header fields have no case"));
        }
    }
    Ok(headers)
}

fn consistency((node, pointer): (&Node<'_>, Pointer)) -> Result<Consistency, Vec<Invalid>> {
    match string(node, &pointer)? {
        "eventual" => Ok(Consistency::Eventual),
        "strict" => Ok(Consistency::Strict),
        other => {
            let message = format!("unknown consistency {}: it is \"eventual\" or \"strict\"", quote(other));
            Err(vec![Invalid { pointer, message }])
        }
    }
}

fn stopped((node, pointer): (&Node<'_>, Pointer)) -> Result<bool, Vec<Invalid>> {
    match node.text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(vec![Invalid { pointer, message: "must be true or false".to_owned() }]),
    }
}
