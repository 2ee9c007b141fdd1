//! `tollgate audit verify`

mod summary;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::Context;
use super::files;
use super::report::{Exit, Failure, Report};
use super::terminal::{Lines, Paint, columns, plain};
use crate::audit::{Gap, Heads, Verdict, Verifier};
use crate::ledger::{ChainKeys, Millis};
use crate::wire::seal::SealKeys;
use summary::{amount, held, summary};

/// The longest line that is read. A ledger stores no row of more than 2 MB.
const MOST_LINE_BYTES: u64 = 8 << 20;

/// Progress is told each so many lines.
const LINES_A_STEP: u64 = 1 << 16;

const NO_KEY: &str = "SEAL_KEY is not set. The chain is made with keys that are derived from the Worker secret SEAL_KEY: \
    put the same `ID.KEY` into the environment of this command, and after a change of keys the old ones behind it: \
    `NEW.KEY,OLD.KEY`.";

const BAD_KEY: &str = "SEAL_KEY is not of the form `ID.KEY` or `NEW.KEY,OLD.KEY`, where ID is 1 to 8 letters or digits, KEY is \
    32 bytes in base64url without padding, and no id comes twice. It must be the Worker secret SEAL_KEY.";

/// Verify what the audit has exported.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Audit {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Verify(Verify),
}

/// Say whether an export of the audit is what the ledger wrote, whole and unaltered.
///
/// Found are entries that were altered, removed, repeated, moved or put in from elsewhere, and a beginning or an end that was
/// cut off. An older export in place of a newer one is itself genuine: it is found beside marks that were noted elsewhere
/// (--head).
///
/// The key comes from the environment: `SEAL_KEY`, as the Worker has it, `ID.KEY` or `NEW.KEY,OLD.KEY`. Here it may have more
/// than two keys, for an export that is older.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
struct Verify {
    /// The export; - reads standard input.
    export: PathBuf,
    /// Where the ledger's marks were noted: a log with one JSON object a line, which is a mark or has one under `mark`; or an
    /// earlier export. Other lines are skipped. May be said several times.
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  SEAL_KEY=$(cat seal-key) tollgate audit verify export.ndjson
  SEAL_KEY=$(cat seal-key) tollgate audit verify export.ndjson --head audit.log
  zcat export.ndjson.gz | SEAL_KEY=$(cat seal-key) tollgate audit verify -";

impl Audit {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        match &self.task {
            Task::Verify(verify) => verify.run(context),
        }
    }
}

impl Verify {
    fn run(&self, context: &Context) -> Result<Report, Failure> {
        if self.head.iter().any(|head| head == Path::new("-")) {
            return Err(Failure::usage("--head wants a file: standard input is for the export."));
        }
        let keys = chain_keys()?;
        let mut verifier = Verifier::new(&keys);
        let mut lines: u64 = 0;
        let read = each_line(&self.export, |line| {
            verifier.read(line);
            lines += 1;
            if lines == 1
                && let Some(ledger) = verifier.ledger()
            {
                let heads = self.heads(ledger)?;
                verifier.agree_with(heads);
            }
            if lines.is_multiple_of(LINES_A_STEP) {
                context.progress(&format!("{lines} lines …"));
            }
            Ok(())
        });
        context.end_progress();
        read?;
        Ok(self.report(&verifier.finish(), context.paint))
    }

    fn heads(&self, ledger: &str) -> Result<Heads, Failure> {
        let mut heads = Heads::of(ledger);
        for path in &self.head {
            let mut number = 0;
            each_line(path, |line| {
                number += 1;
                heads.note(line, || format!("{}:{number}", path.display()));
                Ok(())
            })?;
        }
        Ok(heads)
    }

    fn report(&self, verdict: &Verdict, paint: Paint) -> Report {
        let holds = verdict.holds();
        let export = self.export.display();
        let mut text = Lines::default();
        for finding in &verdict.findings {
            let at = paint.bold(&format!("{export}:{}:", finding.line));
            text.line(format!("{at} {} {}", paint.red("error:"), plain(&finding.to_string())));
        }
        if holds {
            text.line(format!("{} `{export}` is {}.", paint.green("ok:"), held(verdict)));
            text.text(&columns(&summary(verdict, !self.head.is_empty())));
        } else {
            let count = verdict.findings.len() as u64 + verdict.further;
            let shown = if verdict.further > 0 {
                format!(", the first {} shown", verdict.findings.len())
            } else {
                String::new()
            };
            let findings = amount(count, "finding");
            text.line(format!("{} `{export}` is not what the ledger wrote: {findings}{shown}.", paint.red("failed:")));
        }
        Report {
            text: text.into_text(),
            beside: String::new(),
            json: json(verdict).into(),
            exit: if holds { Exit::Fine } else { Exit::Failed },
        }
    }
}

/// Shows the lines of a file to `look`.
fn each_line(path: &Path, mut look: impl FnMut(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut file = files::open(path)?;
    let mut line = Vec::new();
    while files::next_line(&mut *file, &mut line, MOST_LINE_BYTES).map_err(|error| files::unreadable(path, &error))? {
        look(&line)?;
    }
    Ok(())
}

fn chain_keys() -> Result<ChainKeys, Failure> {
    let secret = std::env::var_os("SEAL_KEY").filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| Failure::usage(NO_KEY))?;
    let derived =
        secret.to_str().map(SealKeys::parse_any_number).and_then(|keys| keys.ok()?.derived(ChainKeys::PURPOSE).ok());
    derived.and_then(ChainKeys::of).ok_or_else(|| Failure::usage(BAD_KEY))
}

fn json(verdict: &Verdict) -> Value {
    let place = |(seq, at): (u64, Millis)| json!({ "seq": seq, "at": at.timestamp() });
    let findings = verdict.findings.iter().map(|finding| {
        json!({ "line": finding.line, "seq": finding.seq, "kind": finding.fault.kind(), "message": finding.to_string() })
    });
    let gaps =
        verdict.gaps.iter().map(|Gap { isolate, from, to }| json!({ "isolate": isolate, "from": from, "to": to }));
    json!({
        "ok": verdict.holds(),
        "ledger": verdict.ledger,
        "after": verdict.after,
        "entries": verdict.entries,
        "records": verdict.records,
        "from": verdict.span.map(|span| place(span.from)),
        "to": verdict.span.map(|span| place(span.to)),
        "keys": verdict.keys,
        "uncovered_to": verdict.uncovered_to,
        "marks": { "compared": verdict.heads, "earlier": verdict.earlier_heads },
        "missing": gaps.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "further": verdict.further,
    })
}
