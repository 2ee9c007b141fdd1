//! Case files: a policy, the server that it is for, what an agent does, and what must become of it, each with the reason.
//!
//! They are the specification as data: `cargo test` runs those of `tests/cases` and of the presets, and `tollgate test` those
//! of anybody. `tests/cases/README.md` describes the format.

mod call;
mod run;

pub use run::{Difference, Failed, Outcome};

use std::fs;
use std::path::Path;

use call::Call;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is about, for a stranger.
    pub why: String,
    /// The policy as it would be sent.
    policy: Option<Box<RawValue>>,
    /// Instead of it: the file that it stands in, seen from this one.
    policy_file: Option<String>,
    /// What the server's record says beside its origin.
    #[serde(default)]
    server: Map<String, Value>,
    /// What the agent does.
    #[serde(default)]
    calls: Vec<Call>,
    /// What `tollgate check` warns of; not compared if it is absent.
    warnings: Option<Vec<Said>>,
    /// Instead of calls: what is wrong with the policy.
    #[serde(default)]
    errors: Vec<Said>,
}

/// An error or a warning, at a place of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    pointer: String,
    message: String,
}

impl Case {
    /// Reads a case, or says why it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The document of its policy; `folder` is where the case stands.
    fn document(&self, folder: &Path) -> Result<String, String> {
        match (&self.policy, &self.policy_file) {
            (Some(policy), None) => Ok(policy.get().to_owned()),
            (None, Some(file)) => fs::read_to_string(folder.join(file))
                .map_err(|error| format!("its `policy_file` cannot be read: {error}")),
            (Some(_), Some(_)) | (None, None) => Err("a case has one of `policy` and `policy_file`".to_owned()),
        }
    }
}
