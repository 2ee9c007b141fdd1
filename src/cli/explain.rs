//! `tollgate explain`

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::context::Context;
use super::files;
use super::report::{Exit, Failure, Report};
use super::server::Names;
use super::terminal::{Lines, Paint, plain};
use crate::excerpt::excerpt;
use crate::ledger::Approver;
use crate::policy::{
    Condition, Denial, Due, Edition, Policy, Reason, Rulebook, Ruling, Truth, Violation, Witness, explain,
};
use crate::registry::Stamp;
use crate::wire::json::{Literal, Node, Object, parse};
use crate::wire::{Subject, ToolName};

/// Say what a policy makes of one call, by which rule, and what each of its conditions saw.
///
/// The ruling is the gateway's own: allow; meter, which is allowed if the limits have room; hold, which asks a person; or
/// deny. The answer is given whatever it is, so a call that is denied ends with 0 as well.
#[derive(Args)]
#[command(
    group(ArgGroup::new("subject").required(true)),
    after_help = "Examples:\n  tollgate explain policy.json --preset mcp-django --tool management_execute_command --args '{\"command\":\"check\"}'\n  tollgate explain policy.json --resource django://project/setting/SECRET_KEY"
)]
pub(super) struct Explain {
    /// The policy; - reads standard input.
    policy: PathBuf,
    /// The tool that is called, by its live name.
    #[arg(long, value_name = "NAME", group = "subject")]
    tool: Option<String>,
    /// The resource that is read.
    #[arg(long, value_name = "URI", group = "subject")]
    resource: Option<String>,
    /// The prompt that is asked for.
    #[arg(long, value_name = "NAME", group = "subject")]
    prompt: Option<String>,
    /// The arguments of the tool or the prompt, a JSON object.
    #[arg(long, value_name = "JSON", conflicts_with = "resource", default_value = "{}", hide_default_value = true)]
    args: String,
    #[command(flatten)]
    names: Names,
}

/// A condition that was judged.
struct Judged {
    pointer: String,
    condition: String,
    truth: Truth,
    saw: Vec<Saw>,
}

/// A question of a condition, and the value that it was asked of.
struct Saw {
    condition: String,
    value: Option<String>,
    truth: Truth,
}

/// Takes down what is judged.
#[derive(Default)]
struct Notes {
    judged: Vec<Judged>,
    saw: Vec<Saw>,
}

impl Witness for Notes {
    fn saw(&mut self, condition: &Condition, value: Option<&Node<'_>>, truth: Truth) {
        self.saw.push(Saw { condition: condition.to_string(), value: value.map(shown), truth });
    }

    fn judged(&mut self, condition: &Condition, truth: Truth) {
        let (pointer, condition) = (condition.pointer().to_string(), condition.to_string());
        self.judged.push(Judged { pointer, condition, truth, saw: std::mem::take(&mut self.saw) });
    }
}

impl Explain {
    pub(super) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let server = self.names.server()?;
        let document = files::read(&self.policy)?;
        let policy = Policy::parse(&document).map_err(|errors| {
            let first = errors.first().map(|error| format!("{}: {}", error.pointer, error.message)).unwrap_or_default();
            let path = self.policy.display();
            Failure::failed(format!("`{path}` is no valid policy ({first}). `tollgate check {path}` says it all."))
        })?;
        let edition = Edition::Valid(Box::new(policy), Stamp::of(&document));
        let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
        let arguments = parse(self.args.as_bytes())
            .map_err(|unreadable| Failure::usage(format!("--args is not strict JSON: {unreadable}.")))?;
        let Some(arguments) = arguments.into_object() else {
            return Err(Failure::usage("--args wants a JSON object, like '{\"command\":\"check\"}'."));
        };
        let mut notes = Notes::default();
        let subject = self.subject(arguments)?;
        let decided = explain(rulebook, &subject, &mut notes);
        let ruled = Ruled::of(&decided.ruling);
        let observed: Vec<Ruled> = decided.observed.iter().map(Ruled::denied).collect();
        let text = text(&ruled, &notes.judged, &observed, context.paint);
        let mut json = ruled.json();
        if let Some(fields) = json.as_object_mut() {
            fields.insert("conditions".to_owned(), notes.judged.iter().map(Judged::json).collect());
            fields.insert("observed".to_owned(), observed.iter().map(Ruled::json).collect());
        }
        Ok(Report { text, beside: String::new(), json: json.into(), exit: Exit::Fine })
    }

    fn subject<'s>(&'s self, arguments: Object<'s>) -> Result<Subject<'s>, Failure> {
        let name = |text: &'s str| {
            let name = ToolName::read(text.into());
            name.ok_or_else(|| {
                Failure::usage(format!("`{}` is no name: 1 to 128 characters of A-Z a-z 0-9 _ . -.", plain(text)))
            })
        };
        Ok(match (&self.tool, &self.prompt, &self.resource) {
            (Some(tool), ..) => Subject::Tool { name: name(tool)?, arguments },
            (None, Some(prompt), _) => Subject::Prompt { name: name(prompt)?, arguments: Some(arguments) },
            (None, None, uri) => Subject::Resources { uris: uri.iter().map(|uri| uri.as_str().into()).collect() },
        })
    }
}

