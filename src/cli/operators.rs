//! `tollgate operators`

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use super::gateway::{Gateway, Reach};
use super::report::{Exit, Failure, Json, Report};
use super::terminal::{columns, plain};
use crate::registry::Name;

/// Say who may answer what agents ask: operators, each with a token of their own.
///
/// With it an operator answers on the approval page, here or over the admin API, by a name that the audit keeps; it is good for
/// nothing else. These commands themselves want the admin secret.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Operators {
    #[command(subcommand)]
    task: Task,
}

const EXAMPLES: &str = "\
Examples:
  tollgate operators list --gateway https://gateway.example
  tollgate operators add ada > ada.token
  tollgate operators remove ada";

#[derive(Subcommand)]
enum Task {
    /// List them, and since when they are.
    List {
        #[command(flatten)]
        reach: Reach,
    },
    /// Add one, and print the token: this once, alone on standard output.
    Add {
        /// What decisions are signed with: 1 to 63 characters of a-z 0-9 -.
        name: String,
        #[command(flatten)]
        reach: Reach,
    },
    /// Take one out. The token opens nothing from then on; what was decided with it holds.
    Remove {
        /// Which one.
        name: String,
        #[command(flatten)]
        reach: Reach,
    },
}

#[derive(Deserialize)]
struct Listed {
    operators: Vec<Operator>,
}

#[derive(Deserialize)]
struct Operator {
    name: String,
    created_at: String,
}

#[derive(Deserialize)]
struct Added {
    token: String,
}

impl Operators {
    pub(super) fn run(&self) -> Result<Report, Failure> {
        match &self.task {
            Task::List { reach } => list(&reach.gateway()?),
            Task::Add { name, reach } => add(name, reach),
            Task::Remove { name, reach } => remove(name, reach),
        }
    }
}

fn list(gateway: &Gateway) -> Result<Report, Failure> {
    let body = gateway.get("operators")?;
    let Listed { operators } = serde_json::from_str(&body).map_err(|_| gateway.strange(200))?;
    let text = if operators.is_empty() {
        "There are no operators: only the admin secret answers what agents ask.\n".to_owned()
    } else {
        let rows = operators.iter().map(|operator| vec![plain(&operator.name), plain(&operator.created_at)]);
        columns(&[vec!["NAME".to_owned(), "SINCE".to_owned()]].into_iter().chain(rows).collect::<Vec<_>>())
    };
    Ok(Report { text, beside: String::new(), json: Json::Given(body), exit: Exit::Fine })
}

fn add(name: &str, reach: &Reach) -> Result<Report, Failure> {
    let name = named(name)?;
    let gateway = reach.gateway()?;
    let body = gateway.post("operators", &json!({ "name": name }))?;
    let Added { token } = serde_json::from_str(&body).map_err(|_| gateway.strange(201))?;
    let beside = format!(
        "`{name}` is an operator. The token is shown this once: it signs in on the approval page, and goes into TOLLGATE_TOKEN here.\n"
    );
    Ok(Report { text: format!("{}\n", plain(&token)), beside, json: Json::Given(body), exit: Exit::Fine })
}

fn remove(name: &str, reach: &Reach) -> Result<Report, Failure> {
    let name = named(name)?;
    let body = reach.gateway()?.delete(&format!("operators/{name}"))?;
    let text = format!("`{name}` is no operator any more.\n");
    Ok(Report { text, beside: String::new(), json: Json::Given(body), exit: Exit::Fine })
}

fn named(text: &str) -> Result<Name, Failure> {
    Name::read(text).ok_or_else(|| Failure::usage(format!("`{}` is no name: {}.", plain(text), Name::GRAMMAR)))
}
