//! Running a case.

use std::path::Path;

use serde_json::{Value, json};

use super::{Case, Said};
use crate::policy::{Edition, Policy, Rulebook};
use crate::registry::Server;
use crate::wire::json::Invalid;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How many things were compared.
    pub compared: usize,
    /// Those that are not as the case says.
    pub failed: Vec<Failed>,
}

/// Something that is not as the case says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What was done.
    pub what: String,
    /// Why it must be as the case says.
    pub why: String,
    /// In what it differs.
    pub differences: Vec<Difference>,
}

/// One difference. What is none was not expected, or did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of which field of the case.
    pub field: &'static str,
    /// What the case says.
    pub expected: Option<String>,
    /// What came.
    pub got: Option<String>,
}

impl Case {
    /// Runs the case that stands in `folder`; an error if it cannot be run.
    pub fn run(&self, folder: &Path) -> Result<Outcome, String> {
        let document = self.document(folder)?;
        let errors = Policy::parse(document.as_bytes()).err().unwrap_or_default();
        if !(errors.is_empty() && self.errors.is_empty()) {
            return Ok(outcome([failed("the policy", &self.why, compared("errors", &self.errors, errors))]));
        }
        let mut record = self.server.clone();
        record.insert("origin".to_owned(), json!({ "url": "https://origin.example/mcp" }));
        let server = Server::parse(Value::Object(record).to_string().as_bytes()).map_err(|errors| {
            format!("its `server` is wrong: {}", errors.first().map_or("", |error| &error.message))
        })?;
        let edition = Edition::of(document.as_bytes());
        let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
        let mut results = Vec::new();
        if let (Some(expected), Edition::Valid(policy, _)) = (&self.warnings, &edition) {
            let warnings = policy.warnings().into_iter().chain(policy.contradictions()).collect();
            results.push(failed("the policy", &self.why, compared("warnings", expected, warnings)));
        }
        let shadow =
            serde_json::from_str::<Value>(&document).is_ok_and(|policy| policy.get("mode") == Some(&json!("shadow")));
        for call in &self.calls {
            results.push(failed(&call.title(), &call.why, call.differences(rulebook, shadow)?));
        }
        Ok(outcome(results))
    }
}

fn outcome(results: impl IntoIterator<Item = Failed>) -> Outcome {
    let results: Vec<_> = results.into_iter().collect();
    let compared = results.len();
    let failed = results.into_iter().filter(|result| !result.differences.is_empty()).collect();
    Outcome { compared, failed }
}

fn failed(what: &str, why: &str, differences: Vec<Difference>) -> Failed {
    Failed { what: what.to_owned(), why: why.to_owned(), differences }
}

pub(super) fn difference(field: &'static str, expected: Option<String>, got: Option<String>) -> Option<Difference> {
    (expected != got).then_some(Difference { field, expected, got })
}

/// What was said that should not be, and what was not that should.
fn compared(field: &'static str, expected: &[Said], got: Vec<Invalid>) -> Vec<Difference> {
    let got: Vec<_> =
        got.into_iter().map(|said| Said { pointer: said.pointer.to_string(), message: said.message }).collect();
    if got == expected {
        return Vec::new();
    }
    let written = |said: &Said| Some(format!("{} {}", said.pointer, said.message).trim_start().to_owned());
    let missing = expected.iter().filter(|said| !got.contains(said));
    let missing = missing.map(|said| Difference { field, expected: written(said), got: None });
    let added = got.iter().filter(|said| !expected.contains(said));
    let mut differences: Vec<_> =
        missing.chain(added.map(|said| Difference { field, expected: None, got: written(said) })).collect();
    if differences.is_empty() {
        let order = |list: &[Said]| Some(list.iter().map(|said| said.pointer.as_str()).collect::<Vec<_>>().join(", "));
        differences.push(Difference { field, expected: order(expected), got: order(&got) });
    }
    differences
}
