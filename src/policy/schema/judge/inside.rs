//! What an object and an array have in them.

use std::collections::BTreeSet;

use super::{Judge, KEY, Step};
use crate::excerpt::excerpt;
use crate::policy::Truth;
use crate::policy::schema::Id;
use crate::policy::schema::instance::Instance;
use crate::policy::schema::keyword::Members;
use crate::wire::json::{Member, Node};

impl<'s, 'n> Judge<'s, 'n> {
    pub(super) fn required(&mut self, names: &[String], instance: Instance<'n>) -> Truth {
        let Some(object) = instance.object() else { return Truth::True };
        self.spend(names.len().saturating_mul(object.members().len()) / 64);
        match names.iter().find(|name| object.get(name).is_none()) {
            None => Truth::True,
            Some(name) => self.say(false, format_args!("`{name}` is required")),
        }
    }

    pub(super) fn dependent_required(&mut self, each: &[(String, Vec<String>)], instance: Instance<'n>) -> Truth {
        let Some(object) = instance.object() else { return Truth::True };
        self.spend(each.len().saturating_mul(object.members().len()) / 64);
        let there = each.iter().filter(|(name, _)| object.get(name).is_some());
        Truth::all(there.map(|(_, names)| self.required(names, instance)))
    }

    pub(super) fn dependent_schemas(&mut self, each: &[(String, Id)], instance: Instance<'n>) -> Truth {
        let Some(object) = instance.object() else { return Truth::True };
        self.spend(each.len().saturating_mul(object.members().len()) / 64);
        let there = each.iter().filter(|(name, _)| object.get(name).is_some());
        Truth::all(there.map(|(_, id)| self.judge(*id, instance)))
    }

    pub(super) fn names(&mut self, id: Id, instance: Instance<'n>) -> Truth {
        let Some(object) = instance.object() else { return Truth::True };
        Truth::all(object.members().iter().map(|member| {
            let (truth, found) = self.aside(id, Instance::Name(&member.key), true);
            let why = found.map(|found| found.message).unwrap_or_default();
            self.conclude(truth, format_args!("has the name `{}`, which {why}", excerpt(&member.key, KEY)))
        }))
    }

    pub(super) fn members(&mut self, members: &'s Members, instance: Instance<'n>) -> Truth {
        let Some(object) = instance.object() else { return Truth::True };
        self.spend(object.members().len() / 16);
        Truth::all(object.members().iter().map(|member| self.member(members, member)))
    }

    fn member(&mut self, members: &'s Members, member: &'n Member<'n>) -> Truth {
        let (key, value) = (member.key.as_ref(), Instance::Node(&member.node));
        let mut whole = Truth::True;
        let named = members.named.binary_search_by(|(name, _)| name.as_str().cmp(key)).ok();
        let named = named.and_then(|place| members.named.get(place));
        if let Some((_, id)) = named {
            whole = self.inside(Step::Key(key), *id, value);
        }
        let mut described = named.is_some();
        for (pattern, id) in &members.patterns {
            let own = match self.matches(pattern, key) {
                Truth::True => self.inside(Step::Key(key), *id, value),
                Truth::False => continue,
                // Then nobody knows which schemas describe the member.
                Truth::Unjudgeable => self.conclude(Truth::Unjudgeable, format_args!("")),
            };
            described = true;
            whole = Truth::all([whole, own]);
        }
        match members.rest {
            Some(rest) if !described => self.inside(Step::Key(key), rest, value),
            Some(_) | None => whole,
        }
    }

    pub(super) fn elements(&mut self, first: &[Id], rest: Option<Id>, instance: Instance<'n>) -> Truth {
        let Some(elements) = instance.elements() else { return Truth::True };
        let ids = first.iter().copied().map(Some).chain(std::iter::repeat(rest));
        Truth::all(elements.iter().zip(ids).enumerate().map(|(n, (element, id))| {
            id.map_or(Truth::True, |id| self.inside(Step::Index(n), id, Instance::Node(element)))
        }))
    }

    pub(super) fn contains(&mut self, id: Id, least: u64, most: Option<u64>, instance: Instance<'n>) -> Truth {
        let Some(elements) = instance.elements() else { return Truth::True };
        let (mut fitting, mut possible) = (0, 0);
        for element in elements {
            match self.aside(id, Instance::Node(element), false).0 {
                Truth::True => (fitting, possible) = (fitting + 1, possible + 1),
                Truth::Unjudgeable => possible += 1,
                Truth::False => {}
            }
            if fitting >= least && most.is_none() {
                return Truth::True;
            }
        }
        let most = most.unwrap_or(u64::MAX);
        if possible < least {
            self.say(false, format_args!("must have at least {least} of the elements that `contains` describes"))
        } else if fitting > most {
            self.say(false, format_args!("must have at most {most} of the elements that `contains` describes"))
        } else {
            let known = fitting >= least && possible <= most;
            self.conclude(if known { Truth::True } else { Truth::Unjudgeable }, format_args!(""))
        }
    }

    pub(super) fn unique(&mut self, instance: Instance<'n>) -> Truth {
        let Some(elements) = instance.elements() else { return Truth::True };
        let length: usize = elements.iter().map(|element| element.text.len()).sum();
        self.spend(elements.len() / 2 + length / 64);
        let different: BTreeSet<String> = elements.iter().map(Node::canonical).collect();
        self.say(different.len() == elements.len(), format_args!("must not have two elements that are equal"))
    }
}
