//! `doctor`: whether a deployment can do its work, part by part, and what to do where it cannot.
//! It looks and changes nothing: its one message to the operators' door is no order, and its dry run
//! stores and tells nothing.

mod doors;
mod finding;
mod mail;
mod parts;
mod records;
mod rules;

use std::io::Write;

use approval_aws::probe::Probe;
use approval_aws::stack::Stack;
use approval_core::requester::{Person, Requester};
use approval_policy::Bundle;
use approval_policy::explain::Question;
use approval_views::json;
use aws_config::SdkConfig;

use self::finding::{Finding, Report};
use crate::cli::{Doctor, Output};
use crate::code::Code;
use crate::deployment::Records;
use crate::failure::Failure;
use crate::policy;

/// What the checks look at.
struct Patient<'a> {
    args: &'a Doctor,
    config: &'a SdkConfig,
    probe: Probe<'a>,
    name: &'a str,
    stack: &'a Stack,
    records: Records<'a>,
    bundle: Option<Bundle>,
}

/// Looks at the deployment.
pub(crate) async fn doctor(args: &Doctor, out: &mut impl Write) -> Result<Code, Failure> {
    let ask = question(args)?;
    let mut report = Report::default();
    if let Some(patient) = admitted(args, &mut report).await? {
        patient.parts(&mut report).await;
        patient.records(&mut report).await;
        patient.rules(ask, &mut report).await;
        patient.mail(&mut report).await;
        patient.doors(&mut report).await;
    }
    match args.output {
        Output::Text => report.write(out)?,
        Output::Json => {
            writeln!(out, "{}", json::render(&report.findings).map_err(|_| Failure::Json)?)?;
        }
    }
    Ok(if report.is_healthy() { Code::Done } else { Code::Failed })
}

/// What everything else rests on: credentials, the stack, the bundle; none where one is missing.
async fn admitted<'a>(
    args: &'a Doctor,
    report: &mut Report,
) -> Result<Option<Patient<'a>>, Failure> {
    let at = &args.from.at;
    let Some(name) = at.stack.as_deref() else {
        return Err(Failure::Unnamed("stack: give --stack <NAME> or set COUNTERSIGN_STACK"));
    };
    let config = match at.configured().await {
        Ok(config) => config,
        Err(failure) => {
            report.add(Finding::failure("credentials", &failure));
            return Ok(None);
        }
    };
    let probe = Probe::new(config);
    report.add(match probe.caller().await {
        Ok(arn) => Finding::ok("credentials", arn),
        Err(error) => Finding::unseen("credentials", &error),
    });
    let stack = match at.found().await {
        Ok(stack) => stack,
        Err(failure) => {
            report.add(Finding::failure("stack", &failure));
            return Ok(None);
        }
    };
    let bundle = match &args.bundle {
        None => None,
        Some(folder) => match Bundle::load(folder, name) {
            Ok(bundle) => Some(bundle),
            Err(errors) => {
                let found = crate::failure::counted(errors.problems(), "problem");
                let fix = format!("countersign policy check {}", folder.display());
                report.add(Finding::fail("bundle", found, fix));
                None
            }
        },
    };
    let records = at.records().await?;
    Ok(Some(Patient { args, config, probe, name, stack, records, bundle }))
}

/// The request to try; none where no tool is named.
fn question(args: &Doctor) -> Result<Option<Question>, Failure> {
    let Some(tool) = &args.tool else { return Ok(None) };
    let requester = Requester {
        caller: args.caller,
        agent: args.agent.clone(),
        person: args.person.clone().unwrap_or(Person::Unknown),
    };
    let (tool, arguments) = (tool.clone(), policy::read(&args.arguments)?);
    Ok(Some(Question { tool, arguments, requester, at: None }))
}
