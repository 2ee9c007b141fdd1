//! Judging one value by a schema.
//!
//! That it fits is true, false or not to be judged, as with conditions, and only true passes. The work is bounded: a few
//! schemas that lead to one another can ask for more steps than anybody could wait for.

mod alternatives;
mod inside;

use std::fmt;

use super::instance::Instance;
use super::keyword::{Bound, Keyword, Measure, Relation, Values};
use super::{Id, Schema, Violation};
use crate::excerpt::excerpt;
use crate::policy::Truth;
use crate::policy::pattern::Pattern;
use crate::wire::json::{Decimal, Pointer};

/// The most steps in which one value is judged. One is a schema applied to a value, or what takes about as long.
const STEPS: usize = 100_000;
/// How many schemas may be applied inside one another: values nest at most 64 levels, and each takes a few.
const DEPTH: usize = 384;
/// The most characters of a message, but for the one that says it was cut.
const SAID: usize = 199;
/// The same of a key in a pointer.
const KEY: usize = 63;

/// One value as it is judged.
pub(super) struct Judge<'s, 'n> {
    schema: &'s Schema,
    /// What is left of them.
    steps: usize,
    depth: usize,
    at: Vec<Step<'n>>,
    found: Option<Violation>,
    /// Whether anybody asks what is found.
    asked: bool,
}

/// A step into a value.
#[derive(Debug, Clone, Copy)]
enum Step<'n> {
    Key(&'n str),
    Index(usize),
}

impl<'s, 'n> Judge<'s, 'n> {
    pub(super) fn of(schema: &'s Schema) -> Self {
        Self { schema, steps: STEPS, depth: 0, at: Vec::new(), found: None, asked: true }
    }

    pub(super) fn violation(mut self, instance: Instance<'n>) -> Option<Violation> {
        match self.judge(Id(0), instance) {
            Truth::True => None,
            Truth::False | Truth::Unjudgeable => Some(
                self.found
                    .unwrap_or_else(|| Violation { at: Pointer::default(), message: "must fit the schema".to_owned() }),
            ),
        }
    }

    fn judge(&mut self, id: Id, instance: Instance<'n>) -> Truth {
        self.spend(if self.depth == DEPTH { STEPS } else { 1 });
        self.depth += 1;
        let keywords = self.schema.keywords(id).iter();
        let truth = if self.steps == 0 {
            self.conclude(Truth::Unjudgeable, format_args!(""))
        } else {
            Truth::all(keywords.map(|keyword| self.keyword(keyword, instance)))
        };
        self.depth -= 1;
        truth
    }

    fn keyword(&mut self, keyword: &'s Keyword, instance: Instance<'n>) -> Truth {
        match keyword {
            Keyword::Never => self.say(false, format_args!("is not allowed")),
            Keyword::Type(types) => self.say(types.meets(instance.types()), format_args!("must be {types}")),
            Keyword::Values(values) => self.values(values, instance),
            Keyword::Size(measure, bound, count) => self.size(*measure, *bound, *count, instance),
            Keyword::Number(relation, bound) => self.number(*relation, bound, instance),
            Keyword::Pattern(pattern) => self.pattern(pattern, instance),
            Keyword::Required(names) => self.required(names, instance),
            Keyword::DependentRequired(each) => self.dependent_required(each, instance),
            Keyword::DependentSchemas(each) => self.dependent_schemas(each, instance),
            Keyword::Names(id) => self.names(*id, instance),
            Keyword::Members(members) => self.members(members, instance),
            Keyword::Elements { first, rest } => self.elements(first, *rest, instance),
            Keyword::Contains { id, least, most } => self.contains(*id, *least, *most, instance),
            Keyword::Unique => self.unique(instance),
            Keyword::All(ids) => Truth::all(ids.iter().map(|id| self.judge(*id, instance))),
            Keyword::Any { ids, alone } => self.any(ids, *alone, instance),
            Keyword::Not(id) => self.not(*id, instance),
            Keyword::If { condition, then, otherwise } => self.either(*condition, *then, *otherwise, instance),
        }
    }

