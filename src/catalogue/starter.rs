//! A policy to start from: never weaker than what the catalogue shows.

use super::risk::{Assessment, Category, Risk, Shows};
use super::{Catalogue, Item};
use crate::draft::{Action, Default, Document, Length, Named, RateLimit, Rule, WindowName};
use crate::policy::Policy;
use crate::wire::ListKind;

/// A policy to start from, and what it leaves out.
#[derive(Debug, Clone, PartialEq)]
pub struct Starter {
    /// The policy.
    pub document: Document,
    /// What no rule can name, so that it stays refused.
    pub dropped: Vec<Dropped>,
}

/// Something that the policy cannot name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The name, URI or template.
    pub name: String,
    /// Why not, after the name.
    pub why: String,
}

/// Writes a minute.
const WRITES: u64 = 30;
/// Calls a minute of what runs code.
const EXECUTIONS: u64 = 10;

/// A policy to start from: what reads is allowed, what writes or runs code is limited, and refused is what destroys, moves
/// money, may expose secrets, or does not say what it does. What the origin comes to offer later is refused.
pub fn starter(catalogue: &Catalogue) -> Starter {
    let mut document = Document::new(Default::Deny);
    let mut items: Vec<_> = catalogue.items().map(|item| (item, item.assess())).collect();
    // Of two items under one name, the more dangerous one makes the rule.
    items.sort_by_key(|(_, assessment)| assessment.risk);
    for (item, assessment) in &items {
        insert(&mut document, item, rule(assessment));
    }
    let dropped = drop_what_cannot_be_named(&mut document);
    document.description = Some(description(&document, &items));
    Starter { document, dropped }
}

fn rule(assessment: &Assessment) -> Rule {
    let denied = |reason: &str| Rule { action: Some(Action::Deny), reason: Some(reason.to_owned()), ..Rule::default() };
    let limited = |max| Rule {
        rate_limit: Some(RateLimit { max, window: Length::Named(WindowName::Minute) }),
        ..Rule::default()
    };
    if assessment.evidence.is_empty() && assessment.category == Category::Write {
        return denied("Nothing says what this tool does. Ask the operator to look at it.");
    }
    match (assessment.category, assessment.risk) {
        (Category::Financial, _) => denied("It moves money. Ask the operator for access."),
        (Category::Destructive, _) | (_, Risk::Critical) => denied("It may destroy data. Ask the operator for access."),
        (Category::Read, Risk::High) => denied("It may expose secrets. Ask the operator which of them may be read."),
        (Category::Write | Category::Execute, _) if assessment.shows(Shows::Secrets) => {
            denied("It may expose or change secrets. Ask the operator for access.")
        }
        (Category::Execute, _) => limited(EXECUTIONS),
        (Category::Write, _) => limited(WRITES),
        (Category::Read, Risk::Low | Risk::Medium) => Rule::default(),
    }
}

fn insert(document: &mut Document, item: &Item, rule: Rule) {
    match item.kind {
        ListKind::Tools => document.tools.insert(Named(item.name.clone()), rule),
        ListKind::Prompts => document.prompts.insert(Named(item.name.clone()), rule),
        ListKind::Resources | ListKind::ResourceTemplates => document.resources.insert(item.name.clone(), rule),
    };
}

/// What a rate alone does not make safe.
fn description(document: &Document, items: &[(&Item, Assessment)]) -> String {
    let limited = |wanted: fn(&Assessment) -> bool| {
        let limited = items.iter().filter(|(item, assessment)| {
            let rule = document.tools.get(&Named(item.name.clone()));
            item.kind == ListKind::Tools && wanted(assessment) && rule.is_some_and(|rule| rule.rate_limit.is_some())
        });
        let mut names: Vec<_> = limited.map(|(item, _)| format!("`{}`", item.name)).collect();
        names.sort();
        names.dedup();
        names.join(", ")
    };
    let runs_code = limited(|assessment| assessment.category == Category::Execute);
    let writes_files = limited(|assessment| assessment.shows(Shows::Files));
    let mut sentences =
        vec!["A policy to start from, written by `tollgate scan`. Read it before you use it.".to_owned()];
    if !runs_code.is_empty() {
        sentences
            .push(format!("These run code, and a rate is no safety: say with `require` what may be run: {runs_code}."));
    }
    if !writes_files.is_empty() {
        sentences
            .push(format!("These write where an argument says: say with `require` where they may: {writes_files}."));
    }
    sentences.join(" ")
}

/// The policy's own parser says which keys can name nothing: names that no tool may have, templates that it does not know,
/// and two templates for the same resources.
fn drop_what_cannot_be_named(document: &mut Document) -> Vec<Dropped> {
    let mut dropped = Vec::new();
    while let Err(errors) = Policy::parse(document.written().as_bytes()) {
        let before = dropped.len();
        for error in errors {
            if let Some(name) = remove(document, error.pointer.as_str()) {
                dropped.push(Dropped { name, why: error.message });
            }
        }
        if dropped.len() == before {
            break;
        }
    }
    dropped
}

/// Removes the rule that a pointer leads to, or into.
fn remove(document: &mut Document, pointer: &str) -> Option<String> {
    let mut steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let (list, name) = (steps.next()?, steps.next()?);
    match list.as_str() {
        "tools" => document.tools.remove(&Named(name.clone())),
        "prompts" => document.prompts.remove(&Named(name.clone())),
        "resources" => document.resources.remove(&name),
        _ => None,
    }
    .map(|_| name)
}
