//! What is said of a schema that is wrong or that asks for what is not checked.

use crate::read;

#[test]
fn what_is_wrong_with_a_schema_is_said_with_its_place() {
    let cases = [
        // What is not checked, by name; a typo is nothing else.
        (
            r#"{"unevaluatedProperties": false}"#,
            "/unevaluatedProperties: `unevaluatedProperties` is a keyword that this gateway does not check",
        ),
        (
            r#"{"unevaluatedItems": false}"#,
            "/unevaluatedItems: `unevaluatedItems` is a keyword that this gateway does not check",
        ),
        (
            r#"{"items": {"$id": "https://example.org/"}}"#,
            "/items/$id: `$id` is a keyword that this gateway does not check",
        ),
        (
            r#"{"$defs": {"a": {"$anchor": "b"}}}"#,
            "/$defs/a/$anchor: `$anchor` is a keyword that this gateway does not check",
        ),
        (r##"{"$dynamicRef": "#a"}"##, "/$dynamicRef: `$dynamicRef` is a keyword that this gateway does not check"),
        (r#"{"dependencies": {}}"#, "/dependencies: `dependencies` is a keyword that this gateway does not check"),
        (
            r#"{"properties": {"a": {"maxLenght": 3}}}"#,
            "/properties/a/maxLenght: `maxLenght` is a keyword that this gateway does not check",
        ),
        (
            r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#,
            r#"/$schema: must be "https://json-schema.org/draft/2020-12/schema", or be left out"#,
        ),
        // References.
        (
            r#"{"$ref": "https://example.org/schema"}"#,
            "/$ref: leads out of this schema: only a reference that begins with # is followed",
        ),
        (r##"{"$ref": "#/$defs/a"}"##, "/$ref: leads to no schema that stands here"),
        (r##"{"$ref": "#a"}"##, "/$ref: leads to no schema that stands here"),
        (r##"{"const": {"a": {}}, "$ref": "#/const/a"}"##, "/$ref: leads to no schema that stands here"),
        (
            r##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [true, {"$ref": "#/$defs/a"}]}}}"##,
            "/$defs/a: leads back to itself by `$ref` without a step into the value: it would never be judged",
        ),
        (
            r##"{"$ref": "#"}"##,
            ": leads back to itself by `$ref` without a step into the value: it would never be judged",
        ),
        // Values of keywords.
        ("3", ": must be a schema: an object, true or false, not a number"),
        (r#"{"items": [{}]}"#, "/items: must be a schema: an object, true or false, not an array"),
        (
            r#"{"type": "strnig"}"#,
            "/type: must be one of string, integer, number, boolean, array, object, null, or an array of them",
        ),
        (
            r#"{"type": ["string", 3]}"#,
            "/type: must be one of string, integer, number, boolean, array, object, null, or an array of them",
        ),
        (r#"{"type": ["string", "string"]}"#, "/type: names a type twice"),
        (r#"{"type": []}"#, "/type: must not be empty"),
        (r#"{"enum": "a"}"#, "/enum: must be an array, not a string"),
        (r#"{"enum": []}"#, "/enum: must not be empty"),
        (r#"{"anyOf": []}"#, "/anyOf: must not be empty"),
        (r#"{"minLength": "3"}"#, "/minLength: must be a whole number that is not negative"),
        (r#"{"maxItems": -1}"#, "/maxItems: must be a whole number that is not negative"),
        (r#"{"minProperties": 0.5}"#, "/minProperties: must be a whole number that is not negative"),
        (r#"{"minContains": -1}"#, "/minContains: must be a whole number that is not negative"),
        (r#"{"minimum": "0"}"#, "/minimum: must be a number, not a string"),
        (r#"{"multipleOf": 0}"#, "/multipleOf: must be greater than 0, and have at most 18 digits"),
        (r#"{"multipleOf": -2}"#, "/multipleOf: must be greater than 0, and have at most 18 digits"),
        (r#"{"multipleOf": 1.000000000000000001}"#, "/multipleOf: must be greater than 0, and have at most 18 digits"),
        (r#"{"pattern": 3}"#, "/pattern: must be a string, not a number"),
        (r#"{"required": "a"}"#, "/required: must be an array, not a string"),
        (r#"{"required": ["a", 1]}"#, "/required/1: must be a string, not a number"),
        (r#"{"dependentRequired": {"a": "b"}}"#, "/dependentRequired/a: must be an array, not a string"),
        (r#"{"properties": []}"#, "/properties: must be an object, not an array"),
        (r#"{"properties": {"a": null}}"#, "/properties/a: must be a schema: an object, true or false, not null"),
        (r#"{"uniqueItems": 1}"#, "/uniqueItems: must be true or false, not a number"),
        (r#"{"then": 1}"#, "/then: must be a schema: an object, true or false, not a number"),
        (r#"{"format": true}"#, "/format: must be a string, not a boolean"),
    ];
    for (schema, error) in cases {
        assert_eq!(read(schema).expect_err(schema), [error], "{schema}");
    }
}

/// What the engine says of them is its own.
#[test]
fn expressions_that_the_engine_does_not_know_are_refused() {
    for (schema, error) in [
        (r#"{"pattern": "("}"#, "/pattern: is no regular expression that we know: "),
        (r#"{"patternProperties": {"(?=a)": 1}}"#, "/patternProperties/(?=a): must be a schema"),
        (
            r#"{"patternProperties": {"(?=a)": {}}}"#,
            "/patternProperties/(?=a): is no regular expression that we know: ",
        ),
        (r#"{"pattern": "\\p{L}"}"#, "/pattern: is no regular expression that we know: "),
    ] {
        let errors = read(schema).expect_err(schema);
        assert!(errors[0].starts_with(error), "{errors:?}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let errors = read(r#"{"type": "strnig", "properties": {"a": {"minLength": -1, "typo": 1}}}"#).unwrap_err();
    assert_eq!(errors.len(), 3, "{errors:?}");
}

#[test]
fn what_is_for_people_is_ignored() {
    let schema = r##"{
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": "", "title": "", "description": "",
        "default": {"type": 3}, "examples": [], "deprecated": true, "readOnly": false, "writeOnly": false,
        "format": "email", "contentEncoding": "base64", "contentMediaType": "text/plain", "x-mcp-header": "A",
        "definitions": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"items": {"$ref": "#/definitions/a"}}}
    }"##;
    assert!(read(schema).unwrap().violation(&tollgate::wire::json::parse(b"3").unwrap()).is_none());
}

/// The longest chain that a document of 256 KiB has room for, and then some: none of it may be followed on the stack.
#[test]
fn a_long_chain_of_references_is_read() {
    let length = 10_000;
    let mut links: Vec<String> = (0..length).map(|n| format!(r##""{n}": {{"$ref": "#/$defs/{}"}}"##, n + 1)).collect();
    links.push(format!(r#""{length}": {{"type": "string"}}"#));
    let schema = format!(r##"{{"$ref": "#/$defs/0", "$defs": {{{}}}}}"##, links.join(","));
    let found = crate::violation(&read(&schema).unwrap(), "3").unwrap();
    assert_eq!(found.message, "is too complex to be judged");
}
