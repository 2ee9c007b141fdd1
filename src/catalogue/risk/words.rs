//! The words that show what a tool does.

use super::Shows;

/// Words that are verbs wherever they stand in a name: `search_delete_index` deletes.
const SURE: [(Shows, &[&str]); 3] = [
    (Shows::Executes, &["execute", "exec", "eval", "evaluate"]),
    (
        Shows::Destroys,
        &[
            "clear",
            "delete",
            "destroy",
            "erase",
            "flush",
            "purge",
            "remove",
            "revoke",
            "rm",
            "rmdir",
            "terminate",
            "truncate",
            "uninstall",
            "unlink",
            "wipe",
        ],
    ),
    (
        Shows::Writes,
        &[
            "append",
            "create",
            "edit",
            "insert",
            "modify",
            "overwrite",
            "rename",
            "replace",
            "update",
            "upload",
            "upsert",
            "write",
        ],
    ),
];

/// Words that are verbs where no verb stands before them: a run, a charge, a post are things too (`get_run`).
const FIRST: [(Shows, &[&str]); 5] = [
    (
        Shows::MovesMoney,
        &["buy", "charge", "deposit", "pay", "payout", "purchase", "refund", "reimburse", "sell", "withdraw"],
    ),
    (Shows::Executes, &["call", "deploy", "install", "invoke", "launch", "run", "spawn", "trigger"]),
    (
        Shows::Destroys,
        &["cancel", "clean", "cleanup", "drop", "expire", "forget", "kill", "prune", "reset", "rollback", "shutdown"],
    ),
    (
        Shows::Writes,
        &[
            "accept",
            "add",
            "apply",
            "approve",
            "archive",
            "assign",
            "attach",
            "book",
            "cast",
            "change",
            "checkout",
            "click",
            "clone",
            "close",
            "comment",
            "commit",
            "configure",
            "copy",
            "deactivate",
            "detach",
            "disable",
            "download",
            "drag",
            "enable",
            "export",
            "fill",
            "fork",
            "generate",
            "grant",
            "import",
            "index",
            "invite",
            "join",
            "label",
            "leave",
            "link",
            "load",
            "lock",
            "make",
            "merge",
            "migrate",
            "move",
            "navigate",
            "notify",
            "open",
            "patch",
            "post",
            "press",
            "publish",
            "push",
            "put",
            "react",
            "register",
            "reject",
            "reply",
            "restart",
            "restore",
            "rotate",
            "save",
            "schedule",
            "send",
            "set",
            "share",
            "start",
            "stop",
            "store",
            "submit",
            "subscribe",
            "sync",
            "tag",
            "toggle",
            "transfer",
            "type",
            "unlock",
            "unsubscribe",
        ],
    ),
    (
        Shows::Reads,
        &[
            "analyse",
            "analyze",
            "browse",
            "cat",
            "check",
            "compare",
            "count",
            "describe",
            "diff",
            "explain",
            "fetch",
            "find",
            "get",
            "grep",
            "inspect",
            "introspect",
            "list",
            "lookup",
            "ls",
            "peek",
            "ping",
            "preview",
            "query",
            "read",
            "resolve",
            "retrieve",
            "return",
            "search",
            "select",
            "show",
            "stat",
            "summarise",
            "summarize",
            "validate",
            "verify",
            "view",
            "whoami",
        ],
    ),
];

/// What a tool runs whose name has no verb: `shell`, `python`.
pub(super) const INTERPRETERS: [&str; 10] =
    ["bash", "cmd", "command", "console", "javascript", "powershell", "python", "repl", "shell", "terminal"];

/// What is moved when something is done to it that is not reading.
pub(super) const MONEY: [&str; 14] = [
    "billing", "charge", "charges", "funds", "invoice", "invoices", "money", "payment", "payments", "payout",
    "payouts", "payroll", "refund", "refunds",
];

/// What holds secrets, or is one.
pub(super) const SECRETS: [&str; 20] = [
    "apikey",
    "config",
    "configs",
    "configuration",
    "credential",
    "credentials",
    "dotenv",
    "env",
    "environ",
    "keychain",
    "passphrase",
    "password",
    "passwords",
    "secret",
    "secrets",
    "setting",
    "settings",
    "token",
    "tokens",
    "vault",
];

/// What `word` shows wherever it stands in a name.
pub(super) fn sure_verb(word: &str) -> Option<Shows> {
    among(&SURE, word)
}

/// What `word` shows if it is the verb.
pub(super) fn verb(word: &str) -> Option<Shows> {
    sure_verb(word).or_else(|| among(&FIRST, word))
}

fn among(table: &[(Shows, &[&str])], word: &str) -> Option<Shows> {
    table.iter().find(|(_, words)| words.contains(&word)).map(|(shows, _)| *shows)
}
