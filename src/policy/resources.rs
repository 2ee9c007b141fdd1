//! The rules of resources: by exact URI, and by template.

use std::borrow::Cow;

use super::template::Template;
use super::{Arguments, Rule};
use crate::wire::json::Object;
use crate::wire::{decoded_segment, resource_segments};

/// All of them, in the order of the document.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Resources {
    exact: Vec<(Template, Rule)>,
    templates: Vec<(Template, Rule)>,
}

impl Resources {
    /// Adds a rule; says so if another key describes the same URIs.
    pub(super) fn add(&mut self, template: Template, rule: Rule) -> Result<(), String> {
        let rules = if template.is_exact() { &mut self.exact } else { &mut self.templates };
        if let Some((_, other)) = rules.iter().find(|(known, _)| known.same_but_for_names(&template)) {
            return Err(format!("describes the same as {}", other.pointer));
        }
        rules.push((template, rule));
        Ok(())
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.exact.iter().chain(&self.templates).map(|(_, rule)| rule)
    }

    /// The keys of all rules, each with its rule.
    pub(super) fn keyed(&self) -> impl Iterator<Item = (&Template, &Rule)> {
        self.exact.iter().chain(&self.templates).map(|(template, rule)| (template, rule))
    }

    /// The rules of the resource `uri`, each with the variables that it reads out of it: the one of its exact URI, or those
    /// of all templates that describe it. None if the URI means different things to different readers.
    pub(super) fn of_uri<'s>(&self, uri: &str) -> Option<Vec<(&Rule, Arguments<'s>)>> {
        Some(self.of_segments(&resource_segments(uri)?, Arguments::Decoded))
    }

    /// The rules of what `uri` is to a reader for whom several `/` are one, and one at the end is none.
    pub(super) fn of_uri_loosely<'s>(&self, uri: &str) -> Vec<(&Rule, Arguments<'s>)> {
        let segments = resource_segments(uri).unwrap_or_default();
        // Scheme and authority are the first three: `file:///a` has none of the latter.
        let (head, path) = segments.split_at_checked(3).unwrap_or((&segments, &[]));
        let path = path.iter().filter(|segment| !segment.is_empty());
        self.of_segments(&head.iter().chain(path).cloned().collect::<Vec<_>>(), Arguments::Decoded)
    }

    /// The rules of a template that a variable is completed of. Which resource it will be is not known yet. None if its
    /// escapes are not those of a resource.
    pub(super) fn of_unfinished<'s>(&self, template: &str) -> Option<Vec<(&Rule, Arguments<'s>)>> {
        let segments = template.split('/').map(decoded_segment).collect::<Option<Vec<_>>>()?;
        Some(self.of_segments(&segments, |_| Arguments::Unknown))
    }

    /// The rule whose key equals `template` but for the names of variables.
    pub(super) fn of_template(&self, template: &str) -> Option<&Rule> {
        let template = Template::read(template).ok()?;
        self.keyed().find(|(known, _)| known.same_but_for_names(&template)).map(|(_, rule)| rule)
    }

    fn of_segments<'s>(
        &self,
        segments: &[Cow<'_, str>],
        arguments: impl Fn(Object<'s>) -> Arguments<'s>,
    ) -> Vec<(&Rule, Arguments<'s>)> {
        let mut exact = fitting(&self.exact, segments);
        match exact.next() {
            Some((rule, variables)) => vec![(rule, arguments(variables))],
            None => fitting(&self.templates, segments).map(|(rule, variables)| (rule, arguments(variables))).collect(),
        }
    }
}

/// Those of `rules` whose key describes `segments`, with the variables.
fn fitting<'r, 's>(
    rules: &'r [(Template, Rule)],
    segments: &[Cow<'_, str>],
) -> impl Iterator<Item = (&'r Rule, Object<'s>)> {
    rules.iter().filter_map(|(template, rule)| Some((rule, template.variables_in(segments)?)))
}
