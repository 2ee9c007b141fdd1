//! `tollgate schema`

use clap::Args;

use super::report::{Exit, Report};

/// Print the JSON Schema of policy documents, for editors and other tools.
///
/// An editor that finds `"$schema": "…/policy.schema.json"` in a policy completes its fields, shows what each means, and
/// marks what the gateway would refuse. The schema is the file docs/policy.schema.json.
#[derive(Args)]
#[command(after_help = "Example:\n  tollgate schema > policy.schema.json")]
pub(super) struct Schema {}

pub(super) fn run() -> Report {
    let text = crate::draft::schema();
    // What was just written as JSON is JSON.
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    Report { text, beside: String::new(), json: json.into(), exit: Exit::Fine }
}
