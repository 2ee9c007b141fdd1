//! `tollgate approvals`

mod answer;
mod arguments;
mod list;
mod question;
mod watch;

use clap::{Args, Subcommand};

use super::context::Context;
use super::gateway::Reach;
use super::report::{Exit, Failure, Json, Report};
use answer::Answer;
use list::List;
use question::{Id, Question};

/// List what agents ask people, show it, and answer it.
///
/// Where the gateway is, --gateway or `TOLLGATE_URL` says. `TOLLGATE_TOKEN`, or a file (--token-file), holds the admin secret or the
/// token of an operator (`tollgate operators add NAME`), in whose name the answer is kept.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Approvals {
    #[command(subcommand)]
    task: Task,
}

const EXAMPLES: &str = "\
Examples:
  export TOLLGATE_URL=https://gateway.example TOLLGATE_TOKEN=\"$(cat ada.token)\"
  tollgate approvals list --watch
  tollgate approvals show https://gateway.example/approve/ap_…
  tollgate approvals approve ap_… --reason \"Seen, go on.\"
  tollgate approvals deny ap_… --reason \"Not on a Friday.\"";

#[derive(Subcommand)]
enum Task {
    List(List),
    /// Show what would run, who asks, and by which rule.
    Show {
        #[command(flatten)]
        id: Id,
        #[command(flatten)]
        reach: Reach,
    },
    /// Say yes: the agent's next identical call passes, once. Shows first what would run, and asks.
    Approve(Answer),
    /// Say no: the agent is told so. Shows first what would run, and asks.
    Deny(Answer),
}

impl Approvals {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        match &self.task {
            Task::List(list) => list.run(context),
            Task::Show { id, reach } => show(id, reach, context),
            Task::Approve(answer) => answer.run(true, context),
            Task::Deny(answer) => answer.run(false, context),
        }
    }
}

fn show(id: &Id, reach: &Reach, context: &Context) -> Result<Report, Failure> {
    let id = id.read()?;
    let gateway = reach.gateway()?;
    let body = gateway.get(&format!("approvals/{id}"))?;
    let question = Question::read(&body).ok_or_else(|| gateway.strange(200))?;
    let text = question.text(context.paint);
    Ok(Report { text, beside: String::new(), json: Json::Given(body), exit: Exit::Fine })
}
