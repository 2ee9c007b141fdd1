//! Keywords: what a schema asks of a value. Those that only mean something together are one.

use std::fmt;

use super::Id;
use crate::policy::pattern::Pattern;
use crate::wire::json::Literal;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Keyword {
    /// The schema `false`.
    Never,
    /// `type`
    Type(Types),
    /// `enum` and `const`
    Values(Values),
    /// `minLength`, `maxLength`, `minItems`, `maxItems`, `minProperties`, `maxProperties`
    Size(Measure, Bound, u64),
    /// `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`: the number as it was written.
    Number(Relation, String),
    /// `pattern`
    Pattern(Pattern),
    /// `required`
    Required(Vec<String>),
    /// `dependentRequired`
    DependentRequired(Vec<(String, Vec<String>)>),
    /// `dependentSchemas`
    DependentSchemas(Vec<(String, Id)>),
    /// `propertyNames`
    Names(Id),
    /// `properties`, `patternProperties`, `additionalProperties`
    Members(Members),
    /// `prefixItems`, `items`
    Elements { first: Vec<Id>, rest: Option<Id> },
    /// `contains`, `minContains`, `maxContains`
    Contains { id: Id, least: u64, most: Option<u64> },
    /// `uniqueItems`
    Unique,
    /// `allOf`, and `$ref`
    All(Vec<Id>),
    /// `anyOf`, and with `alone` `oneOf`
    Any { ids: Vec<Id>, alone: bool },
    /// `not`
    Not(Id),
    /// `if`, `then`, `else`
    If { condition: Id, then: Option<Id>, otherwise: Option<Id> },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    pub(super) literals: Vec<Literal>,
    /// In words, cut short.
    pub(super) words: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Members {
    /// Sorted by name.
    pub(super) named: Vec<(String, Id)>,
    pub(super) patterns: Vec<(Pattern, Id)>,
    /// For what neither of them describes.
    pub(super) rest: Option<Id>,
}

/// A set of types, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Characters,
    Elements,
    Members,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Least,
    Most,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    AtLeast,
    AtMost,
    Above,
    Below,
    MultipleOf,
}

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(1 << 1);
    pub(super) const INTEGER: Self = Self(1 << 2);
    pub(super) const NUMBER: Self = Self(1 << 3);
    pub(super) const STRING: Self = Self(1 << 4);
    pub(super) const ARRAY: Self = Self(1 << 5);
    pub(super) const OBJECT: Self = Self(1 << 6);
    pub(super) const WHOLE_NUMBER: Self = Self::INTEGER.with(Self::NUMBER);

    /// Each by its name, and in words.
    const NAMES: [(&str, &str, Self); 7] = [
        ("string", "a string", Self::STRING),
        ("integer", "an integer", Self::INTEGER),
        ("number", "a number", Self::NUMBER),
        ("boolean", "true or false", Self::BOOLEAN),
        ("array", "an array", Self::ARRAY),
        ("object", "an object", Self::OBJECT),
        ("null", "null", Self::NULL),
    ];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, ..)| *known == name).map(|(.., types)| *types)
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// In words: `a string or null`.
impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (_, words, _) in Self::NAMES.iter().filter(|(.., types)| self.meets(*types)) {
            f.write_str(between)?;
            f.write_str(words)?;
            between = " or ";
        }
        Ok(())
    }
}

impl Measure {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Characters => "character",
            Self::Elements => "element",
            Self::Members => "member",
        }
    }
}

impl Bound {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Least => "at least",
            Self::Most => "at most",
        }
    }
}

impl Relation {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::Above => "greater than",
            Self::Below => "less than",
            Self::MultipleOf => "a multiple of",
        }
    }
}
