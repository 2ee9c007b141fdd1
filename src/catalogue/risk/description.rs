//! What a description shows: by the verb that it begins with, and by phrases that say it outright.

use super::words::verb;
use super::{Evidence, Shows, Source};

/// Phrases that show something wherever they stand, unless a negation goes before.
const PHRASES: [(Shows, &[&str]); 3] = [
    (
        Shows::Executes,
        &[
            "arbitrary code",
            "arbitrary command",
            "arbitrary javascript",
            "arbitrary python",
            "arbitrary sql",
            "execute code",
            "executes code",
            "run code",
            "runs code",
            "shell command",
        ],
    ),
    (
        Shows::Destroys,
        &[
            "can't be undone",
            "cannot be undone",
            "irreversibl",
            "permanently delete",
            "permanently erase",
            "permanently remove",
        ],
    ),
    (
        Shows::Writes,
        &[
            "overwrite",
            "saved to a file",
            "saves to a file",
            "write to a file",
            "writes to a file",
            "written to a file",
        ],
    ),
];

const SECRETS: [&str; 8] =
    ["access token", "api key", "api-key", "credential", "environment variable", "password", "private key", "secret"];

const NEGATIONS: [&str; 5] = ["without", "not", "never", "no", "cannot"];

/// What a description of a tool shows.
pub(super) fn evidence(description: &str) -> Vec<Evidence> {
    let phrases = PHRASES.iter().filter_map(|(shows, phrases)| found(description, phrases, *shows));
    first_verb(description).into_iter().chain(phrases).collect()
}

/// That a description speaks of secrets.
pub(super) fn secrets(description: &str) -> Option<Evidence> {
    found(description, &SECRETS, Shows::Secrets)
}

/// `Deletes a record.` deletes. Only the first word counts: further on, a description speaks of other tools as well.
fn first_verb(description: &str) -> Option<Evidence> {
    let mut words = description.split_whitespace();
    let written = words.next()?;
    // `Set of tools`, `Call this to …`: no verb, or none that says what the tool does.
    if matches!(words.next(), Some("of" | "this" | "to")) {
        return None;
    }
    let word = written.trim_end_matches([',', ':']).to_lowercase();
    let stems = [Some(word.as_str()), word.strip_suffix('s'), word.strip_suffix("es")];
    let shows = stems.into_iter().flatten().find_map(verb)?;
    Some(of_description(&around(description, 0, written.len()), shows))
}

fn found(description: &str, phrases: &[&str], shows: Shows) -> Option<Evidence> {
    // Lower case of ASCII only, so that places in it are places in the description.
    let lower = description.to_ascii_lowercase();
    let places = phrases.iter().flat_map(|phrase| lower.match_indices(phrase));
    let (at, phrase) = places.filter(|(at, _)| !is_negated(lower.get(..*at).unwrap_or_default())).min()?;
    Some(of_description(&around(description, at, at + phrase.len()), shows))
}

/// Whether one of the last two words before a phrase negates it.
fn is_negated(before: &str) -> bool {
    before.split_whitespace().rev().take(2).any(|word| NEGATIONS.contains(&word) || word.ends_with("n't"))
}

/// The sentence around a place, or the part of it that is near.
fn around(description: &str, from: usize, to: usize) -> String {
    const NEAR: usize = 40;
    let ends = |character: char| matches!(character, '.' | '\n' | '!' | '?');
    let before = description.get(..from).unwrap_or_default();
    let sentence = before.rfind(ends).map_or(0, |end| end + 1);
    let begin = before.char_indices().rev().map(|(at, _)| at).take_while(|at| *at >= sentence).take(NEAR).last();
    let behind = description.get(to..).unwrap_or_default();
    let end = behind.char_indices().take(NEAR).take_while(|(_, character)| !ends(*character)).last();
    let end = end.map_or(0, |(at, character)| at + character.len_utf8());
    let cut = |there: bool| if there { "…" } else { "" };
    let begin = begin.unwrap_or(from);
    let quote = description.get(begin..to + end).unwrap_or_default();
    let rest = behind.get(end..).and_then(|rest| rest.chars().next());
    format!("{}{}{}", cut(begin > sentence + 1), quote.trim(), cut(rest.is_some_and(|next| !ends(next))))
}

fn of_description(quote: &str, shows: Shows) -> Evidence {
    Evidence { source: Source::Description, quote: quote.to_owned(), shows }
}
