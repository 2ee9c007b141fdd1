//! The parameters of governed requests: what each of them names.

use std::borrow::Cow;

use super::fold::{REFERENCE, SUBSCRIPTIONS};
use super::json::{self, Node, Object};
use super::message::{Asked, Open, Subject};
use super::method::Governed;
use super::name::ToolName;
use super::refused::Refused;
use super::uri::is_resource_uri;

/// What a governed request asks for, by its parameters.
pub(super) fn asked(governed: Governed, mut params: Object<'_>) -> Result<Asked<'_>, Refused> {
    let subject = match governed {
        Governed::Call => Subject::Tool { name: tool_name(&params)?, arguments: arguments(&mut params)? },
        Governed::Prompt => Subject::Prompt { name: tool_name(&params)?, arguments: Some(arguments(&mut params)?) },
        Governed::Resource => Subject::Resources { uris: vec![uri(string(&params, "uri")?)?] },
        Governed::Completion => completed(&params)?,
        Governed::Listen => {
            let uris = subscriptions(&params)?;
            if uris.is_empty() {
                return Ok(Asked::Open(Open::HERE));
            }
            Subject::Resources { uris }
        }
    };
    Ok(Asked::Judged(subject))
}

/// What `completion/complete` completes the arguments of.
fn completed<'a>(params: &Object<'a>) -> Result<Subject<'a>, Refused> {
    let reference =
        params.get("ref").and_then(Node::as_object).ok_or_else(|| Refused::params("`params.ref` must be an object"))?;
    Refused::imitations(reference, REFERENCE)?;
    match string(reference, "type")?.as_ref() {
        "ref/prompt" => Ok(Subject::Prompt { name: tool_name(reference)?, arguments: None }),
        "ref/resource" => template(string(reference, "uri")?),
        other => Err(Refused::params(format!("Unknown reference type {}", json::quote(other)))),
    }
}

fn string<'a>(object: &Object<'a>, key: &str) -> Result<Cow<'a, str>, Refused> {
    object
        .get(key)
        .and_then(Node::as_string)
        .cloned()
        .ok_or_else(|| Refused::params(format!("`{key}` must be a string")))
}

/// A URI that every reader understands alike.
fn uri(uri: Cow<'_, str>) -> Result<Cow<'_, str>, Refused> {
    if is_resource_uri(&uri) {
        Ok(uri)
    } else {
        Err(Refused::params("`uri` must be absolute, with no `?`, `#`, `..`, and no escape of what separates"))
    }
}

/// A completion may name a template: a URI in which `{name}` and `{name*}` stand for segments.
fn template(template: Cow<'_, str>) -> Result<Subject<'_>, Refused> {
    let mut parts = template.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (variable, behind) = part.split_once('}').ok_or_else(|| Refused::params("`uri` has a `{` too many"))?;
        let name = variable.strip_suffix('*').unwrap_or(variable);
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Refused::params("a variable of `uri` is `{name}` or `{name*}`"));
        }
        plain.push_str(name);
        plain.push_str(behind);
    }
    if plain.contains('}') {
        return Err(Refused::params("`uri` has a `}` too many"));
    }
    let is_exact = plain.len() == template.len();
    uri(Cow::Owned(plain))?;
    Ok(if is_exact { Subject::Resources { uris: vec![template] } } else { Subject::Template { uri: template } })
}

fn tool_name<'a>(object: &Object<'a>) -> Result<ToolName<'a>, Refused> {
    ToolName::read(string(object, "name")?)
        .ok_or_else(|| Refused::params("`name` must be 1 to 128 characters of A-Z a-z 0-9 _ . -"))
}

/// The arguments, taken out of the parameters: they may be large. Absent ones are none.
fn arguments<'a>(params: &mut Object<'a>) -> Result<Object<'a>, Refused> {
    match params.take("arguments") {
        None => Ok(Object::default()),
        Some(node) => node.into_object().ok_or_else(|| Refused::params("`arguments` must be an object")),
    }
}

/// The resources that `subscriptions/listen` subscribes to.
fn subscriptions<'a>(params: &Object<'a>) -> Result<Vec<Cow<'a, str>>, Refused> {
    let malformed = || Refused::params("`notifications.resourceSubscriptions` must be an array of URIs");
    let Some(wanted) = params.get("notifications") else { return Ok(Vec::new()) };
    let wanted = wanted.as_object().ok_or_else(|| Refused::params("`notifications` must be an object"))?;
    Refused::imitations(wanted, SUBSCRIPTIONS)?;
    let Some(uris) = wanted.get("resourceSubscriptions") else { return Ok(Vec::new()) };
    uris.as_array()
        .ok_or_else(malformed)?
        .iter()
        .map(|node| node.as_string().cloned().ok_or_else(malformed).and_then(uri))
        .collect()
}
