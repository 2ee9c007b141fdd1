//! Mutations of JSON token by token, beside the engine's own of bytes: what they make is mostly still JSON, with a member
//! more, less, elsewhere, or spelled in another way.

use std::ops::Range;

/// What a token may become.
const TOKENS: &str = r#"
    null true -0 1 1.0 9007199254740993 1e999 7 "7" [] {} "" , : "jsonrpc" "2.0" "id" "method" "params" "result" "error" "_meta"
    "name" "arguments" "uri" "ref" "type" "ref/prompt" "ref/resource" "notifications" "resourceSubscriptions" "tools/call"
    "tools/list" "prompts/get" "resources/read" "completion/complete" "subscriptions/listen" "initialize" "django://a"
    "tools" "prompts" "resources" "resourceTemplates" "hid" "requestId" "notifications/message" "sampling/createMessage"
    "policy" "version" "default" "deny" "allow" "hide" "all_tools" "t" "a" "action" "mode" "shadow" "deny_if" "require" "any" "all" "not"
    "path" "op" "value" "args.x" "args.x[*]" "args.x.y" "args.x[0]" "eq" "neq" "in" "not_in" "lt" "gte" "contains" "exists" "regex" ".*"
    "limits" "counter" "window" "minute" "max" "scope" "session" "sessions" "cost_from" "algorithm" "fixed" "server" "audit" "refund_on"
    "tool_error" "result.x[*]" "approval" "when" "require_approval" "x" "y"
    "type" "string" "properties" "required" "enum" "anyOf" "items" "django://{x}/{y*}" "django://a/b"
"#;

/// What a letter may become: a pair of surrogates, what is none, and what C ends a string with.
const ESCAPES: [&str; 5] = ["\\ud83d\\ude00", "\\ud83d", "\\ud83d\\ue000", "\\udc00", "\\u0000"];

/// A generator by Marsaglia (xorshift): the engine gives one seed for each mutation.
struct Dice(u32);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % bound.max(1)
    }
}

/// Mutates the JSON behind the first `skipped` bytes of an input; its new size, or none if the bytes should be mutated,
/// which every third time they should.
pub fn in_place(data: &mut [u8], size: usize, max_size: usize, seed: u32, skipped: usize) -> Option<usize> {
    let text =
        data.get(skipped..size).and_then(|text| std::str::from_utf8(text).ok()).filter(|_| !seed.is_multiple_of(3))?;
    let mutated = json(text, seed).filter(|mutated| skipped + mutated.len() <= max_size)?;
    let size = skipped + mutated.len();
    data.get_mut(skipped..size)?.copy_from_slice(mutated.as_bytes());
    Some(size)
}

/// `text` with one to three mutations; none if it has no tokens.
fn json(text: &str, seed: u32) -> Option<String> {
    let mut dice = Dice(seed | 1);
    let mut mutated = text.to_owned();
    for _ in 0..=dice.below(3) {
        mutated = once(&mutated, &mut dice)?;
    }
    Some(mutated)
}

fn once(text: &str, dice: &mut Dice) -> Option<String> {
    let tokens = tokens(text);
    let at = dice.below(tokens.len());
    let token = tokens.get(at)?.clone();
    let other = tokens[dice.below(tokens.len())].clone();
    let value = token.start..end_of_value(text, &tokens, at);
    Some(match dice.below(8) {
        0 => replaced(text, token, ""),
        1 => replaced(text, token, TOKENS.split_whitespace().nth(dice.below(TOKENS.split_whitespace().count()))?),
        2 => replaced(text, value, &text[other]),
        3 => replaced(text, value.clone(), &format!("[{}]", &text[value])),
        4 => {
            // Another member of the same key, or of one that a reader may take for it.
            let copy = format!("{},", &text[member(text, &tokens, at)]);
            replaced(text, token.start..token.start, &respelled(&copy, dice))
        }
        5 | 6 => replaced(text, token.clone(), &respelled(&text[token], dice)),
        _ => replaced(text, other.end..other.end, &text[value]),
    })
}

fn replaced(text: &str, range: Range<usize>, by: &str) -> String {
    [&text[..range.start], by, &text[range.end..]].concat()
}

/// Strings, and runs of what is no string, space or punctuation, and punctuation.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'"' => {
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
            }
            byte if b"{}[],:".contains(&byte) => {}
            _ => {
                while at < bytes.len() && !b" \t\r\n\"{}[],:".contains(&bytes[at]) {
                    at += 1;
                }
            }
        }
        while !text.is_char_boundary(at) {
            at += 1;
        }
        tokens.push(start..at);
    }
    tokens
}

/// Where the value that begins with a token ends.
fn end_of_value(text: &str, tokens: &[Range<usize>], first: usize) -> usize {
    let mut depth = 0;
    for token in &tokens[first..] {
        match &text[token.clone()] {
            "{" | "[" => depth += 1,
            "}" | "]" => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return token.end;
        }
    }
    text.len()
}

/// The key that stands at a token with its value, or the value alone.
fn member(text: &str, tokens: &[Range<usize>], at: usize) -> Range<usize> {
    let is_key = tokens.get(at + 1).is_some_and(|next| &text[next.clone()] == ":") && tokens.len() > at + 2;
    tokens[at].start..end_of_value(text, tokens, if is_key { at + 2 } else { at })
}

/// `text` with one letter in the other case, as a character that folds into it, escaped, or another altogether.
fn respelled(text: &str, dice: &mut Dice) -> String {
    let letters: Vec<(usize, char)> = text.char_indices().filter(|(_, letter)| letter.is_alphanumeric()).collect();
    let Some(&(at, letter)) = letters.get(dice.below(letters.len())) else { return text.to_owned() };
    let spelled = match (dice.below(5), letter) {
        (0, 's' | 'S') => "ſ".to_owned(),
        (0, 'k' | 'K') => "\u{212a}".to_owned(),
        (0 | 1, letter) if letter.is_lowercase() => letter.to_uppercase().collect(),
        (0 | 1, letter) => letter.to_lowercase().collect(),
        (2, _) => ESCAPES[dice.below(ESCAPES.len())].to_owned(),
        (_, letter) => {
            letter.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |text, unit| format!("{text}\\u{unit:04x}"))
        }
    };
    replaced(text, at..at + letter.len_utf8(), &spelled)
}
