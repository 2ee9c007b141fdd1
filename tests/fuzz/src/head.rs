//! The request headers of an input: its first three bytes choose among values that are worth trying.

use tollgate::wire::Head;

use crate::base64;
use crate::lax::Lax;

/// Headers as they were sent.
pub struct Sent {
    version: Option<String>,
    method: Option<String>,
    name: Option<String>,
}

impl Sent {
    /// The headers that `choice` stands for, each byte counting from `0`, over what a lax reader sees in the body.
    #[must_use]
    pub fn chosen(choice: [u8; 3], body: Option<&Lax>) -> Self {
        let [version, method, name] = choice.map(|byte| usize::from(byte.wrapping_sub(b'0')));
        let said = |key| body.and_then(|body| body.last(key));
        let in_params = |key| said("params").and_then(|params| params.last(key)).and_then(Lax::as_str);
        let subject = in_params("name").or(in_params("uri")).unwrap_or_default();
        let encoded = base64::encode(subject.as_bytes());
        let versions = [
            None,
            Some("2026-07-28"),
            Some("2025-11-25"),
            Some("2025-06-18"),
            Some("2025-03-26"),
            Some("2024-11-05"),
            Some("2026-07-28, 2025-11-25"),
            Some("2026-07-28 "),
            Some("1999-01-01"),
            Some(""),
        ];
        let methods = [
            None,
            said("method").and_then(Lax::as_str),
            Some("tools/list"),
            Some("tools/call"),
            Some("Tools/Call"),
            Some("tools/list, tools/call"),
        ];
        let names = [
            None,
            Some(subject.to_owned()),
            Some(format!("=?base64?{encoded}?=")),
            Some(format!("=?base64?{}?=", encoded.trim_end_matches('='))),
            Some(format!("=?BASE64?{encoded}?=")),
            Some(format!(" {subject} ")),
            Some(format!("{subject}, {subject}")),
            Some("list_apps".to_owned()),
        ];
        Self {
            version: versions[version % versions.len()].map(str::to_owned),
            method: methods[method % methods.len()].map(str::to_owned),
            name: names[name % names.len()].clone(),
        }
    }

    #[must_use]
    pub fn head(&self) -> Head<'_> {
        Head { version: self.version.as_deref(), method: self.method.as_deref(), name: self.name.as_deref() }
    }
}
