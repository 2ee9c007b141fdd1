//! How dangerous a tool, resource or prompt is, by what the origin says of it: the same answer each time, with the evidence.
//!
//! Four sources are read: the words of the name, the arguments in the schema, the description, and the annotations. Each
//! piece of evidence [`Shows`] something. From all of it together:
//!
//! - The **category** is the first of Financial, Execute, Destructive, Write, Read that something shows. Financial goes first
//!   since `execute_payment` moves money; Execute goes before Destructive since what runs code can also destroy.
//! - The **risk** is the highest that any evidence stands for: reading is low, writing medium, running code high,
//!   destroying and moving money critical; what may expose secrets or writes where an argument says is at least high.
//! - An annotation is a hint of the origin's about itself. `readOnlyHint: true` shows reading, which anything else outweighs;
//!   `destructiveHint: true` makes a tool destructive, unless it runs code, which is as much as the hint then says.
//! - What shows nothing at all may do anything: it is taken for writing, at high risk.

mod description;
mod name;
mod schema;
mod words;

use std::fmt;

use super::Item;
use crate::wire::ListKind;

/// What kind of thing it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// It reads.
    Read,
    /// It changes something, in a way that can be changed back.
    Write,
    /// It destroys something.
    Destructive,
    /// It runs code or commands.
    Execute,
    /// It moves money.
    Financial,
}

/// How much harm it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// What is read is meant to be read.
    Low,
    /// What is done can be undone.
    Medium,
    /// It reaches further than its name says.
    High,
    /// What is done cannot be undone.
    Critical,
}

/// What was found about an item, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Where it stands.
    pub source: Source,
    /// The words, as the origin wrote them.
    pub quote: String,
    /// What they show.
    pub shows: Shows,
}

/// Where evidence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// In the name, the URI or the template.
    Name,
    /// In the schema of the arguments: the name of one.
    Schema,
    /// In the description.
    Description,
    /// In the annotations.
    Annotation,
}

/// What evidence shows, in the order of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// It reads.
    Reads,
    /// It writes.
    Writes,
    /// It writes to a file that an argument names.
    Files,
    /// What it reads or makes may be a secret.
    Secrets,
    /// It destroys.
    Destroys,
    /// It runs code.
    Executes,
    /// It moves money.
    MovesMoney,
}

/// How dangerous an item is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// What kind of thing it does.
    pub category: Category,
    /// How much harm it can do.
    pub risk: Risk,
    /// Why, the weightiest first. Empty if nothing says what it does.
    pub evidence: Vec<Evidence>,
}

impl Assessment {
    /// Whether something shows this.
    pub fn shows(&self, what: Shows) -> bool {
        self.evidence.iter().any(|evidence| evidence.shows == what)
    }
}

/// How dangerous `item` is.
pub(super) fn assess(item: &Item) -> Assessment {
    match item.kind {
        ListKind::Tools => weigh(tool(item), (Category::Write, Risk::High)),
        // Resources are only ever read, and prompts only ever worded. Neither says so, and neither need.
        ListKind::Resources | ListKind::ResourceTemplates | ListKind::Prompts => {
            let evidence = name::secrets(&item.name).into_iter().chain(description::secrets(&item.description));
            weigh(evidence.collect(), (Category::Read, Risk::Low))
        }
    }
}

fn tool(item: &Item) -> Vec<Evidence> {
    let mut evidence = name::evidence(&item.name);
    evidence.extend(item.input_schema.as_ref().map(schema::evidence).unwrap_or_default());
    evidence.extend(description::evidence(&item.description));
    let hint = |name: &str, shows| Evidence { source: Source::Annotation, quote: format!("{name}: true"), shows };
    if item.hints.destructive == Some(true) && item.hints.read_only != Some(true) {
        evidence.push(hint("destructiveHint", Shows::Destroys));
    }
    if item.hints.read_only == Some(true) {
        evidence.push(hint("readOnlyHint", Shows::Reads));
    }
    let found = |evidence: &[Evidence], shows| evidence.iter().any(|one| one.shows == shows);
    let changes = [Shows::Writes, Shows::Destroys, Shows::MovesMoney].into_iter().any(|shows| found(&evidence, shows));
    // An argument that names a file is nothing to a tool that only reads it.
    evidence.retain(|one| one.shows != Shows::Files || changes);
    // That a password is spoken of says little about a tool that does not read one out.
    let only_reads = found(&evidence, Shows::Reads) && !changes && !found(&evidence, Shows::Executes);
    if only_reads {
        evidence.extend(description::secrets(&item.description));
    }
    evidence
}

/// The assessment that `evidence` makes, or `otherwise` where it is none of what an item does.
fn weigh(mut evidence: Vec<Evidence>, otherwise: (Category, Risk)) -> Assessment {
    evidence.sort_by(|left, right| right.shows.cmp(&left.shows).then(left.source.cmp(&right.source)));
    evidence.dedup();
    let executes = evidence.iter().any(|one| one.shows == Shows::Executes);
    let risk = evidence.iter().map(|one| match (one.shows, one.source) {
        (Shows::Reads, _) => Risk::Low,
        (Shows::Writes, _) => Risk::Medium,
        (Shows::Destroys, Source::Annotation) if executes => Risk::High,
        (Shows::Files | Shows::Secrets | Shows::Executes, _) => Risk::High,
        (Shows::Destroys | Shows::MovesMoney, _) => Risk::Critical,
    });
    let category = evidence.iter().filter_map(|one| match one.shows {
        Shows::Secrets => None,
        Shows::Reads => Some(Category::Read),
        Shows::Writes | Shows::Files => Some(Category::Write),
        Shows::Destroys => Some(Category::Destructive),
        Shows::Executes => Some(Category::Execute),
        Shows::MovesMoney => Some(Category::Financial),
    });
    let (category, risk) = match (category.max(), risk.max()) {
        (Some(category), Some(risk)) => (category, risk),
        (_, highest) => (otherwise.0, highest.map_or(otherwise.1, |risk| risk.max(otherwise.1))),
    };
    Assessment { category, risk, evidence }
}

impl Category {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Destructive => "Destructive",
            Self::Execute => "Execute",
            Self::Financial => "Financial",
        }
    }
}

impl Risk {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

impl Source {
    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Schema => "schema",
            Self::Description => "description",
            Self::Annotation => "annotation",
        }
    }
}

/// `runs code`, after "which".
impl fmt::Display for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Files => "names a file to write",
            Self::Secrets => "may expose secrets",
            Self::Destroys => "destroys",
            Self::Executes => "runs code",
            Self::MovesMoney => "moves money",
        })
    }
}
