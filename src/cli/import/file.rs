//! An Intercept policy as its file has it (PolicyLayer/Intercept, POLICY.md).
//!
//! YAML becomes JSON first, and is then read field by field like all of our documents: an unknown field is an error with its
//! place, since what it was meant to do would else be lost.

use crate::draft::{Default, Operator, WindowName};
use crate::wire::json::{Fields, Invalid, Node, Pointer, Value, parse, quote, string};

/// A file.
pub(super) struct File {
    pub(super) description: Option<String>,
    pub(super) default: Default,
    pub(super) hide: Vec<String>,
    /// By name; `*` are the rules of all.
    pub(super) tools: Vec<(String, Vec<Rule>)>,
    /// Whether it says how approvals are brought to a person.
    pub(super) has_approvals: bool,
}

/// A rule of a tool.
pub(super) struct Rule {
    pub(super) pointer: Pointer,
    pub(super) action: Action,
    pub(super) on_deny: Option<String>,
    pub(super) conditions: Vec<Condition>,
    pub(super) rate_limit: Option<(u64, WindowName)>,
    pub(super) state: Option<State>,
}

/// What a rule does.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Action {
    Evaluate,
    Deny,
    /// With the time that is waited, as it is written.
    RequireApproval(Option<String>),
}

/// A condition on an argument or on a counter.
pub(super) struct Condition {
    pub(super) pointer: Pointer,
    pub(super) path: Vec<String>,
    pub(super) of_state: bool,
    pub(super) op: Operator,
    pub(super) value: serde_json::Value,
}

/// What a rule counts.
pub(super) struct State {
    pub(super) pointer: Pointer,
    pub(super) counter: String,
    pub(super) window: WindowName,
    pub(super) increment: u64,
    /// The path of the argument that says how much, without `args`.
    pub(super) increment_from: Option<Vec<String>>,
}

type Read<T> = Result<T, Vec<Invalid>>;

impl File {
    pub(super) fn read(bytes: &[u8]) -> Read<Self> {
        let whole = |message: String| vec![Invalid { pointer: Pointer::default(), message }];
        // As Go's reader has it, which Intercept's was: `yes` is a text, `012` is ten.
        let options = serde_saphyr::options! { strict_booleans: true, legacy_octal_numbers: true };
        let yaml = serde_saphyr::from_slice_with_options::<serde_json::Value>(bytes, options).map_err(|error| {
            // The reader shows the place in the text as well, on further lines.
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            whole(format!("It is no YAML that can be read: {}", first.trim_start_matches("error: ")))
        })?;
        let json = yaml.to_string();
        let node = parse(json.as_bytes()).map_err(|unreadable| whole(unreadable.fault.to_string()))?;
        let mut fields = Fields::of(&node, Pointer::default())?;
        let (version, pointer) = fields.require("version")?;
        // YAML reads an unquoted 1 as a number; so did Intercept, and took it.
        if !matches!(version.text, "1" | "\"1\"") {
            return Err(invalid(&pointer, "must be \"1\""));
        }
        let default = word(fields.take("default"), &[("allow", Default::Allow), ("deny", Default::Deny)])?;
        let hide = elements(fields.take("hide"))?;
        let hide = hide.into_iter().map(|(node, pointer)| Ok(string(node, &pointer)?.to_owned()));
        let file = Self {
            description: fields.take_string("description")?.map(str::to_owned),
            default: default.unwrap_or(Default::Allow),
            hide: hide.collect::<Read<_>>()?,
            tools: match fields.take("tools") {
                Some((node, pointer)) if !matches!(node.value, Value::Null) => tools(Fields::of(node, pointer)?)?,
                Some(_) | None => Vec::new(),
            },
            has_approvals: fields.take("approvals").is_some(),
        };
        fields.finish()?;
        Ok(file)
    }
}

fn tools(fields: Fields<'_, '_>) -> Read<Vec<(String, Vec<Rule>)>> {
    let tools = fields.into_members().map(|(name, node, pointer)| {
        let mut fields = Fields::of(node, pointer)?;
        let rules = elements(fields.take("rules"))?.into_iter().map(|(node, pointer)| Rule::read(node, pointer));
        let rules = rules.collect::<Read<_>>()?;
        fields.finish()?;
        Ok((name.to_owned(), rules))
    });
    tools.collect()
}

impl Rule {
    fn read(node: &Node<'_>, pointer: Pointer) -> Read<Self> {
        let mut fields = Fields::of(node, pointer.clone())?;
        fields.take_string("name")?;
        let timeout = fields.take_string("approval_timeout")?.map(str::to_owned);
        let actions = [
            ("evaluate", Action::Evaluate),
            ("deny", Action::Deny),
            ("require_approval", Action::RequireApproval(timeout)),
        ];
        let action = word(fields.take("action"), &actions)?.unwrap_or(Action::Evaluate);
        let conditions = elements(fields.take("conditions"))?;
        let conditions = conditions.into_iter().map(|(node, pointer)| Condition::read(node, pointer));
        let rule = Self {
            pointer,
            action,
            on_deny: fields.take_string("on_deny")?.map(str::to_owned),
            conditions: conditions.collect::<Read<_>>()?,
            rate_limit: fields.take("rate_limit").map(|(node, pointer)| rate(node, &pointer)).transpose()?,
            state: fields.take("state").map(|(node, pointer)| State::read(node, pointer)).transpose()?,
        };
        fields.finish()?;
        Ok(rule)
    }
}

