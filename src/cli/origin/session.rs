//! A conversation with an origin, in the era that it speaks.

use serde_json::{Value as Json, json};

use super::Speak;
use super::http::{Line, Reply};
use crate::catalogue::Catalogue;
use crate::cli::report::Failure;
use crate::cli::terminal::plain;
use crate::wire::json::{Node, Object, parse};
use crate::wire::{LEGACY_REVISIONS, ListKind, MODERN_REVISION};

/// A conversation.
pub(super) struct Session<'l> {
    line: &'l Line,
    era: Era,
    /// The name and the version of the origin, as it says them.
    pub(super) name: String,
    /// Which kinds of list it says it has.
    offers: [bool; 3],
    asked: u32,
}

enum Era {
    Modern,
    Legacy { revision: String, session: Option<String> },
}

/// The capabilities that lists belong to.
const CAPABILITIES: [&str; 3] = ["tools", "prompts", "resources"];

const METHOD_NOT_FOUND: i64 = -32601;

impl<'l> Session<'l> {
    /// Begins in the era that is wanted, or in the one that the origin speaks.
    pub(super) fn begin(line: &'l Line, speak: Speak) -> Result<Self, Failure> {
        let new = |era| Self { line, era, name: String::new(), offers: [true; 3], asked: 0 };
        if speak != Speak::Legacy {
            let mut session = new(Era::Modern);
            if session.discover()? {
                return Ok(session);
            }
            if speak == Speak::Modern {
                let message = format!("{} does not speak MCP {MODERN_REVISION}. --era auto tries others.", line.url);
                return Err(Failure::out_of_reach(message));
            }
        }
        let mut session = new(Era::Legacy { revision: LEGACY_REVISIONS[0].to_owned(), session: None });
        session.initialize()?;
        Ok(session)
    }

    pub(super) fn revision(&self) -> &str {
        match &self.era {
            Era::Modern => MODERN_REVISION,
            Era::Legacy { revision, .. } => revision,
        }
    }

    /// Whether the origin speaks the modern era.
    fn discover(&mut self) -> Result<bool, Failure> {
        let reply = self.send("server/discover", json!({}))?;
        let Ok(node) = parse(reply.body.as_bytes()) else { return Ok(false) };
        let Some(result) = member(&node, "result") else { return Ok(false) };
        let versions = result.get("supportedVersions").and_then(Node::as_array).unwrap_or_default();
        let speaks = versions.iter().any(|version| version.as_str() == Some(MODERN_REVISION));
        if speaks {
            let meta = result.get("_meta").and_then(Node::as_object);
            self.learn(result, meta.and_then(|meta| meta.get("io.modelcontextprotocol/serverInfo")));
        }
        Ok(speaks)
    }

    fn initialize(&mut self) -> Result<(), Failure> {
        let params = json!({ "protocolVersion": LEGACY_REVISIONS[0], "capabilities": {}, "clientInfo": client() });
        let reply = self.send("initialize", params)?;
        let node = self.read(&reply)?;
        let result = member(&node, "result").ok_or_else(|| self.refused("initialize", &reply, &node))?;
        let wanted = result.get("protocolVersion").and_then(Node::as_str).unwrap_or_default();
        if !LEGACY_REVISIONS.contains(&wanted) {
            let wanted = plain(wanted);
            let message = format!("{} wants to speak MCP `{wanted}`, which is not known here.", self.line.url);
            return Err(Failure::out_of_reach(message));
        }
        self.learn(result, result.get("serverInfo"));
        self.era = Era::Legacy { revision: wanted.to_owned(), session: reply.session.clone() };
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string();
        self.post(&initialized, "notifications/initialized", "").map(|_| ())
    }

