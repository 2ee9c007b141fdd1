//! Where each `$ref` leads.

use std::collections::BTreeMap;

use super::Id;
use super::keyword::Keyword;
use crate::wire::json::{Invalid, Pointer};

/// A `$ref` as it was met.
pub(super) struct Reference {
    /// The schema that has it.
    pub(super) owner: Id,
    pub(super) pointer: Pointer,
    pub(super) target: String,
}

/// Gives each schema that has a `$ref` the one that it leads to. `pointers` are those of the schemas, the whole first.
pub(super) fn resolve(
    references: Vec<Reference>,
    schemas: &mut [Vec<Keyword>],
    pointers: &[Pointer],
    errors: &mut Vec<Invalid>,
) {
    if references.is_empty() {
        return;
    }
    let whole = pointers.first().map_or(0, |pointer| pointer.as_str().len());
    let mut known: BTreeMap<&str, Id> = BTreeMap::new();
    let fragments = pointers.iter().map(|pointer| pointer.as_str().get(whole..).unwrap_or_default());
    known.extend(fragments.enumerate().map(|(n, fragment)| (fragment, Id(n))));
    for Reference { owner, pointer, target } in references {
        let message = match target.strip_prefix('#').map(|fragment| known.get(decoded(fragment).as_str())) {
            Some(Some(id)) => {
                if let Some(keywords) = schemas.get_mut(owner.0) {
                    keywords.push(Keyword::All(vec![*id]));
                }
                continue;
            }
            Some(None) => "leads to no schema that stands here",
            None => "leads out of this schema: only a reference that begins with # is followed",
        };
        errors.push(Invalid { pointer, message: message.to_owned() });
    }
    for id in loops(schemas) {
        let pointer = pointers.get(id.0).cloned().unwrap_or_default();
        let message = "leads back to itself by `$ref` without a step into the value: it would never be judged";
        errors.push(Invalid { pointer, message: message.to_owned() });
    }
}

/// A fragment with its percent escapes decoded; what is none of them stays, and then is no pointer that we know.
fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let digits = if *byte == b'%' { behind.get(..2) } else { None };
        let escaped = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*byte));
        rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Clone, Copy)]
enum Visit {
    Never,
    Open,
    Done,
}

/// The schemas that would have to be judged in order to judge themselves, of the same value. The way is kept in a list of its
/// own: it may be as long as there are schemas, and a stack is not.
fn loops(schemas: &[Vec<Keyword>]) -> Vec<Id> {
    let mut visits = vec![Visit::Never; schemas.len()];
    let mut found = Vec::new();
    for start in 0..schemas.len() {
        let mut way = vec![(None, vec![Id(start)])];
        while let Some((own, ahead)) = way.last_mut() {
            let Some(next) = ahead.pop() else {
                if let Some(visit) = own.and_then(|Id(own)| visits.get_mut(own)) {
                    *visit = Visit::Done;
                }
                way.pop();
                continue;
            };
            let Some(visit) = visits.get_mut(next.0) else { continue };
            match visit {
                Visit::Never => {
                    *visit = Visit::Open;
                    way.push((Some(next), schemas.get(next.0).map(|keywords| in_place(keywords)).unwrap_or_default()));
                }
                Visit::Open => found.push(next),
                Visit::Done => {}
            }
        }
    }
    found
}

/// The schemas that these keywords apply to the same value.
fn in_place(keywords: &[Keyword]) -> Vec<Id> {
    let mut ids = Vec::new();
    for keyword in keywords {
        match keyword {
            Keyword::All(own) | Keyword::Any { ids: own, .. } => ids.extend(own),
            Keyword::Not(id) => ids.push(*id),
            Keyword::If { condition, then, otherwise } => {
                ids.push(*condition);
                ids.extend(then);
                ids.extend(otherwise);
            }
            Keyword::DependentSchemas(schemas) => ids.extend(schemas.iter().map(|(_, id)| *id)),
            Keyword::Never
            | Keyword::Type(_)
            | Keyword::Values(_)
            | Keyword::Size(..)
            | Keyword::Number(..)
            | Keyword::Pattern(_)
            | Keyword::Required(_)
            | Keyword::DependentRequired(_)
            | Keyword::Names(_)
            | Keyword::Members(_)
            | Keyword::Elements { .. }
            | Keyword::Contains { .. }
            | Keyword::Unique => {}
        }
    }
    ids
}
