//! Conditions.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::Mode;

/// Something that holds of the arguments or does not, or that cannot be judged, which never lets anything through.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Condition{P}")]
pub enum Condition<P> {
    /// A question about one value.
    Test(Test<P>),
    /// One of several.
    Any(AnyOf<P>),
    /// All of several.
    All(AllOf<P>),
    /// The opposite of one.
    Not(Negation<P>),
}

/// A question about one value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Test{P}", deny_unknown_fields, extend("allOf" = values()))]
pub struct Test<P> {
    /// Where the value stands.
    pub path: P,
    /// What is asked of it. Types are strict: `"1"` is not `1`.
    pub op: Operator,
    /// What it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Whether this is enforced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What the agent is told where this refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One of several conditions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Any{P}", deny_unknown_fields)]
pub struct AnyOf<P> {
    /// One of these must hold.
    #[schemars(length(min = 1))]
    pub any: Vec<Condition<P>>,
    /// Whether this is enforced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What the agent is told where this refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// All of several conditions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "All{P}", deny_unknown_fields)]
pub struct AllOf<P> {
    /// All of these must hold.
    #[schemars(length(min = 1))]
    pub all: Vec<Condition<P>>,
    /// Whether this is enforced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What the agent is told where this refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The opposite of a condition.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Not{P}", deny_unknown_fields)]
pub struct Negation<P> {
    /// This must not hold. What cannot be judged cannot be judged the other way round either.
    pub not: Box<Condition<P>>,
    /// Whether this is enforced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What the agent is told where this refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is asked of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// It is `value`. Numbers compare exactly: `1` is `1.0`.
    Eq,
    /// It is not `value`, but of the same type.
    Neq,
    /// It is one of `value`, an array.
    In,
    /// It is none of `value`, an array, but of the type of one of them.
    NotIn,
    /// It is a number less than `value`.
    Lt,
    /// It is a number, `value` at most.
    Lte,
    /// It is a number greater than `value`.
    Gt,
    /// It is a number, `value` at least.
    Gte,
    /// The whole string matches the regular expression `value`, which may say otherwise with `.*`.
    Regex,
    /// It is a string with the part `value`, or an array with the element `value`.
    Contains,
    /// It is there; with `"value": false`, it is not.
    Exists,
}

/// A path into the arguments of a call or a prompt, or the variables of a resource: `args`, then `.name`, `["any name"]`,
/// `[0]`, or `[*]` for every element under `require` and any under `deny_if` and `when`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Argument")]
pub struct ArgumentPath(
    #[schemars(regex(
        pattern = r#"^args(\.[^.\[\]"]+|\["([^"\\]|\\.)*"\])(\.[^.\[\]"]+|\["([^"\\]|\\.)*"\]|\[(\*|0|[1-9][0-9]*)\])*$"#
    ))]
    pub String,
);

/// A path into the result of a call: `result`, then steps as in a path into arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Result")]
pub struct ResultPath(
    #[schemars(regex(
        pattern = r#"^result(\.[^.\[\]"]+|\["([^"\\]|\\.)*"\])(\.[^.\[\]"]+|\["([^"\\]|\\.)*"\]|\[(\*|0|[1-9][0-9]*)\])*$"#
    ))]
    pub String,
);

/// Which values go with which operators.
fn values() -> Value {
    let case = |operators: &[&str], then: Value| json!({ "if": { "properties": { "op": { "enum": operators } }, "required": ["op"] }, "then": then });
    let value = |schema: Value| json!({ "properties": { "value": schema }, "required": ["value"] });
    json!([
        case(&["eq", "neq", "contains"], json!({ "required": ["value"] })),
        case(&["in", "not_in"], value(json!({ "type": "array", "minItems": 1 }))),
        case(&["lt", "lte", "gt", "gte"], value(json!({ "type": "number" }))),
        case(&["regex"], value(json!({ "type": "string", "maxLength": 1024 }))),
        case(&["exists"], json!({ "properties": { "value": { "type": "boolean" } } })),
    ])
}
