//! What a name shows.

use super::words::{INTERPRETERS, MONEY, SECRETS, sure_verb, verb};
use super::{Evidence, Shows, Source};

/// What the name of a tool shows: by its first verb and the first behind each `and` or `or`, by what is a verb wherever it
/// stands, and by what the verb is done to.
pub(super) fn evidence(name: &str) -> Vec<Evidence> {
    let words = words(name);
    let first: Vec<(&String, Shows)> = words
        .split(|word| matches!(word.as_str(), "and" | "or" | "then"))
        .filter_map(|part| part.iter().find_map(|word| Some((word, verb(word)?))))
        .collect();
    let anywhere = words.iter().filter_map(|word| Some((word, sure_verb(word)?)));
    let mut found: Vec<Evidence> = Vec::new();
    for (word, shows) in first.iter().copied().chain(anywhere) {
        let evidence = of_name(word, shows);
        if !found.contains(&evidence) {
            found.push(evidence);
        }
    }
    if first.is_empty() {
        let interpreter = words.iter().find(|word| INTERPRETERS.contains(&word.as_str()));
        found.extend(interpreter.map(|word| of_name(word, Shows::Executes)));
    }
    let reads = !found.is_empty() && found.iter().all(|evidence| evidence.shows == Shows::Reads);
    if !reads {
        let money = words.iter().find(|word| MONEY.contains(&word.as_str()));
        found.extend(money.map(|word| of_name(word, Shows::MovesMoney)));
    }
    // `count_tokens` counts the words of a text.
    if !words.iter().any(|word| word == "count") {
        found.extend(secrets(name));
    }
    found
}

/// That a name, a URI or a template speaks of what holds secrets.
pub(super) fn secrets(name: &str) -> Option<Evidence> {
    let words = words(name);
    let pair =
        words.windows(2).any(|pair| matches!(pair, [first, second] if first == "api" && second.starts_with("key")));
    let word = words.iter().find(|word| SECRETS.contains(&word.as_str())).map(String::as_str);
    word.or(pair.then_some("api key")).map(|word| of_name(word, Shows::Secrets))
}

fn of_name(word: &str, shows: Shows) -> Evidence {
    Evidence { source: Source::Name, quote: word.to_owned(), shows }
}

/// The words of a name in lower case: `getUserByID` and `get-user.by_id` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = name.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let begins = character.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase())));
        if (begins || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
