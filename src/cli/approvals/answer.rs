//! `tollgate approvals approve` and `deny`

use clap::Args;
use serde_json::json;

use super::question::{Id, Question, left, time};
use crate::cli::context::Context;
use crate::cli::gateway::Reach;
use crate::cli::report::{Exit, Failure, Json, Report};
use crate::cli::visible::seen;
use crate::ledger::Status;

#[derive(Args)]
pub(super) struct Answer {
    #[command(flatten)]
    id: Id,
    /// Words to the agent, which the audit keeps.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Do not ask whether it is to be. Where nobody sits at a terminal, this must be said.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    reach: Reach,
}

impl Answer {
    /// Takes a person's answer: a yes, or a no.
    pub(super) fn run(&self, yes: bool, context: &Context) -> Result<Report, Failure> {
        let id = self.id.read()?;
        if !self.yes && !context.can_ask() {
            let message = "Nobody can be asked here: standard input or standard error is no terminal. --yes answers without asking.";
            return Err(Failure::usage(message));
        }
        let gateway = self.reach.gateway()?;
        let path = format!("approvals/{id}");
        let read = |body: &str| Question::read(body).ok_or_else(|| gateway.strange(200));
        let asked = read(&gateway.get(&path)?)?;
        let shown = asked.text(context.on_stderr);
        let (word, question) = if yes { ("approve", "Approve it once?") } else { ("deny", "Deny it?") };
        // What is over is not asked about: the gateway says what has become of it.
        if asked.status == Status::Pending && !self.yes && !context.is_told_yes(&shown, question) {
            return Err(Failure::failed("Nothing was decided."));
        }
        let words = self.reason.as_ref().map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
        let body = gateway.post(&format!("{path}/{word}"), &words)?;
        let answered = read(&body)?;
        let text = said(&answered, yes, context);
        let beside = if self.yes { format!("{shown}\n") } else { String::new() };
        Ok(Report { text, beside, json: Json::Given(body), exit: Exit::Fine })
    }
}

fn said(answered: &Question, yes: bool, context: &Context) -> String {
    let until = format!("until {} ({})", time(&answered.expires_at), left(&answered.expires_at));
    let call = format!("{} of {} on {}", answered.what(), seen(&answered.grant.label), seen(&answered.server));
    if yes {
        format!("{} {call} may pass once, {until}.\n", context.paint.green("approved:"))
    } else {
        format!("{} {call}. The agent is told so {until}.\n", context.paint.green("denied:"))
    }
}
