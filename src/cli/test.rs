//! `tollgate test`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::files;
use super::report::{Exit, Failure, Report};
use super::terminal::{Lines, Paint, counted, plain};
use crate::cases::{Case, Difference, Failed};

/// Run case files: policies, calls, and what must become of each.
///
/// A case is a JSON file: `why`; `policy` or `policy_file`; `server`, as its record has it (`preset`, `aliases`); and
/// `calls`, each with a `tool`, `prompt`, `resource` or `template`, perhaps `arguments`, and the expected `ruling` (allow,
/// meter, hold or deny), `rule`, `reason_code` and `observed`, and `why`. Instead of calls, `errors`: what is wrong with the
/// policy.
#[derive(Args)]
#[command(after_help = "Examples:\n  tollgate test policies/support.case.json\n  tollgate test tests/cases")]
pub(super) struct Test {
    /// Case files, and folders of them.
    #[arg(required = true, value_name = "CASES")]
    cases: Vec<PathBuf>,
}

/// What became of one file.
struct Ran {
    path: PathBuf,
    compared: usize,
    failed: Vec<Failed>,
    /// Why it could not be run.
    broken: Option<String>,
}

impl Test {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let mut ran = Vec::new();
        for path in self.files()? {
            context.progress(&format!("{} …", path.display()));
            ran.push(one(path)?);
        }
        context.end_progress();
        let paint = context.paint;
        let failures = ran.iter().map(|ran| ran.failed.len() + usize::from(ran.broken.is_some())).sum::<usize>();
        let compared: usize = ran.iter().map(|ran| ran.compared).sum();
        let mut text = Lines::default();
        for ran in &ran {
            text.text(&ran.text(paint));
        }
        let (cases, checks) = (counted(ran.len(), "case file"), counted(compared, "check"));
        text.line(if failures == 0 {
            format!("{} {cases}, {checks}.", paint.green("ok:"))
        } else {
            format!("{} {failures} of {checks} in {cases}.", paint.red("failed:"))
        });
        let json = json!({
            "ok": failures == 0,
            "checks": compared,
            "failures": failures,
            "cases": ran.iter().map(Ran::json).collect::<Vec<_>>(),
        });
        Ok(Report {
            text: text.into_text(),
            beside: String::new(),
            json: json.into(),
            exit: if failures == 0 { Exit::Fine } else { Exit::Failed },
        })
    }

    /// The case files, those of a folder by name.
    fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut files = Vec::new();
        for path in &self.cases {
            if !path.is_dir() {
                files.push(path.clone());
                continue;
            }
            let unreadable =
                |error| Failure::out_of_reach(format!("The folder `{}` cannot be read: {error}.", path.display()));
            let mut found = Vec::new();
            for entry in fs::read_dir(path).map_err(unreadable)? {
                found.push(entry.map_err(unreadable)?.path());
            }
            found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
            if found.is_empty() {
                let message = format!("There is no case in `{}`: a case is a file that ends in .json.", path.display());
                return Err(Failure::out_of_reach(message));
            }
            found.sort();
            files.extend(found);
        }
        Ok(files)
    }
}

fn one(path: PathBuf) -> Result<Ran, Failure> {
    let text = String::from_utf8_lossy(&files::read(&path)?).into_owned();
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let outcome = Case::parse(&text).and_then(|case| case.run(folder));
    Ok(match outcome {
        Ok(outcome) => Ran { path, compared: outcome.compared, failed: outcome.failed, broken: None },
        Err(why) => Ran { path, compared: 1, failed: Vec::new(), broken: Some(why) },
    })
}

impl Ran {
    fn text(&self, paint: Paint) -> String {
        let path = paint.bold(&self.path.display().to_string());
        let broken = self.broken.iter().map(|why| format!("{path}: it cannot be run: {}\n\n", plain(why)));
        let failed = self.failed.iter().map(|failed| {
            let differences: String = failed.differences.iter().map(|difference| lines(difference, paint)).collect();
            format!("{path}: {}\n  {}\n{differences}\n", plain(&failed.what), plain(&failed.why))
        });
        broken.chain(failed).collect()
    }

    fn json(&self) -> Value {
        let failed = self.failed.iter().map(|failed| {
            let differences = failed
                .differences
                .iter()
                .map(|Difference { field, expected, got }| json!({ "field": field, "expected": expected, "got": got }));
            json!({ "what": failed.what, "why": failed.why, "differences": differences.collect::<Vec<_>>() })
        });
        json!({ "file": self.path, "error": self.broken, "failures": failed.collect::<Vec<_>>() })
    }
}

/// A difference as those of texts are written: what should be there, then what is.
fn lines(difference: &Difference, paint: Paint) -> String {
    let line = |text: &Option<String>| text.as_ref().map(|text| format!("{}: {}", difference.field, plain(text)));
    let expected = line(&difference.expected).map(|line| format!("    {}\n", paint.green(&format!("- {line}"))));
    let got = line(&difference.got).map(|line| format!("    {}\n", paint.red(&format!("+ {line}"))));
    [expected, got].into_iter().flatten().collect()
}
