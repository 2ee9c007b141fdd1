//! One ledger, its six entries, and an export of them.

use tollgate::audit::{Fault, Heads, Verdict, Verifier};
use tollgate::ledger::{ChainKeys, ExportLine, Link, Millis};
use tollgate::wire::seal::SealKeys;

pub(super) const FIRST: &str = "k1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
pub(super) const BOTH: &str =
    "k2.ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8,k1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

pub(super) const LEDGER: &str = "g_3f9a1c20b7d84e65";

/// Made by another program than this one: entries 1 to 3 under the key `k1`, then `k2` has come.
pub(super) const EXPORT: &str = include_str!("export.ndjson");

pub(super) const EXPORTED_AT: Millis = Millis(1_790_000_090_000);

pub(super) fn keys(secret: &str) -> ChainKeys {
    ChainKeys::of(SealKeys::parse(secret).unwrap().derived(ChainKeys::PURPOSE).unwrap()).unwrap()
}

pub(super) fn entries() -> Vec<&'static str> {
    include_str!("entries.ndjson").lines().collect()
}

/// `entries` as `ledger` exports them: those up to `unchained` are older than the chain, and what begins is the mark of
/// the entry `after`.
pub(super) fn export(keys: &ChainKeys, ledger: &str, entries: &[&str], unchained: u64, after: u64) -> String {
    let mut mac = keys.anchor(ledger);
    let mut lines = Vec::new();
    let mark = |seq: u64, mac: &Link| keys.mark(ledger, seq, mac.clone(), EXPORTED_AT);
    for (seq, text) in (1..).zip(entries) {
        if seq == after + 1 {
            lines = vec![ExportLine::Begin(mark(after, &mac))];
        }
        let covered = seq > unchained;
        if covered {
            mac = keys.link(&mac, text);
        }
        lines.push(ExportLine::Entry { mac: covered.then(|| mac.clone()), text });
    }
    lines.push(ExportLine::End(mark(entries.len() as u64, &mac)));
    written(&lines)
}

/// Lines, each with its newline.
pub(super) fn written<L: ToString>(lines: &[L]) -> String {
    lines.iter().flat_map(|line| [line.to_string(), "\n".to_owned()]).collect()
}

pub(super) fn verdict(export: &[u8]) -> Verdict {
    beside(export, None)
}

/// What is found beside a log.
pub(super) fn beside(export: &[u8], log: Option<&str>) -> Verdict {
    let keys = keys(BOTH);
    let mut verifier = Verifier::new(&keys);
    let mut lines: Vec<&[u8]> = export.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    for (number, line) in lines.into_iter().enumerate() {
        verifier.read(line);
        if let (0, Some(log), Some(ledger)) = (number, log, verifier.ledger()) {
            let mut heads = Heads::of(ledger);
            for (number, line) in log.lines().enumerate() {
                heads.note(line.as_bytes(), || format!("log:{}", number + 1));
            }
            verifier.agree_with(heads);
        }
    }
    verifier.finish()
}

/// Lines and faults.
pub(super) fn found(verdict: &Verdict) -> Vec<(u64, Fault)> {
    verdict.findings.iter().map(|finding| (finding.line, finding.fault.clone())).collect()
}
