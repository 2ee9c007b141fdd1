//! The server that a policy is for, as far as the command line knows it: a URL, header fields, other names of tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::files;
use super::report::Failure;
use crate::registry::Server;
use crate::wire::json::{Invalid, parse, quote};

/// The other names of a server's tools.
#[derive(Args, Default)]
pub(super) struct Names {
    /// The preset that the server's record names: mcp-django.
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// A JSON file of aliases as the server's record has them, {"alias": "live name"}; or such a record.
    #[arg(long, value_name = "FILE")]
    aliases: Option<PathBuf>,
}

impl Names {
    /// A server of these names, without an origin to speak of.
    pub(super) fn server(&self) -> Result<Server, Failure> {
        self.server_at("https://origin.example/mcp", &BTreeMap::new())
    }

    /// The server at `url`. It is read as the admin API reads a server's record, so that what is accepted here is there.
    pub(super) fn server_at(&self, url: &str, headers: &BTreeMap<String, String>) -> Result<Server, Failure> {
        let mut record = vec![format!(r#""origin":{}"#, json!({ "url": url, "headers": headers }))];
        if let Some(preset) = &self.preset {
            record.push(format!(r#""preset":{}"#, quote(preset)));
        }
        if let Some(path) = &self.aliases {
            let bytes = files::read(path)?;
            let unreadable = |why| Failure::failed(format!("`{}` is not strict JSON: {why}.", path.display()));
            let node = parse(&bytes).map_err(unreadable)?;
            let of_record = node.as_object().and_then(|record| record.get("aliases"));
            let aliases = of_record.filter(|aliases| aliases.as_object().is_some()).unwrap_or(&node);
            record.push(format!(r#""aliases":{}"#, aliases.text));
        }
        let record = format!("{{{}}}", record.join(","));
        Server::parse(record.as_bytes()).map_err(|errors| self.failure(url, &errors))
    }

    fn failure(&self, url: &str, errors: &[Invalid]) -> Failure {
        let sentences = errors.iter().map(|Invalid { pointer, message }| {
            let steps: Vec<&str> = pointer.as_str().split('/').skip(1).collect();
            match steps.as_slice() {
                ["origin", "url"] => format!("`{url}` {message}."),
                ["origin", "headers", name] => format!("--header `{name}`: {message}."),
                ["preset", ..] => format!("--preset: {message}."),
                ["aliases", rest @ ..] => {
                    let file = self.aliases.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
                    format!("`{file}`, /{}: {message}.", rest.join("/"))
                }
                _ => format!("{pointer}: {message}."),
            }
        });
        Failure::usage(sentences.collect::<Vec<_>>().join("\n"))
    }
}
