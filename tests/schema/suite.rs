//! The official test suite: what we read we judge as it says, and what we do not read is listed here.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate::wire::json;

use crate::{read, violation};

#[derive(Deserialize)]
struct Group {
    description: String,
    schema: Box<RawValue>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    description: String,
    data: Box<RawValue>,
    valid: bool,
}

/// The groups whose schema is refused: file, group, and what the refusal says.
const REFUSED: &[(&str, &str, &str)] = &[
    ("content", "validation of binary-encoded media type documents with schema", "`contentSchema` is a keyword"),
    ("defs", "validate definition against metaschema", "leads out of this schema"),
    (
        "not",
        "collect annotations inside a 'not', even if collection is disabled",
        "`unevaluatedProperties` is a keyword",
    ),
    (
        "optional/ecmascript-regex",
        "ECMA 262 regex escapes control codes with \\c and lower letter",
        "unrecognized escape sequence",
    ),
    (
        "optional/ecmascript-regex",
        "ECMA 262 regex escapes control codes with \\c and upper letter",
        "unrecognized escape sequence",
    ),
    ("optional/ecmascript-regex", "pattern with non-ASCII digits", "Unicode character classes are not supported"),
    (
        "optional/ecmascript-regex",
        "patternProperties with non-ASCII digits",
        "Unicode character classes are not supported",
    ),
    (
        "optional/ecmascript-regex",
        "patterns always use unicode semantics with pattern",
        "Unicode character classes are not supported",
    ),
    (
        "optional/ecmascript-regex",
        "patterns always use unicode semantics with patternProperties",
        "Unicode character classes are not supported",
    ),
    ("ref", "$id must be resolved against nearest parent, not just immediate parent", "`$id` is a keyword"),
    ("ref", "$id with file URI still resolves pointers - *nix", "`$id` is a keyword"),
    ("ref", "$id with file URI still resolves pointers - windows", "`$id` is a keyword"),
    ("ref", "Recursive references between schemas", "`$id` is a keyword"),
    ("ref", "URN base URI with NSS", "`$id` is a keyword"),
    ("ref", "URN base URI with URN and JSON pointer ref", "`$id` is a keyword"),
    ("ref", "URN base URI with URN and anchor ref", "`$id` is a keyword"),
    ("ref", "URN base URI with q-component", "`$id` is a keyword"),
    ("ref", "URN base URI with r-component", "`$id` is a keyword"),
    ("ref", "URN ref with nested pointer ref", "`$id` is a keyword"),
    ("ref", "order of evaluation: $id and $anchor and $ref", "`$id` is a keyword"),
    ("ref", "order of evaluation: $id and $ref", "`$id` is a keyword"),
    ("ref", "ref creates new scope when adjacent to keywords", "`unevaluatedProperties` is a keyword"),
    ("ref", "ref to else", "`$id` is a keyword"),
    ("ref", "ref to if", "`$id` is a keyword"),
    ("ref", "ref to then", "`$id` is a keyword"),
    ("ref", "ref with absolute-path-reference", "`$id` is a keyword"),
    ("ref", "refs with relative uris and defs", "`$id` is a keyword"),
    ("ref", "relative refs with absolute uris and defs", "`$id` is a keyword"),
    ("ref", "remote ref, containing refs itself", "leads out of this schema"),
    ("ref", "simple URN base URI with $ref via the URN", "`$id` is a keyword"),
    ("ref", "simple URN base URI with JSON pointer", "`$id` is a keyword"),
];

/// The tests whose value is refused before any schema sees it: a number that no double can hold is no JSON to the gateway.
const UNREADABLE: &[(&str, &str)] = &[
    ("multipleOf", "always invalid, but naive implementations may raise an overflow error"),
    ("optional/float-overflow", "valid if optional overflow handling is implemented"),
];

/// The tests in which we knowingly differ: to our expressions white space is that of ASCII, as `\d` and `\w` are ASCII to all.
const DIFFERENT: &[(&str, &str, &[&str])] = &[
    (
        "optional/ecmascript-regex",
        r"ECMA 262 \s matches whitespace",
        &[
            "latin-1 non-breaking-space matches",
            "zero-width whitespace matches",
            "paragraph separator matches (line terminator)",
            "EM SPACE matches (Space_Separator)",
        ],
    ),
    (
        "optional/ecmascript-regex",
        r"ECMA 262 \S matches everything but whitespace",
        &[
            "latin-1 non-breaking-space does not match",
            "zero-width whitespace does not match",
            "paragraph separator does not match (line terminator)",
            "EM SPACE does not match (Space_Separator)",
        ],
    ),
];

#[test]
fn every_group_of_the_official_suite_agrees_or_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema/draft2020-12");
    let (mut groups, mut ran) = (0, 0);
    let (mut refused, mut unreadable) = (Vec::new(), Vec::new());
    let mut wrong = Vec::new();
    for folder in [root.clone(), root.join("optional")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let file = path.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().into_owned();
            for group in serde_json::from_slice::<Vec<Group>>(&fs::read(&path).unwrap()).unwrap() {
                groups += 1;
                let schema = match read(group.schema.get()) {
                    Ok(schema) => schema,
                    Err(errors) => {
                        refused.push((file.clone(), group.description, errors.join("\n")));
                        continue;
                    }
                };
                for test in group.tests {
                    if json::parse(test.data.get().as_bytes()).is_err() {
                        unreadable.push((file.clone(), test.description));
                        continue;
                    }
                    ran += 1;
                    let found = violation(&schema, test.data.get());
                    let differs = DIFFERENT.iter().any(|(other, name, tests)| {
                        *other == file && *name == group.description && tests.contains(&test.description.as_str())
                    });
                    if (found.is_none() == test.valid) == differs {
                        wrong.push(format!("{file}: {}: {}: {found:?}", group.description, test.description));
                    }
                }
            }
        }
    }
    println!("{groups} groups, {} of them refused; {ran} tests run, {} unreadable", refused.len(), unreadable.len());
    assert!(wrong.is_empty(), "{} disagree:\n{}", wrong.len(), wrong.join("\n"));
    for (file, group, errors) in &refused {
        let listed = REFUSED.iter().any(|(known, name, why)| known == file && name == group && errors.contains(why));
        assert!(listed, "refused, but not listed: {file}: {group}: {errors}");
    }
    for (file, group, _) in REFUSED {
        let found = refused.iter().any(|(other, name, _)| other == file && name == group);
        assert!(found, "listed, but not refused: {file}: {group}");
    }
    unreadable.sort();
    let known: Vec<_> = unreadable.iter().map(|(file, test)| (file.as_str(), test.as_str())).collect();
    assert_eq!(known, UNREADABLE);
    assert!(ran > 900, "only {ran} tests ran");
}
