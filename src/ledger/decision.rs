//! What is written down of a decision.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Millis;

/// A decision about one metered call, as the gateway hands it to the ledger and the ledger writes it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision<'d> {
    /// The id under which the request is found again: 16 hexadecimal digits.
    pub request_id: Cow<'d, str>,
    /// The server's name.
    pub server: Cow<'d, str>,
    /// The method of MCP.
    pub method: Cow<'d, str>,
    /// The tool.
    pub tool: Cow<'d, str>,
    /// The rule that allowed it, if its limits have room.
    pub rule: Cow<'d, str>,
    /// The policy's name.
    pub policy: Cow<'d, str>,
    /// The version of the policy, empty if there is none.
    pub stamp: Cow<'d, str>,
    /// The keys of the arguments, a JSON array in the order in which they were sent.
    pub argument_keys: Cow<'d, str>,
    /// The SHA-256 of the arguments in their canonical form, as 64 lower-case hexadecimal digits.
    pub arguments_sha256: Cow<'d, str>,
}

/// What stands in the column `ruling`. Calls that are refused are not written here.
const ALLOWED: &str = "allow";

impl Decision<'_> {
    /// The row of the table `decisions`: the `seq`th decision, made at `at`, with the `charges` that were admitted (a JSON
    /// array).
    pub fn row<'r>(&'r self, seq: u64, at: Millis, charges: &'r str) -> impl Serialize + 'r {
        let Self { request_id, server, method, tool, rule, policy, stamp, argument_keys, arguments_sha256 } = self;
        (
            seq,
            at,
            request_id,
            server,
            method,
            tool,
            ALLOWED,
            rule,
            policy,
            stamp,
            argument_keys,
            arguments_sha256,
            charges,
        )
    }
}