    fn values(&mut self, values: &Values, instance: Instance<'n>) -> Truth {
        self.spend(values.literals.len() / 16);
        let is_one = values.literals.iter().any(|literal| instance.is(literal));
        self.say(is_one, format_args!("{}", values.words))
    }

    fn size(&mut self, measure: Measure, bound: Bound, count: u64, instance: Instance<'n>) -> Truth {
        let size = match measure {
            Measure::Characters => instance.text().map(|text| {
                self.spend(text.len() / 1024);
                text.chars().count()
            }),
            Measure::Elements => instance.elements().map(<[_]>::len),
            Measure::Members => instance.object().map(|object| object.members().len()),
        };
        let Some(size) = size.map(|size| u64::try_from(size).unwrap_or(u64::MAX)) else { return Truth::True };
        let holds = match bound {
            Bound::Least => size >= count,
            Bound::Most => size <= count,
        };
        let plural = if count == 1 { "" } else { "s" };
        self.say(holds, format_args!("must have {} {count} {}{plural}", bound.words(), measure.noun()))
    }

    fn number(&mut self, relation: Relation, bound: &str, instance: Instance<'n>) -> Truth {
        let Some(text) = instance.number() else { return Truth::True };
        self.spend(text.len() / 64);
        let (number, other) = (Decimal::of(text), Decimal::of(bound));
        let truth = match relation {
            Relation::AtLeast => Truth::from(number >= other),
            Relation::AtMost => Truth::from(number <= other),
            Relation::Above => Truth::from(number > other),
            Relation::Below => Truth::from(number < other),
            Relation::MultipleOf => number.is_multiple_of(other).map_or(Truth::Unjudgeable, Truth::from),
        };
        self.conclude(truth, format_args!("must be {} {bound}", relation.words()))
    }

    fn pattern(&mut self, pattern: &Pattern, instance: Instance<'n>) -> Truth {
        let Some(text) = instance.text() else { return Truth::True };
        let truth = self.matches(pattern, text);
        self.conclude(truth, format_args!("must match the regular expression `{}`", pattern.source()))
    }

    fn matches(&mut self, pattern: &Pattern, text: &str) -> Truth {
        self.spend(text.len() / 16);
        let looked = self.steps > 0;
        looked.then(|| pattern.matches(text)).flatten().map_or(Truth::Unjudgeable, Truth::from)
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }

    fn say(&mut self, holds: bool, otherwise: fmt::Arguments<'_>) -> Truth {
        self.conclude(Truth::from(holds), otherwise)
    }

    /// Takes note of why, unless it holds: of the first that does not.
    fn conclude(&mut self, truth: Truth, otherwise: fmt::Arguments<'_>) -> Truth {
        if truth == Truth::True || self.found.is_some() || !self.asked {
            return truth;
        }
        let message = match truth {
            Truth::True | Truth::False => excerpt(&otherwise.to_string(), SAID),
            Truth::Unjudgeable if self.steps == 0 => "is too complex to be judged".to_owned(),
            Truth::Unjudgeable => "has a text that is too long to be judged".to_owned(),
        };
        self.found = Some(Violation { at: self.pointer(), message });
        truth
    }

    fn pointer(&self) -> Pointer {
        self.at.iter().fold(Pointer::default(), |pointer, step| match step {
            Step::Key(key) => pointer.key(&excerpt(key, KEY)),
            Step::Index(index) => pointer.index(*index),
        })
    }

    fn inside(&mut self, step: Step<'n>, id: Id, instance: Instance<'n>) -> Truth {
        self.at.push(step);
        let truth = self.judge(id, instance);
        self.at.pop();
        truth
    }

    /// Judges without concluding anything for the whole, and gives what was found beside the truth if that is `asked` for.
    fn aside(&mut self, id: Id, instance: Instance<'n>, asked: bool) -> (Truth, Option<Violation>) {
        let before = (self.asked, self.found.take());
        self.asked = self.asked && before.1.is_none() && asked;
        let truth = self.judge(id, instance);
        let found = self.found.take();
        (self.asked, self.found) = before;
        (truth, found)
    }
}
