//! One thing that an agent does in a case, and what must become of it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::run::{Difference, difference};
use crate::policy::{Decided, Denial, Due, Rulebook, Ruling, decide, is_listed};
use crate::wire::json::{Object, parse};
use crate::wire::{ListKind, Subject, ToolName};

/// One thing that the agent does, and what must become of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    tool: Option<String>,
    prompt: Option<String>,
    resource: Option<String>,
    /// Resources that are subscribed to together.
    resources: Option<Vec<String>>,
    /// A resource template, of which a variable is completed.
    template: Option<String>,
    /// A prompt of which an argument is completed.
    completed_prompt: Option<String>,
    /// Of a tool or a prompt.
    arguments: Option<Box<RawValue>>,
    /// `allow`, `meter`, `hold` or `deny`.
    ruling: String,
    rule: String,
    reason_code: Option<String>,
    /// What the policy's author has to say where it is refused; looked at where it is said.
    told: Option<String>,
    /// Whether a list shows it. What is not said follows from the ruling.
    listed: Option<bool>,
    /// What is charged to each limit, as `tollgate explain` says it; of a call that asks a person, after the yes. Must be said where
    /// a call is metered and none of them is enforced.
    charges: Option<Vec<String>>,
    /// The rules in shadow that would have refused, in order. What their limits would is not known without the ledger.
    #[serde(default)]
    observed: Vec<String>,
    pub(super) why: String,
}

impl Call {
    /// What is done, for a report.
    pub(super) fn title(&self) -> String {
        let arguments = self.arguments.as_ref().map(|arguments| format!(" {arguments}")).unwrap_or_default();
        let together = self.resources.as_ref().map(|uris| uris.join(", "));
        let names = [
            ("tool", &self.tool),
            ("prompt", &self.prompt),
            ("completed_prompt", &self.completed_prompt),
            ("resource", &self.resource),
            ("resources", &together),
            ("template", &self.template),
        ];
        let title = names.into_iter().find_map(|(kind, name)| Some(format!("{kind} {}{arguments}", name.as_ref()?)));
        title.unwrap_or_else(|| "nothing".to_owned())
    }

    /// In what the rulebook's answer is not what the case says; an error if nothing can be asked. `shadow`: whether the
    /// policy is observed only.
    pub(super) fn differences(&self, rulebook: Rulebook<'_>, shadow: bool) -> Result<Vec<Difference>, String> {
        let subject = self.subject().map_err(|why| format!("{why}: {}", self.title()))?;
        let Decided { ruling, observed, .. } = decide(rulebook, &subject);
        let observed: Vec<_> = observed.iter().map(|denial| denial.rule.to_string()).collect();
        let (dues, enforced) = match &ruling {
            Ruling::Meter(meter) => (meter.dues(), meter.dues().iter().any(Due::is_enforced)),
            Ruling::Hold(hold) => (hold.dues(), true),
            Ruling::Allow(_) | Ruling::Deny(_) => ([].as_slice(), true),
        };
        let charges: Vec<_> = dues.iter().map(ToString::to_string).collect();
        let denied = |denial: Denial<'_>| (denial.rule.to_string(), denial.told.map(str::to_owned));
        let (word, (rule, told), code) = match ruling {
            Ruling::Allow(permit) => ("allow", (permit.rule().to_string(), None), None),
            Ruling::Meter(meter) => ("meter", (meter.rule().to_string(), None), None),
            Ruling::Hold(hold) => ("hold", denied(hold.refused()), None),
            Ruling::Deny(denial) => ("deny", denied(denial.clone()), Some(denial.reason.code().to_owned())),
        };
        let mut fields = vec![
            difference("ruling", Some(self.ruling.clone()), Some(word.to_owned())),
            difference("rule", Some(self.rule.clone()), Some(rule)),
            difference("reason_code", self.reason_code.clone(), code),
            difference("observed", joined(&self.observed, ", "), joined(&observed, ", ")),
        ];
        if self.told.is_some() {
            fields.push(difference("told", self.told.clone(), told));
        }
        if self.charges.is_some() || !enforced {
            let expected = self.charges.as_deref().unwrap_or_default();
            fields.push(difference("charges", joined(expected, "; "), joined(&charges, "; ")));
        }
        if let Some((kind, name)) = self.item() {
            let by_ruling = (kind != ListKind::ResourceTemplates).then(|| shadow || self.is_shown());
            if let Some(expected) = self.listed.or(by_ruling) {
                let word = |shown: bool| Some(shown.to_string());
                fields.push(difference("listed", word(expected), word(is_listed(rulebook, kind, name))));
            }
        }
        Ok(fields.into_iter().flatten().collect())
    }

    /// What a list has of it.
    fn item(&self) -> Option<(ListKind, &str)> {
        let items = [
            (ListKind::Tools, &self.tool),
            (ListKind::Prompts, &self.prompt),
            (ListKind::Prompts, &self.completed_prompt),
            (ListKind::Resources, &self.resource),
            (ListKind::ResourceTemplates, &self.template),
        ];
        items.into_iter().find_map(|(kind, name)| Some((kind, name.as_deref()?)))
    }

    /// What is judged.
    fn subject(&self) -> Result<Subject<'_>, String> {
        let arguments = self.arguments.as_ref().map_or("{}", |arguments| arguments.get());
        let arguments = parse(arguments.as_bytes()).map_err(|unreadable| unreadable.to_string())?;
        let arguments: Object<'_> = arguments.into_object().ok_or("`arguments` are an object")?;
        let mut subjects = Vec::new();
        if let Some(tool) = &self.tool {
            subjects.push(Subject::Tool { name: name(tool)?, arguments: arguments.clone() });
        }
        if let Some(prompt) = &self.prompt {
            subjects.push(Subject::Prompt { name: name(prompt)?, arguments: Some(arguments) });
        }
        if let Some(prompt) = &self.completed_prompt {
            subjects.push(Subject::Prompt { name: name(prompt)?, arguments: None });
        }
        if let Some(uri) = &self.resource {
            subjects.push(Subject::Resources { uris: vec![uri.into()] });
        }
        if let Some(uris) = &self.resources {
            subjects.push(Subject::Resources { uris: uris.iter().map(Into::into).collect() });
        }
        if let Some(uri) = &self.template {
            // As the gateway reads it: without a variable it is a resource.
            subjects.push(if uri.contains('{') {
                Subject::Template { uri: uri.into() }
            } else {
                Subject::Resources { uris: vec![uri.into()] }
            });
        }
        match (subjects.pop(), subjects.is_empty()) {
            (Some(subject), true) => Ok(subject),
            (Some(_) | None, _) => Err("a call names one thing".to_owned()),
        }
    }

    /// Whether a list must show it, by the ruling: lists show exactly what can be used, of a tool or a prompt whatever its
    /// arguments are.
    fn is_shown(&self) -> bool {
        let by_name = ["hidden", "default_deny", "denied_by_rule", "called_by_alias", "ambiguous_alias"];
        match &self.reason_code {
            Some(code) if self.resource.is_none() => !by_name.contains(&code.as_str()),
            Some(_) | None => self.ruling != "deny",
        }
    }
}

fn joined(texts: &[String], between: &str) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(between))
}

fn name(text: &str) -> Result<ToolName<'_>, String> {
    ToolName::read(text.into()).ok_or_else(|| format!("no tool and no prompt can have the name `{text}`"))
}
