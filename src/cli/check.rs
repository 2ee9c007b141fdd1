//! `tollgate check`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::files;
use super::locate::{Place, locate, place};
use super::origin::{Asking, ask};
use super::report::{Exit, Failure, Report};
use super::server::Names;
use super::terminal::{Lines, counted, plain};
use crate::catalogue::Catalogue;
use crate::policy::Policy;
use crate::registry::Server;
use crate::wire::json::{Invalid, Pointer, parse};

/// Check a policy: what is wrong with it, and what its author may not have meant.
///
/// Errors are what the gateway would refuse the policy for. Warnings are lint: rules that can never hold or are never looked
/// at, and, beside a server (--server or --catalogue), rules that match nothing there, arguments that its tools do not have,
/// and doors that a policy leaves open.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  tollgate check policy.json\n  tollgate check policy.json --server http://127.0.0.1:8000/mcp --preset mcp-django\n  tollgate check policy.json --catalogue catalogue.json --deny-warnings"
)]
pub(super) struct Check {
    /// The policy; - reads standard input.
    policy: PathBuf,
    /// The MCP endpoint of the server that the policy is for, which is asked for its lists.
    #[arg(long, value_name = "URL", conflicts_with = "catalogue")]
    server: Option<String>,
    /// Instead of asking the server: what `tollgate scan --catalogue-out` has written.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    #[command(flatten)]
    names: Names,
    #[command(flatten)]
    asking: Asking,
    /// Do not pass with warnings.
    #[arg(long)]
    deny_warnings: bool,
}

/// Something to say about a place of the policy.
struct Remark {
    is_error: bool,
    pointer: String,
    place: Place,
    message: String,
}

impl Check {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let server = self.names.server()?;
        let bytes = files::read(&self.policy)?;
        // What is wrong with the policy can be said without the server, and sooner.
        let remarks = match remarks(&bytes, |policy| of_names(policy, &server)) {
            Ok(remarks) if remarks.iter().any(|remark| remark.is_error) => remarks,
            Ok(mut remarks) => {
                if let Some(catalogue) = self.catalogue(context)? {
                    let live = catalogue.live();
                    let against = |policy: &Policy| (vec![], policy.warnings_against(&server.aliases, &live));
                    remarks.extend(self::remarks(&bytes, against).unwrap_or_default());
                }
                remarks
            }
            Err(unreadable) => vec![unreadable],
        };
        Ok(self.report(remarks, context))
    }

    fn catalogue(&self, context: &Context) -> Result<Option<Catalogue>, Failure> {
        if let Some(url) = &self.server {
            return ask(url, &self.names, &self.asking, context).map(|answered| Some(answered.catalogue));
        }
        let Some(path) = &self.catalogue else { return Ok(None) };
        let catalogue = Catalogue::parse(&files::read(path)?);
        catalogue.map(Some).map_err(|why| {
            let advice = "Write one with `tollgate scan URL --catalogue-out FILE`.";
            Failure::out_of_reach(format!("`{}` is no catalogue: {why}. {advice}", path.display()))
        })
    }

    fn report(&self, mut remarks: Vec<Remark>, context: &Context) -> Report {
        remarks.sort_by_key(|remark| (!remark.is_error, remark.place.line, remark.place.column));
        let errors = remarks.iter().filter(|remark| remark.is_error).count();
        let warnings = remarks.len() - errors;
        let passes = errors == 0 && (warnings == 0 || !self.deny_warnings);
        let mut text = Lines::default();
        for remark in &remarks {
            text.line(remark.line(&self.policy, context));
        }
        let (paint, policy) = (context.paint, self.policy.display());
        let (errors, warned) = (counted(errors, "error"), counted(warnings, "warning"));
        text.line(match (passes, warnings) {
            (true, 0) => format!("{} `{policy}` is a valid policy.", paint.green("ok:")),
            (true, _) => format!("{} `{policy}` is a valid policy, with {warned}.", paint.green("ok:")),
            (false, _) => format!("{} {errors}, {warned}.", paint.red("failed:")),
        });
        let of = |is_error: bool| -> Vec<Value> {
            remarks.iter().filter(|remark| remark.is_error == is_error).map(Remark::json).collect()
        };
        let json = json!({ "ok": passes, "errors": of(true), "warnings": of(false) });
        Report {
            text: text.into_text(),
            beside: String::new(),
            json: json.into(),
            exit: if passes { Exit::Fine } else { Exit::Failed },
        }
    }
}

impl Remark {
    fn line(&self, path: &Path, context: &Context) -> String {
        let paint = context.paint;
        let kind = if self.is_error { paint.red("error:") } else { paint.yellow("warning:") };
        let at = paint.bold(&format!("{}:{}:{}:", path.display(), self.place.line, self.place.column));
        let pointer = if self.pointer.is_empty() { String::new() } else { format!("{}: ", self.pointer) };
        format!("{at} {kind} {}", plain(&format!("{pointer}{}", self.message)))
    }

    fn json(&self) -> Value {
        let Remark { pointer, place, message, .. } = self;
        json!({ "pointer": pointer, "line": place.line, "column": place.column, "message": message })
    }
}

/// Errors and warnings that need no catalogue.
fn of_names(policy: &Policy, server: &Server) -> (Vec<Invalid>, Vec<Invalid>) {
    let collisions = policy.collisions(&server.aliases).into_iter().map(|collision| Invalid {
        pointer: Pointer::default().key("tools").key(&collision.alias),
        message: format!("names the tool `{}` a second time, by its alias", collision.live),
    });
    let warnings = policy.warnings().into_iter().chain(policy.contradictions());
    (collisions.collect(), warnings.collect())
}

/// What is to be said of a document: its errors, or if it has none what `looked_at` finds; alone what keeps it from being
/// read at all.
fn remarks(
    document: &[u8],
    looked_at: impl FnOnce(&Policy) -> (Vec<Invalid>, Vec<Invalid>),
) -> Result<Vec<Remark>, Remark> {
    let node = parse(document).map_err(|unreadable| {
        let place = place(&String::from_utf8_lossy(document), unreadable.at);
        Remark { is_error: true, pointer: String::new(), place, message: unreadable.fault.to_string() }
    })?;
    let text = std::str::from_utf8(document).unwrap_or_default();
    let remark = |is_error, Invalid { pointer, message }: Invalid| {
        let pointer = pointer.to_string();
        Remark { is_error, place: locate(text, &node, &pointer), pointer, message }
    };
    let (errors, warnings) = match Policy::parse(document) {
        Ok(policy) => looked_at(&policy),
        Err(errors) => (errors, Vec::new()),
    };
    let errors = errors.into_iter().map(|error| remark(true, error));
    Ok(errors.chain(warnings.into_iter().map(|warning| remark(false, warning))).collect())
}
