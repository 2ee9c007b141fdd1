//! What an export holds that was verified, in words.

use super::super::terminal::{counted, plain};
use crate::audit::{Gap, Span, Verdict};

/// How many gaps in numbers are told one by one.
const MOST_GAPS: usize = 10;

/// What the export holds, row by row.
pub(super) fn summary(verdict: &Verdict, beside_marks: bool) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| rows.push(vec![format!("  {name}"), plain(&value)]);
    row("ledger", verdict.ledger.clone().unwrap_or_default());
    row(
        "entries",
        match verdict.span {
            Some(Span { from, to }) => format!("{}: {} to {}{}", verdict.entries, from.0, to.0, after(verdict)),
            None => format!("none{}", after(verdict)),
        },
    );
    row("records", verdict.records.to_string());
    if let Some(Span { from, to }) = verdict.span {
        row("time", format!("{} to {}", from.1.timestamp(), to.1.timestamp()));
    }
    if !verdict.keys.is_empty() {
        row("keys", verdict.keys.iter().map(String::as_str).collect::<Vec<_>>().join(", "));
    }
    if let Some(to) = verdict.uncovered_to {
        row("unverified", format!("entries up to {to}, which are older than the chain"));
    }
    if beside_marks {
        row("marks", heads(verdict));
    }
    row("missing", missing(&verdict.gaps));
    for gap in verdict.gaps.iter().take(MOST_GAPS) {
        row("", gap_text(gap));
    }
    if verdict.gaps.len() > MOST_GAPS {
        row("", format!("and {} more; --json has them all", verdict.gaps.len() - MOST_GAPS));
    }
    rows
}

/// What holds of an export in which nothing was found.
pub(super) fn held(verdict: &Verdict) -> String {
    let last = verdict.span.map(|span| span.to.0);
    match verdict.uncovered_to {
        None => "whole and unaltered".to_owned(),
        uncovered if uncovered == last => "whole, and all of it is older than the chain".to_owned(),
        Some(uncovered) => format!("whole, and unaltered after entry {uncovered}"),
    }
}

fn after(verdict: &Verdict) -> String {
    if verdict.after == 0 { String::new() } else { format!(", without those up to {}", verdict.after) }
}

fn heads(verdict: &Verdict) -> String {
    let earlier = match verdict.earlier_heads {
        0 => String::new(),
        earlier => format!("; {earlier} of before the export"),
    };
    match verdict.heads {
        0 => format!("none to compare with{earlier}: an older export in place of this one would not be found"),
        compared => format!("{compared} compared{earlier}"),
    }
}

fn missing(gaps: &[Gap]) -> String {
    match gaps.iter().map(Gap::count).fold(0, u64::saturating_add) {
        0 => "none".to_owned(),
        count => format!("{} that isolates had not handed over:", amount(count, "record")),
    }
}

fn gap_text(Gap { isolate, from, to }: &Gap) -> String {
    if from == to { format!("{isolate}: {from}") } else { format!("{isolate}: {from} to {to}") }
}

pub(super) fn amount(count: u64, noun: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), noun)
}
