//! The variables of the Worker, read once in the life of an isolate: a new version of them is a new isolate.

use std::cell::OnceCell;
use std::rc::Rc;

use worker::Env;

use crate::registry::Duration;

/// What an operator sets.
#[derive(Debug)]
pub(super) struct Settings {
    /// The hosts that the gateway answers for; an entry without a port stands for any port.
    pub(super) hosts: Vec<String>,
    /// The origins of web pages that may call it.
    pub(super) origins: Vec<String>,
    /// How long it waits for an MCP origin.
    pub(super) patience: Patience,
    /// `AUDIT_KEEP`: for how many milliseconds ledgers keep what they have written; none is for ever.
    pub(super) audit_keep: Option<u64>,
    /// `AUDIT_LOG`: whether each entry of a ledger goes to the Worker's log as well.
    pub(super) audit_log: bool,
}

/// How many milliseconds an origin may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// `FIRST_BYTE_MS`: before it answers at all.
    pub(super) first_byte: u32,
    /// `IDLE_MS`: between two pieces of an answer.
    pub(super) idle: u32,
}

const FIRST_BYTE: u32 = 60_000;
const IDLE: u32 = 120_000;

/// How long ledgers keep what they have written, if the operator does not say.
const AUDIT_KEEP: Duration = Duration::of_days(90);

thread_local! {
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

impl Settings {
    pub(super) fn of(env: &Env) -> Rc<Self> {
        SETTINGS.with(|settings| Rc::clone(settings.get_or_init(|| Rc::new(Self::read(env)))))
    }

    fn read(env: &Env) -> Self {
        let millis = |name, usual| match variable(env, name).map(|value| value.parse()) {
            Some(Ok(millis)) if millis > 0 => millis,
            // Unset, or no number of milliseconds.
            Some(Ok(_) | Err(_)) | None => usual,
        };
        Self {
            hosts: list(env, "HOSTS"),
            origins: list(env, "ORIGINS"),
            patience: Patience { first_byte: millis("FIRST_BYTE_MS", FIRST_BYTE), idle: millis("IDLE_MS", IDLE) },
            audit_keep: audit_keep(variable(env, "AUDIT_KEEP").as_deref()),
            audit_log: variable(env, "AUDIT_LOG").is_some_and(|value| value == "on"),
        }
    }
}

/// A time like `90d`, or `forever`. What is neither is taken for the usual one, which deletes nothing early.
fn audit_keep(value: Option<&str>) -> Option<u64> {
    match value {
        Some("forever") => None,
        Some(value) => Some(Duration::read(value).unwrap_or(AUDIT_KEEP).millis()),
        None => Some(AUDIT_KEEP.millis()),
    }
}

/// The entries of a comma list. An unset variable is an empty list, and an empty list lets nobody in.
fn list(env: &Env, name: &str) -> Vec<String> {
    let value = variable(env, name).unwrap_or_default();
    value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
}
