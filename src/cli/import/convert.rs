//! A whole document.

use super::file::File;
use super::rule::rule;
use super::warnings::Warnings;
use crate::draft::{Default, Document, Named, Pattern};
use crate::policy::Policy;
use crate::wire::is_tool_name;
use crate::wire::json::{Invalid, Pointer};

/// A policy of ours, and where it means something else than the one that it comes from.
pub(super) struct Converted {
    pub(super) document: Document,
    pub(super) warnings: Vec<Invalid>,
}

pub(super) fn convert(file: &File) -> Converted {
    let mut warnings = Warnings::default();
    let mut document = Document::new(file.default);
    document.description.clone_from(&file.description);
    if file.default == Default::Deny {
        warnings.once(
            "Intercept let resources and prompts pass; here `\"default\": \"deny\"` refuses those that no rule names",
        );
    }
    if file.has_approvals {
        warnings.add(
            &Pointer::default().key("approvals"),
            "is left out: the gateway, not the policy, says how people are asked",
        );
    }
    document.hide = hide(file, &mut warnings);
    for (index, (name, rules)) in file.tools.iter().enumerate() {
        // Names that differ must have counters that differ, also where a name is too long to be a part of one.
        let prefix = if name == "*" {
            "_global".to_owned()
        } else if name.len() <= 40 && is_tool_name(name) {
            name.clone()
        } else {
            format!("tool-{index}")
        };
        let rule = rule(&prefix, if name == "*" { "_global" } else { name }, rules, &mut warnings);
        if name == "*" {
            document.all_tools = Some(rule);
        } else {
            document.tools.insert(Named(name.clone()), rule);
        }
    }
    Converted { document, warnings: warnings.gathered() }
}

fn hide(file: &File, warnings: &mut Warnings) -> Vec<Pattern> {
    let list = Pointer::default().key("hide");
    for (index, name) in file.hide.iter().enumerate().filter(|(_, name)| name.contains('*')) {
        let message = if name == "*" {
            "hides all prompts too: Intercept hid tools only"
        } else {
            "is a pattern here, of prompts too, where Intercept took it for the name of one tool"
        };
        warnings.add(&list.index(index), message);
    }
    let hidden = |name: &str| file.hide.iter().any(|hidden| hidden == name || hidden == "*");
    for (name, _) in file.tools.iter().filter(|(name, rules)| !rules.is_empty() && hidden(name)) {
        warnings.add(&Pointer::default().key("tools").key(name), "has rules that are never looked at: `hide` hides it");
    }
    file.hide.iter().map(|name| Pattern(name.clone())).collect()
}

/// A tool whose name no tool may have here is refused whatever the policy says, so its rule goes.
pub(super) fn drop_impossible_names(document: &mut Document, warnings: &mut Vec<Invalid>) {
    let Err(errors) = Policy::parse(document.written().as_bytes()) else { return };
    for Invalid { pointer, message } in errors {
        let name = pointer.as_str().strip_prefix("/tools/").map(|name| name.replace("~1", "/").replace("~0", "~"));
        if let Some(name) = name.filter(|name| !is_tool_name(name))
            && document.tools.remove(&Named(name)).is_some()
        {
            warnings.push(Invalid { pointer, message: format!("{message}; the gateway refuses such a call always") });
        }
    }
}
