//! What the arguments of a tool show.

use std::collections::BTreeMap;

use super::{Evidence, Shows, Source};
use crate::wire::json::Literal;

/// Arguments that are code or a command.
const CODE: [&str; 13] = [
    "bash",
    "cmd",
    "command",
    "command_line",
    "commands",
    "javascript",
    "js_code",
    "python_code",
    "script",
    "shell_command",
    "source_code",
    "sql",
    "sql_query",
];

/// What tells `code` that is run from that of a country or of a discount.
const OF_CODE: [&str; 9] = ["eval", "execut", "javascript", "python", "run", "script", "shell", "snippet", "sql"];

/// Arguments that say where to write.
const FILES: [&str; 11] = [
    "dest",
    "destination",
    "dir",
    "directory",
    "file",
    "file_path",
    "filename",
    "filepath",
    "output_path",
    "path",
    "target_path",
];

const AMOUNTS: [&str; 5] = ["amount", "amount_cents", "amount_minor", "price", "total"];

/// What the schema of a tool's arguments shows.
pub(super) fn evidence(schema: &Literal) -> Vec<Evidence> {
    let none = BTreeMap::new();
    let properties = match member(schema, "properties") {
        Some(Literal::Object(properties)) => properties,
        Some(_) | None => &none,
    };
    let mut evidence: Vec<Evidence> =
        properties.iter().filter_map(|(name, schema)| Some(of_schema(name, shows(&spelled(name), schema)?))).collect();
    let has = |names: &[&str]| properties.keys().find(|name| names.contains(&spelled(name).as_str()));
    if let (Some(amount), Some(currency)) = (has(&AMOUNTS), has(&["currency"])) {
        evidence.push(of_schema(&format!("{amount}, {currency}"), Shows::MovesMoney));
    }
    evidence
}

fn shows(name: &str, schema: &Literal) -> Option<Shows> {
    let description = match member(schema, "description") {
        Some(Literal::String(text)) => text.to_lowercase(),
        Some(_) | None => String::new(),
    };
    let is_code = name == "code" && (description.is_empty() || OF_CODE.iter().any(|word| description.contains(word)));
    // One of a few named values is a choice, not a program.
    if (CODE.contains(&name) || is_code) && member(schema, "enum").is_none() && may_be_text(schema) {
        return Some(Shows::Executes);
    }
    FILES.contains(&name).then_some(Shows::Files)
}

/// Whether the schema lets a text through, or a list of them.
fn may_be_text(schema: &Literal) -> bool {
    match member(schema, "type") {
        Some(Literal::String(kind)) => matches!(kind.as_str(), "string" | "array"),
        Some(_) | None => true,
    }
}

fn member<'l>(literal: &'l Literal, name: &str) -> Option<&'l Literal> {
    match literal {
        Literal::Object(members) => members.get(name),
        Literal::Null | Literal::Bool(_) | Literal::Number(_) | Literal::String(_) | Literal::Array(_) => None,
    }
}

fn of_schema(name: &str, shows: Shows) -> Evidence {
    Evidence { source: Source::Schema, quote: name.to_owned(), shows }
}

/// `filePath` as `file_path`.
fn spelled(name: &str) -> String {
    let mut spelled = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !spelled.is_empty() && !spelled.ends_with('_') {
            spelled.push('_');
        }
        spelled.extend(if character == '-' { vec!['_'] } else { character.to_lowercase().collect() });
    }
    spelled
}
