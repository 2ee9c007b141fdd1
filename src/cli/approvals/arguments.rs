//! Arguments as a person reads them: a line for each value, numbers as they were written, and nothing that is not seen.

use crate::cli::terminal::Paint;
use crate::cli::visible::escape_of;
use crate::wire::json::{Node, Value, quote};

/// What a line begins with that goes on with a string: no line of JSON does.
const GOES_ON: &str = "| ";

/// A value, its lines behind `indent`. What is escaped in a string is marked by colour.
pub(super) fn readable(node: &Node<'_>, indent: &str, paint: Paint) -> String {
    let deeper = format!("{indent}  ");
    let (brackets, members): (_, Vec<String>) = match &node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) => return node.text.to_owned(),
        Value::String(text) => return string(text, indent, paint),
        Value::Array(elements) => ("[]", elements.iter().map(|element| readable(element, &deeper, paint)).collect()),
        Value::Object(object) => {
            let member = |(key, value): (&str, &Node<'_>)| {
                format!("{}: {}", string(key, &deeper, paint), readable(value, &deeper, paint))
            };
            let members = object.members().iter().map(|found| (found.key.as_ref(), &found.node));
            ("{}", members.map(member).collect())
        }
    };
    let (open, close) = brackets.split_at_checked(1).unwrap_or_default();
    if members.is_empty() {
        return brackets.to_owned();
    }
    let members: Vec<_> = members.into_iter().map(|member| format!("{deeper}{member}")).collect();
    format!("{open}\n{}\n{indent}{close}", members.join(",\n"))
}

/// A string as JSON has it. Where it ends a line, the line ends.
fn string(text: &str, indent: &str, paint: Paint) -> String {
    let json = quote(text);
    let mut shown = String::with_capacity(json.len());
    let mut characters = json.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            let kind = characters.next().unwrap_or_default();
            let digits: String = if kind == 'u' { characters.by_ref().take(4).collect() } else { String::new() };
            shown.push_str(&paint.yellow(&format!("\\{kind}{digits}")));
            if kind == 'n' {
                shown.extend(["\n", indent, GOES_ON]);
            }
        } else if let Some(escape) = escape_of(character) {
            shown.push_str(&paint.yellow(&escape));
        } else {
            shown.push(character);
        }
    }
    shown
}
