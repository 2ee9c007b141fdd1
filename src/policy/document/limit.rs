//! Reading a limit.

use std::num::{NonZeroU32, NonZeroU64};

use super::errors::Errors;
use super::mode;
use crate::ledger::{Algorithm, Counter, CounterName, Limit, Scope, WINDOW_NAMES, Window};
use crate::policy::condition::{Path, Root};
use crate::policy::rule::{Mode, PlacedLimit};
use crate::wire::json::{Fields, Node, Pointer, quote};

/// The largest `max` of a limit in millionths: 64 bits hold it.
const MOST_COST: u64 = 10_000_000_000_000;

/// The most sessions that have a budget of their own: the counter of each takes memory, which the ledger has little of.
const MOST_SESSIONS: u32 = 1_000;

/// The limits of a rule.
pub(super) fn limits(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<PlacedLimit> {
    let mut limits = Vec::new();
    for (node, pointer) in errors.elements(fields, "limits") {
        limits.extend(errors.catch(Fields::of(node, pointer)).and_then(|fields| limit(fields, errors)));
    }
    limits
}

fn limit(mut fields: Fields<'_, '_>, errors: &mut Errors) -> Option<PlacedLimit> {
    let pointer = fields.pointer().clone();
    let name = errors.catch(fields.require_string("counter")).and_then(|name| {
        let counter =
            CounterName::read(name).ok_or_else(|| "must be 1 to 80 characters of A-Z a-z 0-9 _ . : -".to_owned());
        errors.at(&pointer.key("counter"), counter)
    });
    let window = window(&mut fields, errors);
    let max = max(&mut fields, errors);
    let mode = mode(&mut fields, errors);
    let scope = scope(&mut fields, errors);
    let algorithms = [("sliding", Algorithm::Sliding), ("fixed", Algorithm::Fixed)];
    let algorithm = errors.word(&mut fields, "algorithm", &algorithms).unwrap_or(Algorithm::Sliding);
    let cost = errors.catch(fields.take_string("cost_from")).flatten();
    let cost = cost.and_then(|text| {
        if max.is_some_and(|max| max.get() > MOST_COST) {
            errors.add(
                &pointer.key("max"),
                format!("must be at most {MOST_COST}, since costs are counted in millionths"),
            );
        }
        errors.at(&pointer.key("cost_from"), Path::read(text, Root::Arguments))
    });
    errors.finish(fields);
    let unit = cost.as_ref().map(Path::to_string);
    let counter = Counter { name: name?, window: window?, scope: scope?, algorithm, unit };
    Some(PlacedLimit { pointer, mode, limit: Limit { counter, max: max? }, cost })
}

/// The shorthand: one limit, of each grant, sliding, on a counter that is named for what the rule is called.
pub(super) fn rate_limit(key: &str, node: &Node<'_>, pointer: Pointer, errors: &mut Errors) -> Option<PlacedLimit> {
    let mut fields = errors.catch(Fields::of(node, pointer.clone()))?;
    let window = window(&mut fields, errors);
    let max = max(&mut fields, errors);
    errors.finish(fields);
    let name = CounterName::of_rate_limit(key);
    let counter = Counter { name, window: window?, scope: Scope::Grant, algorithm: Algorithm::Sliding, unit: None };
    Some(PlacedLimit { pointer, mode: Mode::Enforce, limit: Limit { counter, max: max? }, cost: None })
}

#[derive(Clone, Copy, PartialEq)]
enum Of {
    Grant,
    Session,
    Server,
}

fn scope(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Option<Scope> {
    let pointer = fields.pointer().clone();
    let scopes = [("grant", Of::Grant), ("session", Of::Session), ("server", Of::Server)];
    let of = errors.word(fields, "scope", &scopes).unwrap_or(Of::Grant);
    match (of, fields.take("sessions")) {
        (Of::Grant, None) => Some(Scope::Grant),
        (Of::Server, None) => Some(Scope::Server),
        (Of::Session, None) => {
            let message =
                "`sessions` is required with scope session: how many have a budget of their own within a window";
            errors.add(&pointer, message);
            None
        }
        (Of::Session, Some((node, pointer))) => {
            let sessions = node.as_integer().and_then(|number| u32::try_from(number).ok());
            let sessions = sessions.filter(|sessions| *sessions <= MOST_SESSIONS).and_then(NonZeroU32::new);
            let wrong = || format!("must be a whole number from 1 to {MOST_SESSIONS}");
            errors.at(&pointer, sessions.map(Scope::Session).ok_or_else(wrong))
        }
        (Of::Grant | Of::Server, Some((_, pointer))) => {
            errors.add(&pointer, "goes with scope session, and says nothing without it");
            None
        }
    }
}

fn window(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Option<Window> {
    let (node, pointer) = errors.catch(fields.require("window"))?;
    let seconds = node.as_integer().and_then(|seconds| u64::try_from(seconds).ok());
    let window = seconds.and_then(Window::of_seconds).or_else(|| node.as_str().and_then(Window::named));
    let window = window.ok_or_else(|| {
        let names = WINDOW_NAMES.map(|(name, _)| quote(name)).join(", ");
        format!("must be {names}, or a whole number of seconds from 1 to 2678400 (31 days)")
    });
    errors.at(&pointer, window)
}

fn max(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Option<NonZeroU64> {
    let (node, pointer) = errors.catch(fields.require("max"))?;
    let max = node.as_integer().and_then(|max| u64::try_from(max).ok()).map(NonZeroU64::new);
    let max = match max {
        Some(Some(max)) => Ok(max),
        Some(None) => Err("zero is not a limit: to refuse the tool, write `\"action\": \"deny\"`".to_owned()),
        None => Err("must be a whole number, at least 1".to_owned()),
    };
    errors.at(&pointer, max)
}
