//! Warnings about a policy beside the server that it is to govern.

use super::argument::warn_of_arguments;
use super::live::{Live, LiveTool, no_such};
use super::nearest::nearest;
use super::warning;
use crate::policy::rule::{Action, Mode, Rule};
use crate::policy::{Default, Policy};
use crate::registry::Aliases;
use crate::wire::json::{Invalid, Pointer, quote};

impl Policy {
    /// What gives reason to warn of on a server that offers `live`, under these aliases.
    pub fn warnings_against(&self, aliases: &Aliases, live: &Live) -> Vec<Invalid> {
        let mut warnings = Vec::new();
        for (name, rule) in &self.tools {
            match live.tool(name, aliases) {
                Some(tool) => warn_of_arguments(tool, rule, &mut warnings),
                None => warnings.push(warning(&rule.pointer, live.no_tool(name, aliases))),
            }
        }
        for (name, rule) in self.prompts.iter().filter(|(name, _)| !live.prompts.contains(name)) {
            let names = live.prompts.iter().map(String::as_str);
            warnings.push(warning(&rule.pointer, no_such("prompt", nearest(name, names))));
        }
        self.warn_of_hide(aliases, live, &mut warnings);
        for (template, rule) in self.resources.keyed().filter(|(template, _)| !live.has_resource(template)) {
            let names = live.templates.iter().chain(&live.resources).map(String::as_str);
            warnings.push(warning(&rule.pointer, no_such("resource", nearest(&template.to_string(), names))));
        }
        for tool in &live.tools {
            self.warn_of_code(tool, aliases, &mut warnings);
            self.warn_of_second_door(tool, aliases, live, &mut warnings);
        }
        warnings
    }

    fn warn_of_hide(&self, aliases: &Aliases, live: &Live, warnings: &mut Vec<Invalid>) {
        for (index, glob) in self.hide.iter().enumerate() {
            let names = live.tools.iter().map(|tool| tool.name.as_str()).chain(live.prompts.iter().map(String::as_str));
            let mut known = names.flat_map(|name| [Some(name), aliases.alias_of(name)]).flatten();
            if !known.any(|name| glob.matches(name)) {
                let message = "matches no tool and no prompt of the server";
                warnings.push(warning(&Pointer::default().key("hide").index(index), message));
            }
        }
    }

    /// An allowed tool that can run code, whatever it is told to run.
    fn warn_of_code(&self, tool: &LiveTool, aliases: &Aliases, warnings: &mut Vec<Invalid>) {
        if !tool.runs_code || self.hides(&tool.name, aliases) {
            return;
        }
        let name = quote(&tool.name);
        let rules: Vec<&Rule> = self.all_tools.iter().chain(self.rule_of(tool, aliases)).collect();
        if rules.iter().any(|rule| restricts(rule)) {
            return;
        }
        if let Some(rule) = self.rule_of(tool, aliases) {
            let message = format!("{name} can run code, and neither `arguments` nor `require` says which");
            warnings.push(warning(&rule.pointer, message));
        } else if self.default == Default::Allow {
            let message = format!("{name} can run code, and no rule names it");
            warnings.push(warning(&Pointer::default().key("default"), message));
        }
    }

    /// A resource that is open and reads what a tool reads that is not.
    fn warn_of_second_door(&self, tool: &LiveTool, aliases: &Aliases, live: &Live, warnings: &mut Vec<Invalid>) {
        let shut = self.hides(&tool.name, aliases)
            || match self.rule_of(tool, aliases) {
                Some(rule) => restricts(rule),
                None => self.default == Default::Deny,
            };
        let Some(noun) = noun(&tool.name).filter(|_| shut) else { return };
        for template in live.templates.iter().chain(&live.resources).filter(|uri| names(uri, &noun)) {
            let rule = self.resources.of_template(template);
            let open = rule.map_or(self.default == Default::Allow, |rule| !restricts(rule));
            if open {
                let pointer = rule.map_or_else(|| Pointer::default().key("default"), |rule| rule.pointer.clone());
                let (template, tool) = (quote(template), quote(&tool.name));
                warnings.push(warning(
                    &pointer,
                    format!("{template} seems to read what the tool {tool} reads, which is not open to all"),
                ));
            }
        }
    }

    fn rule_of(&self, tool: &LiveTool, aliases: &Aliases) -> Option<&Rule> {
        let by_alias = || aliases.alias_of(&tool.name).and_then(|alias| self.tools.get(alias));
        self.tools.get(&tool.name).or_else(by_alias)
    }
}

/// Whether a rule lets through less than everything, limits apart.
fn restricts(rule: &Rule) -> bool {
    let looks = !rule.require.is_empty() || !rule.deny_if.is_empty() || rule.arguments.is_some();
    rule.mode == Mode::Enforce && (looks || !matches!(rule.action, Action::Allow))
}

/// What a tool is about, by its name: `setting` for `project_get_setting`.
fn noun(tool: &str) -> Option<String> {
    let last = tool.rsplit(['_', '-', '.', '/']).find(|part| !part.is_empty())?;
    Some(singular(last))
}

/// Whether a URI or a template names `noun` in one of its segments.
fn names(uri: &str, noun: &str) -> bool {
    let path = uri.split_once("://").map_or(uri, |(_, path)| path);
    path.split('/').any(|segment| singular(segment) == noun)
}

fn singular(word: &str) -> String {
    let word = word.to_ascii_lowercase();
    word.strip_suffix('s').filter(|stem| stem.len() > 2).map_or(word.clone(), str::to_owned)
}
