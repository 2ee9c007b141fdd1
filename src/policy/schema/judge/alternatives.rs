//! Keywords that judge a value more than once: what one of them finds is not yet a violation.

use super::{Judge, SAID};
use crate::policy::Truth;
use crate::policy::schema::instance::Instance;
use crate::policy::schema::{Id, Violation};

impl<'n> Judge<'_, 'n> {
    /// Whether one of several fits, and, where it is to be `alone`, no other.
    pub(super) fn any(&mut self, ids: &[Id], alone: bool, instance: Instance<'n>) -> Truth {
        let (mut fitting, mut unjudged, mut why) = (0, 0, String::new());
        for id in ids {
            let (truth, found) = self.aside(*id, instance, why.len() < SAID);
            match truth {
                Truth::True => fitting += 1,
                Truth::False => self.tell(found, &mut why),
                Truth::Unjudgeable => unjudged += 1,
            }
            if fitting > usize::from(alone) {
                break;
            }
        }
        match (fitting, unjudged) {
            (0, 0) => self.say(false, format_args!("fits no alternative: {why}")),
            (1, 0) => Truth::True,
            (1, _) if !alone => Truth::True,
            (0 | 1, _) => self.conclude(Truth::Unjudgeable, format_args!("")),
            (_, _) => self.say(false, format_args!("must fit only one schema of `oneOf`")),
        }
    }

    /// Adds why an alternative does not fit.
    fn tell(&self, found: Option<Violation>, why: &mut String) {
        let Some(Violation { at, message }) = found else { return };
        if !why.is_empty() {
            why.push_str("; ");
        }
        let here = self.pointer();
        if let Some(inside) = at.as_str().strip_prefix(here.as_str()).filter(|inside| !inside.is_empty()) {
            why.push_str(inside);
            why.push(' ');
        }
        why.push_str(&message);
    }

    pub(super) fn not(&mut self, id: Id, instance: Instance<'n>) -> Truth {
        let (truth, _) = self.aside(id, instance, false);
        self.conclude(!truth, format_args!("must not fit the schema of `not`"))
    }

    pub(super) fn either(
        &mut self,
        condition: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
        instance: Instance<'n>,
    ) -> Truth {
        let branch = match self.aside(condition, instance, false).0 {
            Truth::True => then,
            Truth::False => otherwise,
            Truth::Unjudgeable => return self.conclude(Truth::Unjudgeable, format_args!("")),
        };
        branch.map_or(Truth::True, |id| self.judge(id, instance))
    }
}
