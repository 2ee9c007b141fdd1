//! An origin, asked for its catalogue: over MCP Streamable HTTP, in the modern era first, else in the legacy one.

mod http;
mod session;

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::clock::Deadline;
use super::context::Context;
use super::report::Failure;
use super::server::Names;
use crate::catalogue::Catalogue;
use crate::wire::ListKind;
use http::Line;
use session::Session;

/// The most pages of one list.
const MOST_PAGES: usize = 500;

/// How an origin is asked.
#[derive(Args)]
pub(super) struct Asking {
    /// A header field for the server, as credentials need: 'Name: value'. May be given several times.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// The most seconds that all of its answers may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Which MCP to speak: auto tries the modern one first.
    #[arg(long, value_enum, default_value = "auto", value_name = "ERA")]
    era: Speak,
}

/// Which MCP to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Speak {
    /// 2026-07-28, and if the server does not know it, 2025-11-25.
    Auto,
    /// 2026-07-28.
    Modern,
    /// 2025-11-25 and before: initialize, sessions.
    Legacy,
}

/// What an origin says of itself, and all that it offers.
pub(super) struct Answered {
    /// Its name and version, as far as it says them.
    pub(super) name: String,
    /// The revision of MCP that it was spoken to in.
    pub(super) revision: String,
    pub(super) catalogue: Catalogue,
}

/// Asks the origin at `url` for all of its lists.
pub(super) fn ask(url: &str, names: &Names, asking: &Asking, context: &Context) -> Result<Answered, Failure> {
    let server = names.server_at(url, &headers(&asking.headers)?)?;
    let line = Line::to(&server, Deadline::within(Duration::from_secs(asking.timeout)));
    context.progress(&format!("Asking {url} …"));
    let answered = Session::begin(&line, asking.era).and_then(|mut session| {
        let catalogue = lists(&mut session, url, context);
        session.end();
        Ok(Answered { name: session.name.clone(), revision: session.revision().to_owned(), catalogue: catalogue? })
    });
    context.end_progress();
    answered
}

fn lists(session: &mut Session<'_>, url: &str, context: &Context) -> Result<Catalogue, Failure> {
    let mut catalogue = Catalogue::default();
    for kind in ListKind::ALL {
        let method = kind.method();
        let mut cursor: Option<String> = None;
        for page in 1.. {
            if page > MOST_PAGES {
                let message = format!("{url} has no end of `{method}`: more than {MOST_PAGES} pages.");
                return Err(Failure::out_of_reach(message));
            }
            context.progress(&format!("Asking {url}: {method}, page {page} …"));
            let Some(next) = session.page(kind, cursor.as_deref(), &mut catalogue)? else { break };
            cursor = Some(next);
        }
    }
    Ok(catalogue)
}

fn headers(given: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut headers = BTreeMap::new();
    for header in given {
        let Some((name, value)) = header.split_once(':') else {
            return Err(Failure::usage("--header wants a name and a value, like --header 'Authorization: Bearer …'."));
        };
        let name = name.trim().to_ascii_lowercase();
        if headers.insert(name.clone(), value.trim().to_owned()).is_some() {
            return Err(Failure::usage(format!("--header `{name}` is given twice.")));
        }
    }
    Ok(headers)
}
