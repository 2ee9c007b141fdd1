//! Paths: where in the arguments, or in a result, a condition looks.

use std::fmt;

use crate::policy::Truth;
use crate::wire::json::{Node, Object, Value, parse};

/// A path into an object: a name, then steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// As it was written, root included.
    text: String,
    name: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// `.name` or `["any name"]`, into an object.
    Name(String),
    /// `[0]`, into an array.
    Index(usize),
    /// `[*]`, every element of an array or any, as the place of the condition has it.
    Each,
}

/// What a path begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Root {
    /// The arguments of a call, the variables of a resource, the arguments of a prompt.
    Arguments,
    /// The result of a call.
    Result,
}

/// How `[*]` is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Quantifier {
    /// Every element, under `require`. Under `refund_on` it must hold either way.
    Every,
    /// Any element, under `deny_if` and `when`.
    Any,
}

impl Root {
    fn name(self) -> &'static str {
        match self {
            Self::Arguments => "args",
            Self::Result => "result",
        }
    }
}

impl std::ops::Not for Quantifier {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Every => Self::Any,
            Self::Any => Self::Every,
        }
    }
}

impl Path {
    /// Reads a path, or says what is wrong with it.
    pub(in crate::policy) fn read(text: &str, root: Root) -> Result<Self, String> {
        let root = root.name();
        let malformed = || format!("must be `{root}`, then steps: `.name`, `[\"any name\"]`, `[0]` or `[*]`");
        let mut rest = text.strip_prefix(root).ok_or_else(malformed)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, behind) = Step::first_of(rest).ok_or_else(malformed)?;
            steps.push(step);
            rest = behind;
        }
        let mut steps = steps.into_iter();
        match steps.next() {
            Some(Step::Name(name)) => Ok(Self { text: text.to_owned(), name, steps: steps.collect() }),
            Some(Step::Index(_) | Step::Each) => Err(format!("`{root}` is an object: its first step is a name")),
            None => Err(malformed()),
        }
    }

    /// What `judge` says of what the path leads to in `object`: a value, or none where it is absent. A step into what has
    /// no such parts cannot be judged, nor can `[*]` over anything but an array.
    pub(super) fn judge<'n, 'a>(
        &self,
        object: &'n Object<'a>,
        quantifier: Quantifier,
        judge: &mut dyn FnMut(Option<&'n Node<'a>>) -> Truth,
    ) -> Truth {
        walk(&self.steps, object.get(&self.name), quantifier, judge)
    }

    /// The value that the path leads to, if it is there and alone.
    pub(in crate::policy) fn value<'n, 'a>(&self, object: &'n Object<'a>) -> Option<&'n Node<'a>> {
        self.values(object).pop().filter(|_| !self.may_be_several())
    }

    /// The values that the path leads to, as far as they are there: one, or those of each element.
    pub(in crate::policy) fn values<'n, 'a>(&self, object: &'n Object<'a>) -> Vec<&'n Node<'a>> {
        let mut values = Vec::new();
        self.judge(object, Quantifier::Every, &mut |seen| {
            values.extend(seen);
            Truth::True
        });
        values
    }

    /// Whether it has a `[*]`.
    pub(in crate::policy) fn may_be_several(&self) -> bool {
        self.steps.contains(&Step::Each)
    }

    /// The path as it was written, root included.
    pub(in crate::policy) fn text(&self) -> &str {
        &self.text
    }

    /// What each step leads into: a member by its name, or (none) an element.
    pub(in crate::policy) fn steps(&self) -> impl Iterator<Item = Option<&str>> {
        let steps = self.steps.iter().map(|step| match step {
            Step::Name(name) => Some(name.as_str()),
            Step::Index(_) | Step::Each => None,
        });
        std::iter::once(Some(self.name.as_str())).chain(steps)
    }
}

impl Step {
    /// The step at the beginning of `text`, and what follows it.
    fn first_of(text: &str) -> Option<(Self, &str)> {
        if let Some(text) = text.strip_prefix('.') {
            let (name, rest) = text.split_at_checked(text.find(['.', '[']).unwrap_or(text.len()))?;
            let plain = !name.is_empty() && !name.contains([']', '"']);
            return plain.then(|| (Self::Name(name.to_owned()), rest));
        }
        let text = text.strip_prefix('[')?;
        if text.starts_with('"') {
            // The first `"]` that ends a JSON string: a name may hold both characters.
            let ends = text.match_indices("\"]").map(|(at, _)| at + 1);
            return ends.filter_map(|end| text.split_at_checked(end)).find_map(|(quoted, rest)| {
                let name = parse(quoted.as_bytes()).ok()?.as_str()?.to_owned();
                Some((Self::Name(name), rest.strip_prefix(']')?))
            });
        }
        let (inside, rest) = text.split_once(']')?;
        match inside {
            "*" => Some((Self::Each, rest)),
            "0" => Some((Self::Index(0), rest)),
            index if index.starts_with(|first: char| matches!(first, '1'..='9')) => {
                Some((Self::Index(index.parse().ok()?), rest))
            }
            _ => None,
        }
    }
}

fn walk<'n, 'a>(
    steps: &[Step],
    node: Option<&'n Node<'a>>,
    quantifier: Quantifier,
    judge: &mut dyn FnMut(Option<&'n Node<'a>>) -> Truth,
) -> Truth {
    let Some((step, rest)) = steps.split_first() else { return judge(node) };
    match (step, node.map(|node| &node.value)) {
        (Step::Name(name), Some(Value::Object(object))) => walk(rest, object.get(name), quantifier, judge),
        (Step::Index(index), Some(Value::Array(elements))) => walk(rest, elements.get(*index), quantifier, judge),
        (Step::Each, Some(Value::Array(elements))) => {
            let each = elements.iter().map(|element| walk(rest, Some(element), quantifier, judge));
            match quantifier {
                Quantifier::Every => Truth::all(each),
                Quantifier::Any => Truth::any(each),
            }
        }
        // What is inside of something that is absent is absent too.
        (Step::Name(_) | Step::Index(_), None) => walk(rest, None, quantifier, judge),
        (Step::Each, None) | (Step::Name(_) | Step::Index(_) | Step::Each, Some(_)) => Truth::Unjudgeable,
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
