//! One request, as the audit will tell of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::value::RawValue;
use worker::Result;

use super::audit::{Author, Trail};
use super::clock;
use super::passage::Passage;
use super::random::random;
use crate::excerpt::excerpt;
use crate::ledger::{Ending, Millis, Observed, Record, Ruled};
use crate::policy::{Denial, RuleId};
use crate::registry::{Name, Stamp};
use crate::wire::Subject;

/// The most characters of a name that are written down, and the most keys of arguments: an agent may send a megabyte of either.
const LONGEST_NAME: usize = 256;
const MOST_KEYS: usize = 64;

/// Under which id a request is found again, and when it came.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    pub(super) request_id: String,
    pub(super) at: Millis,
}

/// What is said of a request.
#[derive(Clone, Default)]
pub(super) struct Said<'s> {
    pub(super) method: Option<&'s str>,
    pub(super) subject: Option<&'s Subject<'s>>,
    pub(super) rule: Option<String>,
    pub(super) reason_code: Option<&'s str>,
    /// The values that the policy wants kept, by their paths.
    pub(super) kept: &'s [(&'s str, String)],
    pub(super) shadow: &'s [Observed],
    pub(super) ending: Ending,
}

impl Noted {
    /// A request that has come now.
    pub(super) fn now() -> Result<Self> {
        Ok(Self { request_id: request_id()?, at: clock::now() })
    }

    /// What every record of it says.
    fn record<'r>(&'r self, author: &'r Author, ruling: Ruled) -> Record<'r> {
        let Author { isolate, number } = author;
        Record { request_id: &self.request_id, isolate, number: *number, at: self.at, ruling, ..Record::default() }
    }

    /// Writes down that the gateway has failed before anything was known but the grant.
    pub(super) fn failed(&self, trail: &Trail, server: &Name, policy: &Name, method: &str) {
        if trail.folds("failed") {
            return;
        }
        trail.write(|author| {
            Ok(serde_json::to_string(&Record {
                server: server.as_str(),
                method: Some(method),
                policy: Some(policy.as_str()),
                ..self.record(author, Ruled::Failed)
            })?)
        });
    }

    /// Writes down what became of it, after what was decided of it.
    pub(super) fn outcome(&self, trail: &Trail, ending: Ending, shadow: &[Observed]) {
        trail.write(|author| {
            let record = self.record(author, Ruled::Outcome);
            Ok(serde_json::to_string(&Record { at: clock::now(), ending, shadow, ..record })?)
        });
    }
}

impl<'s> Said<'s> {
    /// Of something that is denied.
    pub(super) fn denied(mut self, denial: &'s Denial<'_>) -> Self {
        self.rule = Some(denial.rule.to_string());
        self.reason_code = Some(denial.reason.code());
        self
    }

    /// The same of something that waits for a person.
    pub(super) fn held(&self, rule: &RuleId<'_>, reason_code: &'s str) -> Self {
        Self { rule: Some(rule.to_string()), reason_code: Some(reason_code), ..self.clone() }
    }

    /// Of something that a rule allows.
    pub(super) fn allowed(mut self, rule: &RuleId<'_>) -> Self {
        self.rule = Some(rule.to_string());
        self
    }
}

/// What rules in shadow would have refused.
pub(super) fn observed(denials: &[Denial<'_>]) -> Vec<Observed> {
    let observed = |denial: &Denial<'_>| Observed { rule: denial.rule.to_string(), reason_code: denial.reason.code() };
    denials.iter().map(observed).collect()
}

impl Passage {
    /// The records of this grant.
    pub(super) fn trail(&self) -> Trail {
        Trail { env: self.env.clone(), context: Rc::clone(&self.context), ledger: self.grant.id.clone() }
    }

    /// The record of a request, as JSON.
    pub(super) fn record(&self, author: &Author, ruling: Ruled, said: &Said<'_>) -> Result<String> {
        let arguments = said.subject.and_then(Subject::arguments);
        let mut values: BTreeMap<&str, &RawValue> = BTreeMap::new();
        for (path, value) in said.kept {
            values.insert(path, serde_json::from_str(value)?);
        }
        let record = Record {
            server: self.name.as_str(),
            method: said.method,
            name: said.subject.and_then(Subject::name).map(|name| excerpt(name, LONGEST_NAME)),
            rule: said.rule.clone(),
            reason_code: said.reason_code,
            policy: Some(self.grant.policy.as_str()),
            stamp: self.edition.stamp().map(Stamp::as_str),
            argument_keys: arguments
                .map(|arguments| arguments.keys().take(MOST_KEYS).map(|key| excerpt(key, LONGEST_NAME)).collect()),
            arguments_sha256: arguments
                .map(|arguments| Stamp::of(arguments.canonical().as_bytes()).as_str().to_owned()),
            values,
            shadow: said.shadow,
            ending: said.ending,
            ..self.noted.record(author, ruling)
        };
        Ok(serde_json::to_string(&record)?)
    }

    /// Writes a request down.
    pub(super) fn note(&self, ruling: Ruled, said: &Said<'_>) {
        self.trail().write(|author| self.record(author, ruling, said));
    }

    /// Writes a refused request down, or counts it with many like it.
    pub(super) fn note_refused(&self, ruling: Ruled, said: &Said<'_>) {
        // Not by the name, which the agent may choose.
        let (method, rule) = (said.method.unwrap_or_default(), said.rule.as_deref().unwrap_or_default());
        let kind = format!("{method} {rule} {}", said.reason_code.unwrap_or_default());
        let trail = self.trail();
        if !trail.folds(&kind) {
            trail.write(|author| self.record(author, ruling, said));
        }
    }

    /// What a decision says, for the audit.
    pub(super) fn said<'s>(
        method: &'s str,
        subject: &'s Subject<'s>,
        kept: &'s [(&'s str, String)],
        shadow: &'s [Observed],
    ) -> Said<'s> {
        Said { method: Some(method), subject: Some(subject), kept, shadow, ..Said::default() }
    }
}

thread_local! {
    static NEXT_ID: Cell<Option<u64>> = const { Cell::new(None) };
}

/// 64 bits in hexadecimal, unlike any other's: an isolate counts on from a number that it has drawn.
fn request_id() -> Result<String> {
    let id = match NEXT_ID.get() {
        Some(id) => id,
        None => u64::from_be_bytes(random()?),
    };
    NEXT_ID.set(Some(id.wrapping_add(1)));
    Ok(format!("{id:016x}"))
}
