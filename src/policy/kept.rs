//! What the audit keeps of the arguments of a call: the values that the policy names, and no others.

use super::{Arguments, Rule};
use crate::wire::json::{Node, quote};

/// The most bytes that are kept of one path, as JSON.
const LONGEST: usize = 1024;

/// What is kept of each path that one of `rules` names, once, as JSON: the value; where it may be several (`[*]`, or the
/// same path under rules that read different variables), an array. What is longer than [`LONGEST`] becomes a string: its
/// beginning, and `…`. A path to nothing is left out.
pub(super) fn kept<'r>(rules: &[(&'r Rule, Arguments<'_>)]) -> Vec<(&'r str, String)> {
    let mut kept: Vec<(&str, Vec<String>)> = Vec::new();
    for (rule, arguments) in rules {
        let Some(object) = arguments.object() else { continue };
        for path in &rule.audit {
            let found: Vec<String> = path.values(object).into_iter().map(written).collect();
            if found.is_empty() {
                continue;
            }
            let value = if path.may_be_several() { array(&found) } else { found.concat() };
            match kept.iter_mut().find(|(known, _)| *known == path.text()) {
                Some((_, values)) if values.contains(&value) => {}
                Some((_, values)) => values.push(value),
                None => kept.push((path.text(), vec![value])),
            }
        }
    }
    let one = |values: Vec<String>| if values.len() == 1 { values.concat() } else { array(&values) };
    kept.into_iter().map(|(path, values)| (path, cut(one(values)))).collect()
}

/// The value as it was sent. What was read out of a URI is a string that no text was read for.
fn written(node: &Node<'_>) -> String {
    match node.as_str() {
        Some(string) if node.text.is_empty() => quote(string),
        Some(_) | None => node.text.to_owned(),
    }
}

fn array(values: &[String]) -> String {
    format!("[{}]", values.join(","))
}

/// A JSON text, or as much of its beginning as fits, as a string.
fn cut(json: String) -> String {
    if json.len() <= LONGEST {
        return json;
    }
    // Written as a string, the text grows: each of its quotes becomes two bytes.
    let room = LONGEST - quote("…").len();
    let mut length = 0;
    let fits = json.chars().take_while(|character| {
        length += quote(character.encode_utf8(&mut [0; 4])).len() - quote("").len();
        length <= room
    });
    quote(&(fits.collect::<String>() + "…"))
}