    fn learn(&mut self, result: &Object<'_>, info: Option<&Node<'_>>) {
        let word = |key: &str| info?.as_object()?.get(key)?.as_str().map(plain);
        self.name = [word("name"), word("version")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        if let Some(capabilities) = result.get("capabilities").and_then(Node::as_object) {
            self.offers = CAPABILITIES.map(|capability| capabilities.get(capability).is_some());
        }
    }

    /// Adds a page of a list to `catalogue`; gives where the next one begins, if there is one.
    pub(super) fn page(
        &mut self,
        kind: ListKind,
        cursor: Option<&str>,
        catalogue: &mut Catalogue,
    ) -> Result<Option<String>, Failure> {
        let [tools, prompts, resources] = self.offers;
        let offered = match kind {
            ListKind::Tools => tools,
            ListKind::Prompts => prompts,
            ListKind::Resources | ListKind::ResourceTemplates => resources,
        };
        if !offered {
            return Ok(None);
        }
        let method = kind.method();
        let params = cursor.map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }));
        let reply = self.send(method, params)?;
        let node = self.read(&reply)?;
        let Some(result) = member(&node, "result") else {
            let code = member(&node, "error").and_then(|error| error.get("code")?.as_integer());
            // Templates came to MCP after resources; who does not know the method has none.
            return if code == Some(METHOD_NOT_FOUND) { Ok(None) } else { Err(self.refused(method, &reply, &node)) };
        };
        catalogue
            .add_page(kind, result)
            .map_err(|why| Failure::out_of_reach(format!("{} answers `{method}` with no list: {why}.", self.line.url)))
    }

    /// Ends a legacy session, which the origin would else keep.
    pub(super) fn end(&self) {
        if let Era::Legacy { session: Some(session), revision } = &self.era {
            self.line.delete(&[("Mcp-Session-Id", session), ("MCP-Protocol-Version", revision)]);
        }
    }

    fn send(&mut self, method: &str, mut params: Json) -> Result<Reply, Failure> {
        self.asked += 1;
        let id = format!("tollgate-{}", self.asked);
        if let (Era::Modern, Some(params)) = (&self.era, params.as_object_mut()) {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": MODERN_REVISION,
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": client(),
            });
            params.insert("_meta".to_owned(), meta);
        }
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string();
        self.post(&request, method, &id)
    }

    fn post(&self, body: &str, method: &str, id: &str) -> Result<Reply, Failure> {
        match &self.era {
            Era::Modern => {
                self.line.post(body, &[("MCP-Protocol-Version", MODERN_REVISION), ("Mcp-Method", method)], id)
            }
            // Which revision is spoken is not known before the first answer.
            Era::Legacy { .. } if method == "initialize" => self.line.post(body, &[], id),
            Era::Legacy { revision, session: None } => self.line.post(body, &[("MCP-Protocol-Version", revision)], id),
            Era::Legacy { revision, session: Some(session) } => {
                self.line.post(body, &[("MCP-Protocol-Version", revision), ("Mcp-Session-Id", session)], id)
            }
        }
    }

    fn read<'r>(&self, reply: &'r Reply) -> Result<Node<'r>, Failure> {
        parse(reply.body.as_bytes()).map_err(|unreadable| {
            let Reply { status, .. } = reply;
            let message = format!(
                "{} answers HTTP {status} with a body that is not strict JSON ({unreadable}). Is it the address of an MCP server?",
                self.line.url
            );
            Failure::out_of_reach(message)
        })
    }

    fn refused(&self, method: &str, reply: &Reply, node: &Node<'_>) -> Failure {
        let said = member(node, "error").and_then(|error| error.get("message")?.as_str().map(plain));
        let said = said.map(|said| format!(" “{said}”")).unwrap_or_default();
        Failure::out_of_reach(format!("{} refuses `{method}`: HTTP {}{said}.", self.line.url, reply.status))
    }
}

fn client() -> Json {
    json!({ "name": "tollgate", "version": env!("CARGO_PKG_VERSION") })
}

fn member<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Object<'a>> {
    node.as_object()?.get(key)?.as_object()
}
