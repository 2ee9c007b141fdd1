//! The command line: what an author of policies does before a policy goes to the gateway, what people answer who are asked by
//! agents, and what an auditor does with what came out of it. Native only.
//!
//! Each command reads its files, asks the same pure rooms that the gateway asks, or the gateway itself, and gives a [`Report`]: a
//! text for people, JSON for programs, and how it went. Only this file, `context`, `files`, `origin` and `gateway` touch the world.

mod approvals;
mod audit;
mod check;
mod clock;
mod context;
mod explain;
mod files;
mod gateway;
mod http;
mod import;
mod locate;
mod operators;
mod origin;
mod report;
mod scan;
mod schema;
mod server;
mod terminal;
mod test;
mod visible;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use context::Context;
use report::{Failure, Report};
use visible::seen_json;

/// Checks, explains, tests and writes policies for the Tollgate MCP gateway, answers what agents ask people, and verifies its audit.
#[derive(Parser)]
#[command(name = "tollgate", version, about, max_term_width = 110, after_help = AFTER_HELP)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
    /// Print the result as JSON, for programs.
    #[arg(long, global = true)]
    json: bool,
}

const AFTER_HELP: &str = "\
Exit codes:
  0  fine
  1  the policy is not valid, a case failed, a check did not pass, an export is not what was written, or nothing was decided
  2  the command line itself is wrong, or the gateway does not take the token
  3  a file, a server or the gateway cannot be read, or a file cannot be written

Colours are for terminals only; NO_COLOR turns them off there too.";

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Explain(explain::Explain),
    Test(test::Test),
    Scan(scan::Scan),
    Import(import::Import),
    Schema(schema::Schema),
    Audit(audit::Audit),
    Approvals(approvals::Approvals),
    Operators(operators::Operators),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let CommandLine { command, json } = CommandLine::parse();
    let context = Context::of_process(json);
    let result = match command {
        Command::Check(check) => check.run(&context),
        Command::Explain(explain) => explain.run(&context),
        Command::Test(test) => test.run(&context),
        Command::Scan(scan) => scan.run(&context),
        Command::Import(import) => import.run(&context),
        Command::Schema(schema::Schema {}) => Ok(schema::run()),
        Command::Audit(audit) => audit.run(&context),
        Command::Approvals(approvals) => approvals.run(&context),
        Command::Operators(operators) => operators.run(),
    };
    match result {
        Ok(report) => say(&report, json),
        Err(failure) => fail(&failure, &context),
    }
}

fn say(report: &Report, json: bool) -> ExitCode {
    // Whoever closes the pipe early, as `head` does, has seen enough.
    if json {
        let _ = writeln!(std::io::stdout(), "{}", seen_json(&report.json.to_string()));
    } else {
        let _ = std::io::stderr().write_all(report.beside.as_bytes());
        let _ = std::io::stdout().write_all(report.text.as_bytes());
    }
    ExitCode::from(report.exit.code())
}

fn fail(failure: &Failure, context: &Context) -> ExitCode {
    if context.json {
        let error = serde_json::json!({ "error": { "message": failure.message } });
        let _ = writeln!(std::io::stdout(), "{}", seen_json(&format!("{error:#}")));
    } else {
        let _ = writeln!(std::io::stderr(), "{} {}", context.on_stderr.red("error:"), failure.message);
    }
    ExitCode::from(failure.exit.code())
}
