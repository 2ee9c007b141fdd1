//! Which rules name a subject: what is judged of it by its name alone.

use super::rulebook::Found;
use super::ruling::at;
use super::{Arguments, Default, Denial, Policy, Reason, Rule, RuleId, Rulebook};
use crate::wire::Subject;

/// The rules that govern a subject, in the order in which each of their steps is taken.
pub(super) struct Named<'r, 's> {
    /// What an allow says allowed it.
    pub(super) rule: RuleId<'r>,
    pub(super) rules: Vec<(&'r Rule, Arguments<'s>)>,
    /// What refuses it by its name alone.
    pub(super) refused: Option<Denial<'r>>,
}

impl<'r, 's> Named<'r, 's> {
    pub(super) fn of(rulebook: &Rulebook<'r>, policy: &'r Policy, subject: &'s Subject<'s>) -> Self {
        match subject {
            Subject::Tool { name, arguments } => {
                Self::of_tool(rulebook, policy, name.as_str(), || Arguments::Sent(arguments))
            }
            Subject::Prompt { name, arguments } => {
                let arguments = arguments.as_ref().map_or(Arguments::Unknown, Arguments::Sent);
                Self::of_prompt(rulebook, policy, name.as_str(), arguments)
            }
            Subject::Resources { uris } => Self::of_resources(policy, uris.iter().map(AsRef::as_ref)),
            Subject::Template { uri } => {
                let mut named = Self::unnamed(policy);
                named.add_if_read(policy.resources.of_unfinished(uri));
                named
            }
        }
    }

    /// The rules of a tool: the one of all tools, then its own.
    pub(super) fn of_tool(
        rulebook: &Rulebook<'r>,
        policy: &'r Policy,
        name: &str,
        arguments: impl Fn() -> Arguments<'s>,
    ) -> Self {
        let all_tools = policy.all_tools.iter();
        if let Some(live) = rulebook.aliases.live_of(name) {
            let rule = match rulebook.rule(policy, live) {
                Found::One(rule) => at(rule),
                Found::None => RuleId::DefaultDeny,
                Found::Two => RuleId::AmbiguousAlias,
            };
            let refused = Some(Denial::of(rule.clone(), Reason::CalledByAlias { live }));
            let rules = all_tools.map(|rule| (rule, arguments())).collect();
            return Self { rule, rules, refused }.unless_hidden(rulebook, policy, name);
        }
        let named = match rulebook.rule(policy, name) {
            Found::One(rule) => {
                let rules = all_tools.chain([rule]).map(|rule| (rule, arguments())).collect();
                Self { rule: at(rule), rules, refused: None }
            }
            Found::None => Self { rules: all_tools.map(|rule| (rule, arguments())).collect(), ..Self::unnamed(policy) },
            Found::Two => {
                let refused = Denial::of(RuleId::AmbiguousAlias, Reason::AmbiguousAlias);
                Self { rule: RuleId::AmbiguousAlias, rules: Vec::new(), refused: Some(refused) }
            }
        };
        named.unless_hidden(rulebook, policy, name)
    }

    pub(super) fn of_prompt(rulebook: &Rulebook<'r>, policy: &'r Policy, name: &str, arguments: Arguments<'s>) -> Self {
        let named = match policy.prompts.get(name) {
            Some(rule) => Self { rule: at(rule), rules: vec![(rule, arguments)], refused: None },
            None => Self::unnamed(policy),
        };
        named.unless_hidden(rulebook, policy, name)
    }

    /// The rules of all `uris`: one that nothing allows refuses them together.
    pub(super) fn of_resources(policy: &'r Policy, uris: impl Iterator<Item = &'s str>) -> Self {
        let mut all: Option<Self> = None;
        for uri in uris {
            let mut named = Self::unnamed(policy);
            let rules = policy.resources.of_uri(uri);
            let unnamed = rules.as_ref().is_some_and(Vec::is_empty);
            named.add_if_read(rules);
            // What is denied as `a/b` is not let through as `a//b`, for being named by nothing.
            if unnamed && policy.default == Default::Allow {
                named.add(policy.resources.of_uri_loosely(uri));
            }
            all = Some(match all {
                None => named,
                Some(all) => all.and(named),
            });
        }
        all.unwrap_or_else(|| Self::unnamed(policy))
    }

    /// The rule of a listed template: the one whose key equals it but for the names of variables.
    pub(super) fn of_template(policy: &'r Policy, template: &str) -> Self {
        let mut named = Self::unnamed(policy);
        named.add(policy.resources.of_template(template).map(|rule| (rule, Arguments::Unknown)).into_iter().collect());
        named
    }

    /// What `hide` names is refused as if it did not exist, whatever else is said of it.
    fn unless_hidden(self, rulebook: &Rulebook<'r>, policy: &Policy, name: &str) -> Self {
        if !policy.hides(name, rulebook.aliases) {
            return self;
        }
        Self { refused: Some(Denial::of(RuleId::Hidden, Reason::Hidden)), ..self }
    }

    /// What no rule names.
    fn unnamed(policy: &Policy) -> Self {
        match policy.default {
            Default::Allow => Self { rule: RuleId::DefaultAllow, rules: Vec::new(), refused: None },
            Default::Deny => {
                let refused = Denial::of(RuleId::DefaultDeny, Reason::DefaultDeny);
                Self { rule: RuleId::DefaultDeny, rules: Vec::new(), refused: Some(refused) }
            }
        }
    }

    /// Is named by these rules, if there are any.
    fn add(&mut self, rules: Vec<(&'r Rule, Arguments<'s>)>) {
        if let Some((first, _)) = rules.first() {
            *self = Self { rule: at(first), rules, refused: None };
        }
    }

    /// The same, and is refused where there is none because the URI could not be read.
    fn add_if_read(&mut self, rules: Option<Vec<(&'r Rule, Arguments<'s>)>>) {
        match rules {
            Some(rules) => self.add(rules),
            None => self.refused = Some(Denial::of(RuleId::DefaultDeny, Reason::DefaultDeny)),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.rules.extend(other.rules);
        self.refused = self.refused.or(other.refused);
        self
    }
}
