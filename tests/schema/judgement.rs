//! What is said of a value that does not fit, and of one that cannot be judged.

use crate::{read, violation};

/// Place and message of what is wrong with `value`.
fn found(schema: &str, value: &str) -> Option<(String, String)> {
    let schema = read(schema).unwrap_or_else(|errors| panic!("{schema}: {errors:?}"));
    violation(&schema, value).map(|found| (found.at.to_string(), found.message))
}

#[test]
fn each_keyword_says_what_a_value_must_be() {
    let cases = [
        ("false", "1", "", "is not allowed"),
        (r#"{"type": "string"}"#, "1", "", "must be a string"),
        (r#"{"type": ["integer", "null"]}"#, "1.5", "", "must be an integer or null"),
        (r#"{"enum": ["a", 1.0, {"b": null}]}"#, r#""b""#, "", r#"must be one of ["a",1.0,{"b":null}]"#),
        (r#"{"const": "a"}"#, r#""b""#, "", r#"must be "a""#),
        (r#"{"minLength": 1}"#, r#""""#, "", "must have at least 1 character"),
        (r#"{"maxLength": 2}"#, r#""üüü""#, "", "must have at most 2 characters"),
        (r#"{"minItems": 2}"#, "[1]", "", "must have at least 2 elements"),
        (r#"{"maxProperties": 0}"#, r#"{"a":1}"#, "", "must have at most 0 members"),
        (r#"{"minimum": 9007199254740993}"#, "9007199254740992", "", "must be at least 9007199254740993"),
        (r#"{"maximum": 1}"#, "1.1", "", "must be at most 1"),
        (r#"{"exclusiveMinimum": 0}"#, "0.0", "", "must be greater than 0"),
        (r#"{"exclusiveMaximum": 10}"#, "1e1", "", "must be less than 10"),
        (r#"{"multipleOf": 0.1}"#, "0.35", "", "must be a multiple of 0.1"),
        (r#"{"pattern": "^a"}"#, r#""ba""#, "", "must match the regular expression `^a`"),
        (r#"{"required": ["a", "b"]}"#, r#"{"a":1}"#, "", "`b` is required"),
        (r#"{"dependentRequired": {"a": ["b"]}}"#, r#"{"a":1}"#, "", "`b` is required"),
        (r#"{"dependentSchemas": {"a": {"maxProperties": 1}}}"#, r#"{"a":1,"b":1}"#, "", "must have at most 1 member"),
        (r#"{"properties": {"a": {"type": "null"}}}"#, r#"{"a":1}"#, "/a", "must be null"),
        (r#"{"patternProperties": {"^x": {"type": "null"}}}"#, r#"{"x/~":1}"#, "/x~1~0", "must be null"),
        (r#"{"properties": {"a": true}, "additionalProperties": false}"#, r#"{"a":1,"b":1}"#, "/b", "is not allowed"),
        (
            r#"{"propertyNames": {"pattern": "^a"}}"#,
            r#"{"b":1}"#,
            "",
            "has the name `b`, which must match the regular expression `^a`",
        ),
        (r#"{"items": {"type": "boolean"}}"#, "[true, 1]", "/1", "must be true or false"),
        (r#"{"prefixItems": [true], "items": false}"#, "[1, 2]", "/1", "is not allowed"),
        (
            r#"{"contains": {"type": "null"}}"#,
            "[1]",
            "",
            "must have at least 1 of the elements that `contains` describes",
        ),
        (
            r#"{"contains": {"type": "null"}, "maxContains": 1}"#,
            "[null,null]",
            "",
            "must have at most 1 of the elements that `contains` describes",
        ),
        (
            r#"{"uniqueItems": true}"#,
            r#"[{"a":1,"b":2},{"b":2.0,"a":1}]"#,
            "",
            "must not have two elements that are equal",
        ),
        (r#"{"allOf": [true, {"type": "object"}]}"#, "1", "", "must be an object"),
        (
            r#"{"anyOf": [{"type": "integer"}, {"type": "null"}]}"#,
            r#""a""#,
            "",
            "fits no alternative: must be an integer; must be null",
        ),
        (
            r#"{"items": {"anyOf": [{"properties": {"a": false}}]}}"#,
            r#"[{"a":1}]"#,
            "/0",
            "fits no alternative: /a is not allowed",
        ),
        (r#"{"oneOf": [{"type": "integer"}, {"type": "number"}]}"#, "1", "", "must fit only one schema of `oneOf`"),
        (r#"{"not": {"type": "integer"}}"#, "1", "", "must not fit the schema of `not`"),
        (r#"{"if": {"type": "integer"}, "then": {"minimum": 1}, "else": false}"#, "0", "", "must be at least 1"),
        (r#"{"if": {"type": "integer"}, "then": {"minimum": 1}, "else": false}"#, "null", "", "is not allowed"),
        (
            r##"{"properties": {"next": {"$ref": "#"}}, "required": ["id"]}"##,
            r#"{"id":1,"next":{}}"#,
            "/next",
            "`id` is required",
        ),
    ];
    for (schema, value, at, message) in cases {
        assert_eq!(found(schema, value), Some((at.to_owned(), message.to_owned())), "{schema} of {value}");
    }
}

#[test]
fn messages_and_keys_are_cut() {
    let long = "k".repeat(5_000);
    let (at, message) = found(r#"{"propertyNames": {"maxLength": 3}}"#, &format!(r#"{{"{long}": 1}}"#)).unwrap();
    assert_eq!((at.as_str(), message.len() < 150), ("", true));
    let (at, _) = found(r#"{"additionalProperties": false}"#, &format!(r#"{{"{long}": 1}}"#)).unwrap();
    assert_eq!(at, format!("/{}…", "k".repeat(63)));
    let many: Vec<String> = (0..1_000).map(|n| format!("\"value {n}\"")).collect();
    let (_, message) = found(&format!(r#"{{"enum": [{}]}}"#, many.join(",")), "1").unwrap();
    assert!(message.ends_with('…') && message.starts_with(r#"must be one of ["value 0","#), "{message}");
    let (_, message) = found(&format!(r#"{{"required": ["{long}"]}}"#), "{}").unwrap();
    assert_eq!(message.chars().count(), 200);
}

/// A text that is too long for an expression neither matches nor does it not.
#[test]
fn what_cannot_be_judged_does_not_fit_by_any_way_round() {
    let long = format!("\"{}\"", "a".repeat(20_000));
    let too_long = Some((String::new(), "has a text that is too long to be judged".to_owned()));
    let a = r#"{"pattern": "a"}"#;
    let unjudged = [
        a.to_owned(),
        format!(r#"{{"not": {a}}}"#),
        format!(r#"{{"not": {{"not": {a}}}}}"#),
        format!(r#"{{"if": {a}, "then": true}}"#),
        format!(r#"{{"if": {a}, "else": false}}"#),
        format!(r#"{{"anyOf": [{a}, false]}}"#),
        format!(r#"{{"oneOf": [{a}, true]}}"#),
        format!(r#"{{"allOf": [{a}]}}"#),
        format!(r#"{{"not": {{"anyOf": [{a}, false]}}}}"#),
        format!(r#"{{"not": {{"oneOf": [{a}, true]}}}}"#),
        format!(r#"{{"not": {{"allOf": [{a}, true]}}}}"#),
    ];
    for schema in unjudged {
        assert_eq!(found(&schema, &long), too_long, "{schema}");
    }
    // Where it does not matter what it is, it does not matter that nobody knows.
    for schema in [format!(r#"{{"anyOf": [{a}, true]}}"#), format!(r#"{{"not": {{"allOf": [{a}, false]}}}}"#)] {
        assert_eq!(found(&schema, &long), None, "{schema}");
    }
    let elements = format!("[{long}, 1]");
    for (schema, fits) in [
        (r#"{"contains": {"pattern": "b"}, "minContains": 1}"#, true),
        (r#"{"contains": {"pattern": "b", "type": "string"}}"#, false),
        (r#"{"not": {"contains": {"pattern": "b", "type": "string"}}}"#, false),
        (r#"{"contains": {"pattern": "b"}, "maxContains": 1}"#, false),
        (r#"{"contains": {"pattern": "b"}, "maxContains": 2}"#, true),
    ] {
        assert_eq!(found(schema, &elements).is_none(), fits, "{schema}");
    }
    let member = format!("{{{long}: 1}}");
    for schema in [
        r#"{"patternProperties": {"b": false}}"#,
        r#"{"not": {"patternProperties": {"b": false}}}"#,
        r#"{"patternProperties": {"b": true}, "additionalProperties": false}"#,
        r#"{"propertyNames": {"not": {"pattern": "b"}}}"#,
    ] {
        assert!(found(schema, &member).is_some(), "{schema}");
    }
}

/// Each level doubles the work, with no end before the value's: 2^60 steps if they were taken.
#[test]
fn a_web_of_references_is_given_up() {
    let web = r##"{"items": {"anyOf": [
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}, {"minItems": 1}]},
        {"allOf": [{"$ref": "#"}, {"minItems": 2}]}
    ]}}"##;
    let value = format!("{}{}", "[".repeat(60), "]".repeat(60));
    let too_complex = "is too complex to be judged";
    assert_eq!(found(web, &value).unwrap().1, too_complex);
    assert_eq!(found(&format!(r#"{{"not": {}}}"#, web.replace('#', "#/not")), &value).unwrap().1, too_complex);
}

#[test]
fn recursion_goes_as_deep_as_values_do() {
    let tree = r##"{
        "$ref": "#/$defs/node",
        "$defs": {"node": {
            "type": "object",
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
            "required": ["next"]
        }}
    }"##;
    let deep = |end: &str| format!("{}{end}{}", r#"{"next":"#.repeat(64), "}".repeat(64));
    assert_eq!(found(tree, &deep("null")), None);
    assert!(found(tree, &deep("1")).unwrap().1.starts_with("fits no alternative: /next"));
}

#[test]
fn large_values_are_judged() {
    let schema = r#"{"properties": {"content": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]},
        "rows": {"items": {"type": "number"}, "uniqueItems": true}}, "additionalProperties": false}"#;
    let rows: Vec<String> = (0..30_000).map(|n| n.to_string()).collect();
    let value = format!(r#"{{"content": "{}", "rows": [{}]}}"#, "x".repeat(2_000_000), rows.join(","));
    assert_eq!(found(schema, &value), None);
}