/// A ruling in words.
struct Ruled {
    ruling: &'static str,
    rule: String,
    reason_code: Option<&'static str>,
    told: Option<String>,
    /// Where the arguments do not fit a schema, and why.
    violation: Option<Violation>,
    /// What it owes to each limit, and whether that one is enforced; of a call that asks a person, after the yes.
    limits: Vec<(String, bool)>,
    /// Who is asked, and for how many seconds.
    asks: Option<(Approver, u64)>,
}

impl Ruled {
    fn of(ruling: &Ruling<'_>) -> Self {
        let plainly = |ruling, rule: String| Self {
            ruling,
            rule,
            reason_code: None,
            told: None,
            violation: None,
            limits: Vec::new(),
            asks: None,
        };
        let limits = |dues: &[Due<'_>]| dues.iter().map(|due| (due.to_string(), due.is_enforced())).collect();
        match ruling {
            Ruling::Allow(permit) => plainly("allow", permit.rule().to_string()),
            Ruling::Hold(hold) => Self {
                ruling: "hold",
                reason_code: None,
                limits: limits(hold.dues()),
                asks: Some((hold.asks().by(), hold.asks().ttl() / 1_000)),
                ..Self::denied(&hold.refused())
            },
            Ruling::Deny(denial) => Self::denied(denial),
            Ruling::Meter(meter) => Self { limits: limits(meter.dues()), ..plainly("meter", meter.rule().to_string()) },
        }
    }

    fn denied(denial: &Denial<'_>) -> Self {
        let violation = if let Reason::Unfit(violation) = &denial.reason { Some(violation.clone()) } else { None };
        Self {
            ruling: "deny",
            rule: denial.rule.to_string(),
            reason_code: Some(denial.reason.code()),
            told: denial.told.map(str::to_owned),
            violation,
            limits: Vec::new(),
            asks: None,
        }
    }

    fn json(&self) -> Value {
        let Self { ruling, rule, reason_code, told, violation, limits, asks } = self;
        let violation = violation.as_ref().map(|found| json!({ "at": found.at.as_str(), "message": found.message }));
        let limits: Vec<_> = limits.iter().map(|(limit, _)| limit).collect();
        let approval = asks.map(|(by, ttl)| json!({ "by": by, "ttl": ttl }));
        json!({
            "ruling": ruling, "rule": rule, "reason_code": reason_code, "reason": told, "violation": violation, "limits": limits,
            "approval": approval,
        })
    }
}

impl Saw {
    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or("nothing")
    }
}

impl Judged {
    fn json(&self) -> Value {
        let saw = self
            .saw
            .iter()
            .map(|saw| json!({ "condition": saw.condition, "value": saw.value, "truth": word(saw.truth) }));
        let saw: Vec<_> = saw.collect();
        json!({ "pointer": self.pointer, "condition": self.condition, "truth": word(self.truth), "saw": saw })
    }
}

fn text(ruled: &Ruled, judged: &[Judged], observed: &[Ruled], paint: Paint) -> String {
    let ruling = match ruled.ruling {
        "allow" | "meter" => paint.green(ruled.ruling),
        "hold" => paint.yellow(ruled.ruling),
        _ => paint.red(ruled.ruling),
    };
    let code = ruled.reason_code.map(|code| format!(" ({code})")).unwrap_or_default();
    let mut text = Lines::default();
    text.line(format!("{ruling} by {}{code}", paint.bold(&plain(&ruled.rule))));
    if let Some(Violation { at, message }) = &ruled.violation {
        let place = if at.as_str().is_empty() { "the arguments" } else { at.as_str() };
        text.line(format!("  {}: {}", plain(place), plain(message)));
    }
    if let Some(told) = &ruled.told {
        text.line(format!("  the agent is told: {}", plain(told)));
    }
    if let Some((by, ttl)) = ruled.asks {
        let who = match by {
            Approver::Operator => "an operator is asked",
            Approver::User => "whoever holds the grant, or an operator, is asked",
        };
        text.line(format!("  {who}, and has {ttl} s to answer"));
    }
    for (limit, enforced) in &ruled.limits {
        let what = match (enforced, ruled.asks) {
            (false, _) => "observed only",
            (true, None) => "if there is room",
            (true, Some(_)) => "after a yes, if there is room",
        };
        text.line(format!("  {what}: {}", plain(limit)));
    }
    for judged in judged {
        // A condition that asks one question has seen one value.
        let (alone, saw) = match judged.saw.as_slice() {
            [saw] if saw.condition == judged.condition => (format!(" (saw {})", saw.value()), [].as_slice()),
            saw => (String::new(), saw),
        };
        let line = format!("{}: {}: {}{alone}", judged.pointer, judged.condition, word(judged.truth));
        text.line(plain(&line));
        for saw in saw {
            let line = format!("    {} saw {}: {}", saw.condition, saw.value(), word(saw.truth));
            text.line(paint.dim(&plain(&line)));
        }
    }
    for observed in observed {
        let code = observed.reason_code.unwrap_or_default();
        text.line(format!("{} {} would refuse it ({code})", paint.yellow("in shadow:"), plain(&observed.rule)));
    }
    text.into_text()
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unjudgeable => "unjudgeable",
    }
}

/// A value as it was sent, or, read out of a URI, as JSON; shortened.
fn shown(node: &Node<'_>) -> String {
    const MOST: usize = 200;
    excerpt(&Literal::of(node).to_string(), MOST)
}
