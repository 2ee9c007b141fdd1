//! `tollgate approvals list`

use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::question::{ago, left, what};
use crate::cli::context::Context;
use crate::cli::gateway::{Gateway, Reach};
use crate::cli::report::{Exit, Failure, Json, Report};
use crate::cli::terminal::{Paint, columns};
use crate::cli::visible::seen;
use crate::excerpt::excerpt;
use crate::ledger::Status;

/// The most pages of one list.
const MOST_PAGES: usize = 500;

/// The most characters of a name in a table.
const MOST_NAME: usize = 60;

/// List what waits for an answer, oldest first; of one grant, whatever has become of it, newest first.
#[derive(Args)]
pub(super) struct List {
    /// What this grant has asked, whatever has become of it: its id, `g_…`.
    #[arg(long, value_name = "ID")]
    grant: Option<String>,
    /// Only what has become this. Without --grant there is only what is pending.
    #[arg(long, value_enum, value_name = "STATUS")]
    status: Option<Wanted>,
    /// Go on looking, and print what is asked from now on; with --json an object a line. Ctrl-C ends it.
    #[arg(long)]
    watch: bool,
    /// Look so often: a number of seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, requires = "watch", value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wanted {
    Pending,
    Approved,
    Denied,
    Used,
    Expired,
    Voided,
}

/// A page of a list.
#[derive(Deserialize)]
struct Page {
    approvals: Vec<Box<RawValue>>,
    cursor: Option<String>,
}

/// One question of a list: as it came, and what is shown of it.
pub(super) struct Listed {
    pub(super) json: Box<RawValue>,
    pub(super) item: Item,
}

/// What is shown of it. A list across grants has the label beside the grant's id, and nothing but what is pending.
#[derive(Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    #[serde(default = "pending")]
    status: Status,
    grant: Value,
    #[serde(default)]
    label: String,
    server: String,
    method: String,
    name: String,
    asked_at: String,
    expires_at: String,
}

fn pending() -> Status {
    Status::Pending
}

impl Wanted {
    fn status(self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::Approved => Status::Approved,
            Self::Denied => Status::Denied,
            Self::Used => Status::Used,
            Self::Expired => Status::Expired,
            Self::Voided => Status::Voided,
        }
    }
}

impl List {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let elsewhere = self.status.is_some_and(|status| status != Wanted::Pending);
        if elsewhere && self.grant.is_none() {
            let message =
                "Across grants there is only what is pending. --grant ID lists what has become of a grant's questions.";
            return Err(Failure::usage(message));
        }
        if elsewhere && self.watch {
            return Err(Failure::usage("--watch waits for what is asked, and that is pending: leave --status away."));
        }
        let path = self.path()?;
        let gateway = self.reach.gateway()?;
        if self.watch {
            return super::watch::watch(&gateway, &path, self.every, context);
        }
        let mut listed = listed(&gateway, &path)?;
        if self.grant.is_none() {
            // They come by their servers.
            listed.sort_by(|left, right| left.item.asked_at.cmp(&right.item.asked_at));
        }
        let text = self.text(&listed, context.paint);
        let json: Vec<_> = listed.iter().map(|one| one.json.get()).collect();
        let json = Json::Given(format!("{{\"approvals\":[{}]}}", json.join(",\n")));
        Ok(Report { text, beside: String::new(), json, exit: Exit::Fine })
    }

    /// What is asked for below `/api/v1/`.
    fn path(&self) -> Result<String, Failure> {
        let status = match (&self.grant, self.status) {
            (_, Some(wanted)) => format!("&status={}", wanted.status().as_str()),
            (Some(_), None) if !self.watch => String::new(),
            (Some(_) | None, None) => format!("&status={}", Status::Pending.as_str()),
        };
        let Some(grant) = &self.grant else { return Ok(format!("approvals?limit=1000{status}")) };
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !grant.starts_with("g_") || !grant.bytes().all(known) {
            return Err(Failure::usage(format!(
                "--grant `{}` is no id of a grant: that begins with `g_`.",
                seen(grant)
            )));
        }
        Ok(format!("approvals?grant={grant}{status}"))
    }

    fn text(&self, listed: &[Listed], paint: Paint) -> String {
        match (listed.is_empty(), &self.grant) {
            (true, None) => "Nothing waits for an answer.\n".to_owned(),
            (true, Some(_)) => "This grant has no such question.\n".to_owned(),
            (false, _) => {
                let head = ["ID", "ASKED BY", "WHAT", "SERVER", "ASKED", "STATUS"].map(|word| paint.dim(word)).to_vec();
                let rows = listed.iter().map(|one| one.item.row());
                columns(&[head].into_iter().chain(rows).collect::<Vec<_>>())
            }
        }
    }
}

/// All pages of a list.
pub(super) fn listed(gateway: &Gateway, path: &str) -> Result<Vec<Listed>, Failure> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let asked = cursor.map(|cursor| format!("&cursor={}", encoded(&cursor))).unwrap_or_default();
        let body = gateway.get(&format!("{path}{asked}"))?;
        let page: Page = serde_json::from_str(&body).map_err(|_| gateway.strange(200))?;
        for json in page.approvals {
            let item = serde_json::from_str(json.get()).map_err(|_| gateway.strange(200))?;
            found.push(Listed { json, item });
        }
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(found);
        }
    }
    Err(Failure::out_of_reach(format!("The list of approvals has no end: more than {MOST_PAGES} pages.")))
}

/// A text as the value of a query.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}

impl Item {
    /// A row of a table: id, who asks, for what, where, since when, and how long it holds.
    pub(super) fn row(&self) -> Vec<String> {
        let label = self.grant.get("label").and_then(Value::as_str).unwrap_or(&self.label);
        let left = left(&self.expires_at);
        let standing = match self.status {
            Status::Pending => format!("waits, {left}"),
            Status::Approved | Status::Denied => format!("{}, {left}", self.status.as_str()),
            Status::Used | Status::Expired | Status::Voided => self.status.as_str().to_owned(),
        };
        let name = excerpt(&what(&self.method, &self.name), MOST_NAME);
        vec![seen(&self.id), excerpt(&seen(label), MOST_NAME), name, seen(&self.server), ago(&self.asked_at), standing]
    }
}
