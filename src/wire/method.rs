//! The one table of methods: who may send what, in which era. A method that is not in it is refused.

use super::era::Era;
use super::list::ListKind;

/// What a method is to the gateway, and so which part of its parameters is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A request that names nothing a policy governs.
    Open,
    /// A request whose answer is a list, to be filtered.
    List(ListKind),
    /// A request that names something a policy governs.
    Governed(Governed),
    /// A notification.
    Notification,
}

/// How a governed request names its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Governed {
    /// `tools/call`: by `name`.
    Call,
    /// A request about one resource: by `uri`.
    Resource,
    /// `prompts/get`: by `name`.
    Prompt,
    /// `completion/complete`: by `ref`, the prompt or resource that it completes.
    Completion,
    /// `subscriptions/listen`: by each resource that it subscribes to.
    Listen,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) role: Role,
    eras: Eras,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eras {
    Legacy,
    Modern,
    Both,
}

const fn row(name: &'static str, role: Role, eras: Eras) -> Method {
    Method { name, role, eras }
}

/// Requests and notifications that agents send (MCP 2024-11-05 to 2025-11-25: Lifecycle, Server Features, Utilities;
/// 2026-07-28: changelog). Tasks are not carried, in neither of their forms.
const TABLE: [Method; 20] = [
    row("tools/call", Role::Governed(Governed::Call), Eras::Both),
    row("tools/list", Role::List(ListKind::Tools), Eras::Both),
    row("initialize", Role::Open, Eras::Legacy),
    row("ping", Role::Open, Eras::Legacy),
    row("logging/setLevel", Role::Open, Eras::Legacy),
    row("server/discover", Role::Open, Eras::Modern),
    row("resources/list", Role::List(ListKind::Resources), Eras::Both),
    row("resources/templates/list", Role::List(ListKind::ResourceTemplates), Eras::Both),
    row("resources/read", Role::Governed(Governed::Resource), Eras::Both),
    row("resources/subscribe", Role::Governed(Governed::Resource), Eras::Legacy),
    row("resources/unsubscribe", Role::Governed(Governed::Resource), Eras::Legacy),
    row("prompts/list", Role::List(ListKind::Prompts), Eras::Both),
    row("prompts/get", Role::Governed(Governed::Prompt), Eras::Both),
    row("completion/complete", Role::Governed(Governed::Completion), Eras::Both),
    row("subscriptions/listen", Role::Governed(Governed::Listen), Eras::Modern),
    row("notifications/initialized", Role::Notification, Eras::Legacy),
    row("notifications/cancelled", Role::Notification, Eras::Legacy),
    row("notifications/progress", Role::Notification, Eras::Legacy),
    row("notifications/message", Role::Notification, Eras::Legacy),
    row("notifications/roots/list_changed", Role::Notification, Eras::Legacy),
];

impl Method {
    /// The row of `name` in `era`.
    pub(super) fn find(name: &str, era: Era) -> Option<Self> {
        TABLE.into_iter().find(|method| method.name == name && method.eras.include(era))
    }

    /// Whether the modern era mirrors the name or URI of this method in `Mcp-Name`.
    pub(super) fn mirrors_name(self) -> bool {
        matches!(self.role, Role::Governed(Governed::Call | Governed::Prompt | Governed::Resource))
    }
}

impl Eras {
    fn include(self, era: Era) -> bool {
        match self {
            Self::Both => true,
            Self::Legacy => era == Era::Legacy,
            Self::Modern => era == Era::Modern,
        }
    }
}

/// What a message that the origin begins is to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FromOrigin {
    /// A request of the agent, in the legacy era.
    Request,
    /// A notification.
    Notification,
    /// `notifications/cancelled`, which names a request.
    Cancelled,
    /// `notifications/resources/updated`, which names a resource.
    ResourceUpdated,
}

/// The row of `method` among what origins begin; what is in no row does not reach the agent.
pub(super) fn from_origin(method: &str) -> Option<FromOrigin> {
    match method {
        "sampling/createMessage" | "elicitation/create" | "roots/list" | "ping" => Some(FromOrigin::Request),
        "notifications/message"
        | "notifications/progress"
        | "notifications/tools/list_changed"
        | "notifications/prompts/list_changed"
        | "notifications/resources/list_changed"
        | "notifications/elicitation/complete"
        | "notifications/subscriptions/acknowledged" => Some(FromOrigin::Notification),
        "notifications/cancelled" => Some(FromOrigin::Cancelled),
        "notifications/resources/updated" => Some(FromOrigin::ResourceUpdated),
        _ => None,
    }
}
