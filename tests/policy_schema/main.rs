//! The JSON Schema of policy documents says what the gateway's own parser says: of every case file's policy, and of each
//! thing that one change makes of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod documents;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use documents::{changes, documents, whole};
use jsonschema::Validator;
use serde_json::{Value, json};
use tollgate::draft::schema;
use tollgate::ledger::WINDOW_NAMES;
use tollgate::policy::{OPERATORS, Policy};

/// What a schema cannot say, or not without making it useless to an editor. Each reason has the words of the parser.
const STRICTER: [(&str, &[&str]); 10] = [
    (
        "which resource a key describes",
        &["is no URI", "variable", "scheme", "describes the same as", "has more than one"],
    ),
    ("one name stands for one counter", &["elsewhere in this policy"]),
    (
        "an integer is written as one: 1, not 1.0",
        &[
            "must be a whole number, at least 1",
            "must be a whole number from 1 to 1000",
            "or a whole number of seconds",
        ],
    ),
    ("how long an approval is waited for", &["must be a time from"]),
    ("a regular expression is one that we know", &["regular expression"]),
    ("a name in a path is a JSON string, an index fits", &["then steps:"]),
    ("a part of a condition is not enforced by itself", &["not on a part of it"]),
    ("a condition of a refund refuses nothing", &["stands on what may refuse"]),
    ("a schema of arguments has only keywords that are checked", &["/arguments"]),
    ("nesting is bounded", &["nested deeper"]),
];

#[test]
fn the_schema_in_docs_is_the_one_of_the_types() {
    let stored = fs::read_to_string(root().join("docs/policy.schema.json")).unwrap_or_default();
    assert!(
        stored == schema(),
        "docs/policy.schema.json is not what src/draft describes. \
         Refresh it: cargo run --bin tollgate -- schema > docs/policy.schema.json"
    );
}

#[test]
fn the_schema_is_one() {
    jsonschema::meta::validate(&parsed()).expect("a JSON Schema 2020-12");
}

#[test]
fn schema_and_parser_agree() {
    let judge = Judge { validator: jsonschema::validator_for(&parsed()).unwrap() };
    let mut documents = documents();
    documents.insert(0, whole());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parts = (0..threads).map(|first| documents.iter().skip(first).step_by(threads));
    let judge = &judge;
    let found: Vec<Found> = std::thread::scope(|scope| {
        let running: Vec<_> = parts.map(|part| scope.spawn(move || judge.compare(part))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let asked: usize = found.iter().map(|found| found.asked.len()).sum();
    let wrong: Vec<_> = found.iter().flat_map(|found| &found.wrong).collect();
    assert!(wrong.is_empty(), "{} of {asked} disagree, the first: {}", wrong.len(), wrong[0]);
    assert!(asked > 10_000, "only {asked} documents were compared");
    let unmet = STRICTER.iter().filter(|(reason, _)| !found.iter().any(|found| found.reasons.contains(reason)));
    let unmet: Vec<_> = unmet.collect();
    assert!(unmet.is_empty(), "never met: {unmet:?}");
}

/// Where the parser takes one of several words, it names all of them when it is given another.
#[test]
fn schema_and_parser_have_the_same_words() {
    let schema = parsed();
    let known = |name: &str| -> BTreeSet<String> {
        let words = schema["$defs"][name]["oneOf"].as_array().expect(name).iter();
        words.map(|word| word["const"].as_str().expect(name).to_owned()).collect()
    };
    let limit = |field: &str| {
        let mut limit = json!({ "counter": "c", "window": "minute", "max": 1 });
        limit[field] = json!("?");
        json!({ "limits": [limit] })
    };
    let rules = [
        ("Mode", json!({ "mode": "?" })),
        ("Action", json!({ "action": "?" })),
        ("Approver", json!({ "action": "require_approval", "approval": { "by": "?" } })),
        ("Operator", json!({ "require": [{ "path": "args.a", "op": "?" }] })),
        ("Outcome", json!({ "refund_on": ["?"] })),
        ("Scope", limit("scope")),
        ("Algorithm", limit("algorithm")),
    ];
    for (name, rule) in rules {
        let document = json!({ "version": "1", "default": "deny", "tools": { "t": rule } });
        assert_eq!(named_by_parser(&document), known(name), "{name}");
    }
    assert_eq!(named_by_parser(&json!({ "version": "1", "default": "?" })), known("Default"));
    assert_eq!(known("Operator"), OPERATORS.map(str::to_owned).into());
    let windows = schema["$defs"]["Window"]["anyOf"][0]["oneOf"].as_array().unwrap().iter();
    let windows: BTreeSet<_> = windows.map(|word| word["const"].as_str().unwrap()).collect();
    assert_eq!(windows, WINDOW_NAMES.map(|(name, _)| name).into());
}

/// The words in the one error of a document.
fn named_by_parser(document: &Value) -> BTreeSet<String> {
    let errors = Policy::parse(document.to_string().as_bytes()).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let words = errors[0].message.split('"').skip(1).step_by(2);
    words.filter(|word| *word != "?").map(str::to_owned).collect()
}

struct Judge {
    validator: Validator,
}

#[derive(Default)]
struct Found {
    asked: BTreeSet<String>,
    wrong: Vec<String>,
    reasons: BTreeSet<&'static str>,
}

impl Judge {
    /// Compares what both say of these documents, and of all that one change makes of each.
    fn compare<'d>(&self, documents: impl Iterator<Item = &'d Value>) -> Found {
        let mut found = Found::default();
        let mut ask = |variant: Value| {
            if found.asked.insert(variant.to_string()) {
                match self.disagreement(&variant) {
                    Ok(reason) => found.reasons.extend(reason),
                    Err(why) => found.wrong.push(why),
                }
            }
        };
        for document in documents {
            ask(document.clone());
            // What is refused already stays so, whatever else is changed; long documents only repeat themselves.
            let text = document.to_string();
            let is_short = text.len() < 500 || *document == whole();
            if is_short && Policy::parse(text.as_bytes()).is_ok() {
                changes(document, &mut ask);
            }
        }
        found
    }

    /// The reason for which the parser is stricter, if it is; an error if the two disagree for none.
    fn disagreement(&self, document: &Value) -> Result<Option<&'static str>, String> {
        let text = document.to_string();
        let parsed = Policy::parse(text.as_bytes());
        match (self.validator.is_valid(document), parsed) {
            (true, Ok(_)) | (false, Err(_)) => Ok(None),
            (false, Ok(_)) => {
                let error = self.validator.iter_errors(document).next().unwrap();
                Err(format!("the schema refuses at {}: {error}\n{text}", error.instance_path()))
            }
            (true, Err(errors)) => {
                let said: Vec<_> = errors.iter().map(|error| format!("{} {}", error.pointer, error.message)).collect();
                let reason_of = |said: &String| {
                    let known = STRICTER.iter().find(|(_, words)| words.iter().any(|word| said.contains(word)));
                    known.map(|(reason, _)| *reason)
                };
                match said.iter().map(reason_of).collect::<Option<Vec<_>>>() {
                    Some(reasons) => Ok(reasons.first().copied()),
                    None => Err(format!("the parser alone refuses: {said:?}\n{text}")),
                }
            }
        }
    }
}

fn parsed() -> Value {
    serde_json::from_str(&schema()).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
