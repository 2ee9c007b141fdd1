//! `tollgate import`: a policy of Intercept's, as a policy of ours.
//!
//! Both languages say much the same, and nothing quite alike. What changes its meaning on the way gets a warning, and what
//! cannot be said here denies: an imported policy may be stricter than the one that it comes from, never weaker in silence.

mod condition;
mod convert;
mod counter;
mod file;
mod rule;
mod warnings;

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::files;
use super::report::{Exit, Failure, Report};
use super::terminal::{Lines, plain};
use crate::policy::Policy;
use crate::wire::json::Invalid;
use convert::{Converted, convert};

/// Convert a policy of the gateway Intercept (YAML) into a Tollgate policy.
///
/// The policy goes to standard output, or into --out. Warnings, on standard error, say where its meaning changes: read them.
/// What cannot be converted is denied.
#[derive(Args)]
#[command(after_help = "Example:\n  tollgate import intercept.yaml --out policy.json && tollgate check policy.json")]
pub(super) struct Import {
    /// The YAML file; - reads standard input.
    intercept: PathBuf,
    /// Write the policy into this file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite the file if it is there already.
    #[arg(long)]
    force: bool,
}

impl Import {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let bytes = files::read(&self.intercept)?;
        let name = self.intercept.display();
        let failure = |errors: Vec<Invalid>| {
            let lines: Vec<_> = errors.iter().map(line).collect();
            Failure::failed(format!("`{name}` cannot be converted.\n  {}", plain_lines(&lines)))
        };
        let file = file::File::read(&bytes).map_err(failure)?;
        let Converted { mut document, mut warnings } = convert(&file);
        convert::drop_impossible_names(&mut document, &mut warnings);
        let policy = document.written();
        if let Err(errors) = Policy::parse(policy.as_bytes()) {
            return Err(failure(errors));
        }
        let paint = context.on_stderr;
        let mut beside = Lines::default();
        for warning in &warnings {
            beside.line(format!("{} {}", paint.yellow("warning:"), plain(&line(warning))));
        }
        let text = match &self.out {
            Some(path) => {
                files::write(path, &policy, self.force)?;
                let path = path.display();
                beside.line(format!("The policy is in `{path}`. `tollgate check {path}` looks at it again."));
                String::new()
            }
            None => policy,
        };
        let warnings: Vec<Value> = warnings
            .iter()
            .map(|Invalid { pointer, message }| json!({ "pointer": pointer.as_str(), "message": message }))
            .collect();
        Ok(Report {
            text,
            beside: beside.into_text(),
            json: json!({ "policy": document, "warnings": warnings }).into(),
            exit: Exit::Fine,
        })
    }
}

/// `/tools/NAME/rules/0: …`
fn line(Invalid { pointer, message }: &Invalid) -> String {
    if pointer.as_str().is_empty() { message.clone() } else { format!("{pointer}: {message}") }
}

fn plain_lines(lines: &[String]) -> String {
    lines.iter().map(|line| plain(line)).collect::<Vec<_>>().join("\n  ")
}
