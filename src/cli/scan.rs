//! `tollgate scan`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::files;
use super::origin::{Answered, Asking, ask};
use super::report::{Exit, Failure, Report};
use super::server::Names;
use super::terminal::{Lines, columns, counted, plain};
use crate::catalogue::risk::{Assessment, Evidence, Risk, Source};
use crate::catalogue::{Catalogue, Item, Starter, starter};
use crate::wire::ListKind;

/// Ask an MCP server what it offers, say how dangerous each of it is, and write a policy to start from.
///
/// Each tool, resource, template and prompt gets a category (Read, Write, Destructive, Execute, Financial) and a risk (Low,
/// Medium, High, Critical), with the words of the server that show it. The annotations of a tool are the server's hints
/// about itself: they may raise its risk, and lower nothing that its name, arguments or description show.
///
/// The policy denies by default, allows what reads, limits what writes or runs code, and denies what destroys, moves money,
/// may expose secrets or says nothing of what it does. Nothing of the server is called or read: it is asked for its lists.
#[derive(Args)]
#[command(
    after_help = "Example:\n  tollgate scan http://127.0.0.1:8000/mcp --out policy.json --catalogue-out catalogue.json"
)]
pub(super) struct Scan {
    /// The MCP endpoint of the server.
    url: String,
    #[command(flatten)]
    asking: Asking,
    /// Write the policy into this file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the catalogue into this file, for `tollgate check --catalogue`.
    #[arg(long, value_name = "FILE")]
    catalogue_out: Option<PathBuf>,
    /// Overwrite files that are there already.
    #[arg(long)]
    force: bool,
}

impl Scan {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        for path in [&self.out, &self.catalogue_out].into_iter().flatten() {
            // Before the server is asked, which may take long.
            if !self.force && path.exists() {
                let message = format!("`{}` exists already. Name another file, or say --force.", path.display());
                return Err(Failure::out_of_reach(message));
            }
        }
        let answered = ask(&self.url, &Names::default(), &self.asking, context)?;
        let starter = starter(&answered.catalogue);
        let policy = starter.document.written();
        self.write(self.out.as_deref(), &policy)?;
        self.write(self.catalogue_out.as_deref(), &answered.catalogue.document())?;
        Ok(Report {
            text: self.text(&answered, &starter, &policy, context),
            beside: String::new(),
            json: self.json(&answered, &starter).into(),
            exit: Exit::Fine,
        })
    }

    fn write(&self, path: Option<&Path>, text: &str) -> Result<(), Failure> {
        path.map_or(Ok(()), |path| files::write(path, text, self.force))
    }

    fn text(&self, answered: &Answered, starter: &Starter, policy: &str, context: &Context) -> String {
        let catalogue = &answered.catalogue;
        let count = |kind, noun| counted(catalogue.of(kind).count(), noun);
        let name = if answered.name.is_empty() { String::new() } else { format!("{}, ", answered.name) };
        let mut text = Lines::default();
        text.line(format!(
            "{} ({name}MCP {}): {}, {}, {}, {}.",
            self.url,
            answered.revision,
            count(ListKind::Tools, "tool"),
            count(ListKind::Resources, "resource"),
            count(ListKind::ResourceTemplates, "resource template"),
            count(ListKind::Prompts, "prompt"),
        ));
        for (kind, head) in HEADS {
            text.text(&table(catalogue, kind, head, context));
        }
        for dropped in &starter.dropped {
            let (name, kind) = (plain(&dropped.name), context.paint.yellow("no rule:"));
            text.line(format!("\n{kind} `{name}` {}. It stays refused.", dropped.why));
        }
        if let Some(path) = &self.out {
            text.line(format!("\nThe policy to start from is in `{}`.", path.display()));
        } else {
            text.line(format!("\n{}\n", context.paint.bold("A policy to start from:")));
            text.text(policy);
        }
        if let Some(path) = &self.catalogue_out {
            text.line(format!("The catalogue is in `{}`.", path.display()));
        }
        text.into_text()
    }

    fn json(&self, answered: &Answered, starter: &Starter) -> Value {
        let mut json = json!({
            "url": self.url,
            "name": answered.name,
            "revision": answered.revision,
            "policy": starter.document,
            "dropped": starter.dropped.iter().map(|dropped| json!({ "name": dropped.name, "why": dropped.why })).collect::<Vec<_>>(),
        });
        if let Some(fields) = json.as_object_mut() {
            let list = |kind: ListKind| answered.catalogue.of(kind).map(item).collect::<Value>();
            fields.extend(HEADS.map(|(kind, _)| (kind.items().to_owned(), list(kind))));
        }
        json
    }
}

const HEADS: [(ListKind, &str); 4] = [
    (ListKind::Tools, "TOOL"),
    (ListKind::Resources, "RESOURCE"),
    (ListKind::ResourceTemplates, "RESOURCE TEMPLATE"),
    (ListKind::Prompts, "PROMPT"),
];

fn item(item: &Item) -> Value {
    let Assessment { category, risk, evidence } = item.assess();
    let evidence = evidence
        .iter()
        .map(|one| json!({ "source": one.source.name(), "quote": one.quote, "shows": one.shows.to_string() }));
    json!({
        "name": item.name,
        "category": category.name(),
        "risk": risk.name(),
        "evidence": evidence.collect::<Vec<_>>(),
    })
}

fn table(catalogue: &Catalogue, kind: ListKind, head: &str, context: &Context) -> String {
    let mut items: Vec<_> = catalogue.of(kind).map(|item| (item, item.assess())).collect();
    if items.is_empty() {
        return String::new();
    }
    items.sort_by(|(left, is), (right, other)| other.risk.cmp(&is.risk).then(left.name.cmp(&right.name)));
    let paint = context.paint;
    let head = [head, "CATEGORY", "RISK", "WHY"].map(|word| paint.dim(word)).to_vec();
    let rows = items.iter().map(|(item, assessment)| {
        let risk = match assessment.risk {
            Risk::Low => assessment.risk.name().to_owned(),
            Risk::Medium => paint.bold(assessment.risk.name()),
            Risk::High => paint.yellow(assessment.risk.name()),
            Risk::Critical => paint.red(assessment.risk.name()),
        };
        vec![plain(&item.name), assessment.category.name().to_owned(), risk, why(assessment, kind)]
    });
    format!("\n{}", columns(&[head].into_iter().chain(rows).collect::<Vec<_>>()))
}

/// The weightiest evidence of each kind, and what it shows.
fn why(assessment: &Assessment, kind: ListKind) -> String {
    let mut shown: Vec<&Evidence> = Vec::new();
    for evidence in &assessment.evidence {
        if !shown.iter().any(|other| other.shows == evidence.shows) {
            shown.push(evidence);
        }
    }
    let parts: Vec<_> = shown.iter().map(|evidence| format!("{}: {}", evidence.shows, quoted(evidence))).collect();
    match (parts.is_empty(), kind) {
        (false, _) => parts.join("; "),
        (true, ListKind::Tools) => "nothing says what it does".to_owned(),
        (true, ListKind::Resources | ListKind::ResourceTemplates) => "a resource is read".to_owned(),
        (true, ListKind::Prompts) => "a prompt is a text".to_owned(),
    }
}

fn quoted(evidence: &Evidence) -> String {
    let quote = plain(&evidence.quote);
    match evidence.source {
        Source::Name => format!("`{quote}` in its name"),
        Source::Schema => format!("its argument `{quote}`"),
        Source::Description => format!("“{quote}”"),
        Source::Annotation => format!("its hint `{quote}`"),
    }
}
