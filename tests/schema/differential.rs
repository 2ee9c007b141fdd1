//! Random schemas and values: the crate `jsonschema`, written by others, has to come to the same verdict.
//!
//! Where the two are known to differ the generators stay away, and only there:
//! - numbers that a double does not hold exactly, as `jsonschema` divides doubles (`multipleOf`) without its feature
//!   `arbitrary-precision`, which would reach into our own build; the official suite has those;
//! - white space beyond ASCII and what else of ECMA-262 our expressions do not know;
//! - references that lead back to themselves, which we refuse and `jsonschema` follows.

use std::cell::Cell;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::{read, violation};

const KEYS: [&str; 4] = ["a", "b", "ab", "ü/~"];
const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
const PATTERNS: [&str; 8] = ["^a", "b$", "a+b", "^[^a]*$", "ü", "^.{2}$", "a|^$", r"^\w\d?$"];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..6).prop_map(Value::from),
        select(vec![0.5, 1.0, -1.5, 2.25, 3.0, 1e3, 0.0, -0.0]).prop_map(Value::from),
        select(vec![i64::MAX, i64::MIN, 9_007_199_254_740_993, 9_007_199_254_740_992]).prop_map(Value::from),
        select(vec!["", "a", "b", "ab", "aab", "ü", "ü/~", "a1", "😀😀", "x\ny"]).prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(select(&KEYS[..]).prop_map(str::to_owned), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

fn names() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(KEYS.to_vec(), 0..3)
}

/// A keyword that needs no other schema.
fn assertion() -> impl Strategy<Value = (&'static str, Value)> {
    let size = select(vec![json!(0), json!(1), json!(2), json!(3), json!(2.0)]);
    let bound =
        prop_oneof![4 => (-3i64..6).prop_map(Value::from), 1 => select(vec![json!(0.5), json!(i64::MAX), json!(1.0)])];
    let step = select(vec![json!(1), json!(2), json!(3), json!(0.5), json!(0.25), json!(1.0)]);
    prop_oneof![
        5 => select(&TYPES[..]).prop_map(|one| ("type", json!(one))),
        2 => subsequence(TYPES.to_vec(), 1..4).prop_map(|several| ("type", json!(several))),
        2 => vec(value(), 1..5).prop_map(|values| ("enum", json!(values))),
        1 => value().prop_map(|value| ("const", value)),
        4 => (select(vec!["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]), size),
        3 => (select(vec!["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), bound),
        1 => step.prop_map(|step| ("multipleOf", step)),
        2 => select(&PATTERNS[..]).prop_map(|pattern| ("pattern", json!(pattern))),
        2 => names().prop_map(|names| ("required", json!(names))),
        1 => any::<bool>().prop_map(|unique| ("uniqueItems", json!(unique))),
        1 => btree_map(select(&KEYS[..]), names(), 1..3).prop_map(|each| ("dependentRequired", json!(each))),
        1 => Just(("format", json!("email"))),
        2 => select(vec!["#/$defs/a", "#/$defs/%C3%BC~1~0", "#", "#/$defs/a/properties/b"]).prop_map(|to| ("$ref", json!(to))),
    ]
}

fn object(keywords: Vec<(&'static str, Value)>) -> Value {
    Value::Object(keywords.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

/// A keyword that applies other schemas.
fn applicator(inner: &BoxedStrategy<Value>) -> impl Strategy<Value = Vec<(&'static str, Value)>> + use<> {
    let one = inner.clone();
    let several = vec(inner.clone(), 1..4);
    let each = btree_map(select(&KEYS[..]), inner.clone(), 1..4);
    let patterned = btree_map(select(&PATTERNS[..]), inner.clone(), 1..3);
    let single =
        |key: &'static str, value: BoxedStrategy<Value>| value.prop_map(move |value| vec![(key, value)]).boxed();
    prop_oneof![
        4 => each.clone().prop_map(|each| vec![("properties", json!(each))]),
        2 => patterned.prop_map(|each| vec![("patternProperties", json!(each))]),
        2 => single("additionalProperties", one.clone()),
        1 => (each.clone(), one.clone()).prop_map(|(each, rest)| vec![("properties", json!(each)), ("additionalProperties", rest)]),
        2 => single("propertyNames", one.clone()),
        1 => each.prop_map(|each| vec![("dependentSchemas", json!(each))]),
        2 => single("items", one.clone()),
        1 => several.clone().prop_map(|several| vec![("prefixItems", json!(several))]),
        1 => (several.clone(), one.clone()).prop_map(|(first, rest)| vec![("prefixItems", json!(first)), ("items", rest)]),
        2 => single("contains", one.clone()),
        1 => (one.clone(), 0u64..3, 0u64..4).prop_map(|(one, least, most)| {
            vec![("contains", one), ("minContains", json!(least)), ("maxContains", json!(most))]
        }),
        3 => (select(vec!["allOf", "anyOf", "oneOf"]), several).prop_map(|(key, several)| vec![(key, json!(several))]),
        2 => single("not", one.clone()),
        1 => (one.clone(), one.clone(), one.clone()).prop_map(|(a, b, c)| vec![("if", a), ("then", b), ("else", c)]),
        1 => (one.clone(), one, any::<bool>()).prop_map(|(a, b, then)| vec![("if", a), (if then { "then" } else { "else" }, b)]),
    ]
}

fn subschema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => vec(assertion(), 0..3).prop_map(object),
        1 => any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        (vec(applicator(&inner.boxed()), 1..3), vec(assertion(), 0..2))
            .prop_map(|(applicators, assertions)| object(applicators.into_iter().flatten().chain(assertions).collect()))
    })
}

fn schema() -> impl Strategy<Value = Value> {
    (subschema(), subschema(), subschema()).prop_map(|(mut whole, a, b)| {
        if let Value::Object(whole) = &mut whole {
            whole.insert("$defs".to_owned(), json!({"a": a, "ü/~": b}));
        }
        whole
    })
}

#[test]
fn another_validator_comes_to_the_same_verdict() {
    // A few seconds of them; PROPTEST_CASES asks for more.
    let config = ProptestConfig::default();
    let config = ProptestConfig { cases: config.cases.max(1_500), failure_persistence: None, ..config };
    let schemas = config.cases;
    let (fits, unfit, refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |cell: &Cell<u32>| cell.set(cell.get() + 1);
    let outcome = TestRunner::new(config).run(&(schema(), vec(value(), 8)), |(schema, values)| {
        let own = match read(&schema.to_string()) {
            Ok(own) => own,
            Err(errors) => {
                for error in errors {
                    let known = error.contains("leads back to itself") || error.contains("leads to no schema");
                    prop_assert!(known, "{error}");
                }
                count(&refused);
                return Ok(());
            }
        };
        let other = jsonschema::draft202012::new(&schema).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for value in values {
            let found = violation(&own, &value.to_string());
            prop_assert_eq!(found.is_none(), other.is_valid(&value), "{}: {:?}", value, found);
            count(if found.is_none() { &fits } else { &unfit });
        }
        Ok(())
    });
    let (fits, unfit, refused) = (fits.get(), unfit.get(), refused.get());
    println!("{fits} values fit, {unfit} do not; {refused} schemas refused");
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(fits > schemas && unfit > schemas && refused < schemas / 2, "the generators are lopsided");
}