impl Condition {
    fn read(node: &Node<'_>, pointer: Pointer) -> Read<Self> {
        let mut fields = Fields::of(node, pointer.clone())?;
        let text = fields.require_string("path")?;
        let mut path: Vec<String> = text.split('.').map(str::to_owned).collect();
        let of_state = match path.remove(0).as_str() {
            "args" => false,
            "state" if path.len() == 2 => true,
            _ => return Err(invalid(&pointer.key("path"), "must begin with `args.`, or be `state.TOOL.COUNTER`")),
        };
        if path.is_empty() {
            return Err(invalid(&pointer.key("path"), "must name an argument"));
        }
        let op = word(Some(fields.require("op")?), &operators())?.ok_or_else(Vec::new)?;
        let value = fields.take("value").map_or("true", |(node, _)| node.text);
        // It was written as JSON a moment ago.
        let value = serde_json::from_str(value).unwrap_or_default();
        fields.finish()?;
        Ok(Self { pointer, path, of_state, op, value })
    }
}

impl State {
    fn read(node: &Node<'_>, pointer: Pointer) -> Read<Self> {
        let mut fields = Fields::of(node, pointer.clone())?;
        let counter = fields.require_string("counter")?.to_owned();
        let window = word(Some(fields.require("window")?), &windows())?.ok_or_else(Vec::new)?;
        let increment = match fields.take("increment") {
            None => 1,
            Some((node, pointer)) => {
                let number = node.as_integer().and_then(|number| u64::try_from(number).ok());
                number.ok_or_else(|| invalid(&pointer, "must be a whole number, not negative"))?
            }
        };
        let increment_from = fields.take_string("increment_from")?.map(|path| {
            let path = path.strip_prefix("args.").filter(|path| !path.is_empty());
            let path = path.ok_or_else(|| invalid(&pointer.key("increment_from"), "must begin with `args.`"));
            path.map(|path| path.split('.').map(str::to_owned).collect())
        });
        let state = Self { pointer, counter, window, increment, increment_from: increment_from.transpose()? };
        fields.finish()?;
        Ok(state)
    }
}

fn operators() -> [(&'static str, Operator); 11] {
    [
        ("eq", Operator::Eq),
        ("neq", Operator::Neq),
        ("in", Operator::In),
        ("not_in", Operator::NotIn),
        ("lt", Operator::Lt),
        ("lte", Operator::Lte),
        ("gt", Operator::Gt),
        ("gte", Operator::Gte),
        ("regex", Operator::Regex),
        ("contains", Operator::Contains),
        ("exists", Operator::Exists),
    ]
}

fn windows() -> [(&'static str, WindowName); 3] {
    [("minute", WindowName::Minute), ("hour", WindowName::Hour), ("day", WindowName::Day)]
}

/// `5/hour`
fn rate(node: &Node<'_>, pointer: &Pointer) -> Read<(u64, WindowName)> {
    let text = string(node, pointer)?;
    let rate = text.split_once('/').and_then(|(count, window)| {
        let window = windows().into_iter().find(|(name, _)| *name == window.trim())?.1;
        Some((count.trim().parse::<u64>().ok().filter(|count| *count > 0)?, window))
    });
    rate.ok_or_else(|| invalid(pointer, "must be like \"5/hour\": a whole number, then minute, hour or day"))
}

fn word<T: Clone>(found: Option<(&Node<'_>, Pointer)>, words: &[(&str, T)]) -> Read<Option<T>> {
    let Some((node, pointer)) = found else { return Ok(None) };
    let word = string(node, &pointer)?;
    if let Some((_, value)) = words.iter().find(|(known, _)| *known == word) {
        return Ok(Some(value.clone()));
    }
    let words: Vec<_> = words.iter().map(|(word, _)| quote(word)).collect();
    Err(invalid(&pointer, &format!("must be {}, not {}", words.join(" or "), quote(word))))
}

/// The elements of a list; `rules:` with nothing behind it has none.
fn elements<'n, 'a>(found: Option<(&'n Node<'a>, Pointer)>) -> Read<Vec<(&'n Node<'a>, Pointer)>> {
    let Some((node, pointer)) = found else { return Ok(Vec::new()) };
    match &node.value {
        Value::Null => Ok(Vec::new()),
        Value::Array(elements) => {
            Ok(elements.iter().enumerate().map(|(index, element)| (element, pointer.index(index))).collect())
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(invalid(&pointer, &format!("must be a list, not {}", node.kind())))
        }
    }
}

fn invalid(pointer: &Pointer, message: &str) -> Vec<Invalid> {
    vec![Invalid { pointer: pointer.clone(), message: message.to_owned() }]
}
