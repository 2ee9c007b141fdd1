//! JSON as a lax reader takes it: `serde_json` reads, and every member stays, in order, however often its key stands.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A value of which nothing was refused or merged.
#[derive(Debug, Clone, PartialEq)]
pub enum Lax {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Lax>),
    Object(Vec<(String, Lax)>),
}

impl Lax {
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The member `key`, on which all readers must agree: those that take the first or the last of two, those that mind
    /// case and those that do not.
    ///
    /// # Panics
    /// If they do not agree.
    #[must_use]
    pub fn agreed(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let mut taken = members.iter().filter(|(other, _)| folds_to(other, key));
        let (spelled, value) = taken.next()?;
        assert_eq!(spelled, key, "Go's encoding/json takes this key for the other");
        assert_eq!(taken.next(), None, "one reader takes the first `{key}`, another the last");
        Some(value)
    }

    /// The member `key` as `serde_json::Value` has it: the last one wins.
    #[must_use]
    pub fn last(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rfind(|(other, _)| other == key).map(|(_, value)| value)
    }

    /// The same with another value under `key`, if it has that key.
    #[must_use]
    pub fn with(mut self, key: &str, value: Self) -> Self {
        if let Self::Object(members) = &mut self
            && let Some(member) = members.iter_mut().find(|(other, _)| other == key)
        {
            member.1 = value;
        }
        self
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether an object in it has one key twice.
    #[must_use]
    pub fn repeats_a_key(&self) -> bool {
        match self {
            Self::Array(elements) => elements.iter().any(Self::repeats_a_key),
            Self::Object(members) => {
                let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                keys.windows(2).any(|pair| pair[0] == pair[1]) || members.iter().any(|(_, value)| value.repeats_a_key())
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => false,
        }
    }

    /// The largest size of a number in it.
    #[must_use]
    pub fn largest(&self) -> f64 {
        match self {
            Self::Number(number) => number.as_f64().unwrap_or(f64::INFINITY).abs(),
            Self::Array(elements) => elements.iter().map(Self::largest).fold(0.0, f64::max),
            Self::Object(members) => members.iter().map(|(_, value)| value.largest()).fold(0.0, f64::max),
            Self::Null | Self::Bool(_) | Self::String(_) => 0.0,
        }
    }

    /// How many arrays and objects stand inside one another.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Array(elements) => 1 + elements.iter().map(Self::depth).max().unwrap_or(0),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 0,
        }
    }
}

/// Whether Go's `encoding/json` takes `key` for `ascii`. It folds case character by character, and only two characters
/// outside ASCII fold into it: `ſ` and the Kelvin sign.
fn folds_to(key: &str, ascii: &str) -> bool {
    let folded = |character| match character {
        'ſ' => 's',
        '\u{212a}' => 'k',
        other => char::to_ascii_lowercase(&other),
    };
    key.chars().map(folded).eq(ascii.chars().map(folded))
}

impl<'de> Deserialize<'de> for Lax {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsItComes)
    }
}

struct AsItComes;

impl<'de> Visitor<'de> for AsItComes {
    type Value = Lax;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Lax, E> {
        Ok(Lax::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Lax, E> {
        Ok(Lax::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Lax, E> {
        Ok(Lax::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Lax, E> {
        Ok(Lax::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Lax, E> {
        Number::from_f64(value).map(Lax::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Lax, E> {
        Ok(Lax::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Lax, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Lax::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Lax, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Lax::Object(object))
    }
}
