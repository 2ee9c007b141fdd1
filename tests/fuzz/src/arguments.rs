//! Mirrored arguments: what an origin's schemas may have us write into header fields, and which fields agree.
//!
//! An input is one object: `answer`, the origin's to `tools/list`; `tool` and `arguments` of a call; the fields `sent`.

use tollgate::wire::json::parse;
use tollgate::wire::{Page, decode_mirrored};

use crate::lax::Lax;

/// # Panics
/// If a field is written that is none, or that says something else than the argument.
pub fn check(text: &str) {
    let (Ok(node), Some(lax)) = (parse(text.as_bytes()), Lax::read(text.as_bytes())) else { return };
    let said = |key| node.as_object().and_then(|object| object.get(key));
    let Some(page) = said("answer").and_then(|answer| Page::read(answer.text)) else { return };
    let Some(tool) = said("tool").and_then(|tool| tool.as_str()) else { return };
    let Some(arguments) = said("arguments").and_then(|arguments| arguments.as_object()) else { return };
    let sent = |field: &str| lax.last("sent")?.last(field)?.as_str().map(str::to_owned);
    let Ok(fields) = page.tools.mirrored(tool, arguments, sent) else { return };

    let mut names: Vec<String> = fields.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "one field twice: {names:?}");
    for (name, value) in &fields {
        let header = name.strip_prefix("Mcp-Param-").expect("a field of a parameter");
        assert!(!header.is_empty() && header.bytes().all(is_token_byte), "{name:?} is no field name");
        assert!(value.bytes().all(|byte| (0x20..=0x7e).contains(&byte)), "{value:?} is no field value");
        let mirrored = decode_mirrored(value).expect("what we wrote ourselves");
        assert!(
            schemas(&lax, tool).iter().any(|schema| says(schema, lax.last("arguments"), header, &mirrored)),
            "no argument says {name}: {mirrored:?}"
        );
    }
    let ours = |field: &str| fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
    assert_eq!(page.tools.mirrored(tool, arguments, ours).as_ref(), Ok(&fields), "we do not agree with ourselves");
}

/// The schemas of the tools of this name.
fn schemas<'l>(lax: &'l Lax, tool: &str) -> Vec<&'l Lax> {
    let result = lax.last("answer").and_then(|answer| answer.last("result"));
    let tools = result.and_then(|result| result.last("tools")).and_then(Lax::as_array).unwrap_or_default();
    let named = tools.iter().filter(|item| item.last("name").and_then(Lax::as_str) == Some(tool));
    named.filter_map(|item| item.last("inputSchema")).collect()
}

/// Whether an argument under a property annotated with `header` is `mirrored`.
fn says(schema: &Lax, argument: Option<&Lax>, header: &str, mirrored: &str) -> bool {
    let text = match argument {
        Some(Lax::String(text)) => Some(text.clone()),
        Some(Lax::Bool(truth)) => Some(truth.to_string()),
        // Its spelling is lost here; that it is the number is enough.
        Some(Lax::Number(number)) => {
            mirrored.parse().ok().filter(|said: &f64| close(*said, number.as_f64())).map(|_| mirrored.to_owned())
        }
        _ => None,
    };
    let here = schema.last("x-mcp-header").and_then(Lax::as_str) == Some(header) && text.as_deref() == Some(mirrored);
    let below = match schema.last("properties") {
        Some(Lax::Object(properties)) => properties.as_slice(),
        _ => &[],
    };
    here || below
        .iter()
        .any(|(key, schema)| says(schema, argument.and_then(|argument| argument.last(key)), header, mirrored))
}

fn close(ours: f64, theirs: Option<f64>) -> bool {
    theirs.is_some_and(|theirs| (ours - theirs).abs() <= ours.abs() * 1e-15 || ours.abs() < 1e-300)
}

/// RFC 9110, section 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
