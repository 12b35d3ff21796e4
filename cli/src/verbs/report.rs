//! `report`: one page for people.

use super::verify::open;
use crate::args::{Format, ReportArgs, TemplateName};
use crate::failure::Outcome;
use crate::output::{Output, print};
use hallmark::files::NewFile;
use hallmark::files::kinds::kind_of;
use hallmark::json::{formats, to_json};
use hallmark::power::Planned;
use hallmark::{Calibrated, Detected, Error, Examined, Exit, Scanned};
use hallmark_evidence::reported::reported;
use hallmark_evidence::templates::Template;
use hallmark_report::{Case, Subject, VERIFIER, html, markdown};
use serde::de::DeserializeOwned;
use std::path::Path;

pub(crate) fn run(args: &ReportArgs, output: &Output) -> Outcome {
    if let Some(template) = args.template {
        refuse_html(args.out.as_deref())?;
        let filled = template.template().fill(&*open(&args.input)?)?;
        return written(args.out.as_deref(), &filled);
    }
    let result = read(&args.input)?;
    if let (Result::Case(case), Format::Json | Format::Jsonl) = (&result, output.format) {
        let text = to_json(case, output.format == Format::Json)? + "\n";
        return written(args.out.as_deref(), &text);
    }
    let subject = result.subject();
    let extension = args.out.as_deref().and_then(Path::extension);
    let text = match extension.is_some_and(|extension| extension == "md") {
        true => markdown(&subject),
        false => html(&subject, Some(VERIFIER)),
    };
    written(args.out.as_deref(), &text)
}

/// Drafts are Markdown.
fn refuse_html(out: Option<&Path>) -> Outcome<()> {
    let Some(out) = out else { return Ok(()) };
    let extension = out.extension().unwrap_or_default().to_ascii_lowercase();
    match extension == "html" || extension == "htm" {
        false => Ok(()),
        true => Err(
            Error::usage("a template is written as Markdown, for a person to complete")
                .at(out.display())
                .hint("name a file that ends in .md"),
        ),
    }
}

fn written(out: Option<&Path>, text: &str) -> Outcome {
    match out {
        Some(out) => {
            let mut file = NewFile::create(out)?;
            file.write(text.as_bytes())?;
            file.finish()?;
        }
        None => print(text)?,
    }
    Ok(Exit::Done)
}

/// What is reported.
enum Result {
    Case(Box<Case>),
    Examined(Box<Examined>),
    Detected(Box<Detected>),
    Scanned(Box<Scanned>),
    Power(Box<Planned>),
    Calibrated(Box<Calibrated>),
}

impl Result {
    fn subject(&self) -> Subject<'_> {
        match self {
            Self::Case(case) => Subject::Case(case),
            Self::Examined(examined) => Subject::Examined(examined),
            Self::Detected(detected) => Subject::Detected(detected),
            Self::Scanned(scanned) => Subject::Scanned(scanned),
            Self::Power(planned) => Subject::Power(planned),
            Self::Calibrated(calibrated) => Subject::Calibrated(calibrated),
        }
    }
}

/// The longest result that is read, in bytes.
const MAX_BYTES: u64 = 1 << 30;

fn read(input: &Path) -> Outcome<Result> {
    if input.is_dir()
        || input
            .extension()
            .is_some_and(|extension| extension == "tar")
    {
        return Ok(Result::Case(Box::new(reported(&*open(input)?)?)));
    }
    let size = std::fs::metadata(input).map_err(|error| Error::io("read", input, &error))?;
    if size.len() > MAX_BYTES {
        return Err(Error::usage(format_args!(
            "{} has {} bytes; a result of up to {MAX_BYTES} is read",
            input.display(),
            size.len()
        )));
    }
    let text = std::fs::read_to_string(input).map_err(|error| Error::io("read", input, &error))?;
    if let Some(error) = no_result(&text) {
        return Err(error.at(input.display()));
    }
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        Error::usage(error)
            .at(input.display())
            .hint("give a bundle, or what a verb printed with --format json")
    })?;
    let schema = value.get("schema").and_then(serde_json::Value::as_str);
    match schema.unwrap_or_default() {
        formats::Examine::ID => Ok(Result::Examined(parsed(&text, input)?)),
        formats::Detect::ID => Ok(Result::Detected(parsed(&text, input)?)),
        formats::Scan::ID => Ok(Result::Scanned(parsed(&text, input)?)),
        formats::Power::ID => Ok(Result::Power(parsed(&text, input)?)),
        formats::Calibrate::ID => Ok(Result::Calibrated(parsed(&text, input)?)),
        hallmark_report::REPORT => Ok(Result::Case(parsed(&text, input)?)),
        other => Err(Error::usage(format_args!("no page is made of {other:?}"))
            .at(input.display())
            .hint("pages are made of bundles, and of results of examine, detect, scan, calibrate and power")),
    }
}

/// Why a file is no result, where it is another of the files that people have: lines of records or of results, a profile, a key.
fn no_result(text: &str) -> Option<Error> {
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let many = lines.next().is_some_and(is_json) && lines.next().is_some();
    let (what, next) = match kind_of(text) {
        _ if is_json(text) => return None,
        _ if many => (
            "holds JSON lines, and a page is made of one result",
            "give what `detect`, `examine`, `scan`, `calibrate` or `power` printed with --format json; records of answers go to `detect` first",
        ),
        Some(_) if !text.trim_start().starts_with(['{', '[']) => (
            "is no result",
            "give a bundle, or what a verb printed with --format json",
        ),
        _ => return None,
    };
    let what = match kind_of(text).filter(|_| !many) {
        Some(kind) => format!("{what}: it is {kind}"),
        None => what.to_owned(),
    };
    Some(Error::usage(what).hint(next))
}

fn parsed<T: DeserializeOwned>(text: &str, input: &Path) -> Outcome<Box<T>> {
    serde_json::from_str(text).map_err(|error| Error::usage(error).at(input.display()))
}

impl TemplateName {
    const fn template(self) -> Template {
        match self {
            Self::DisclosureNotice => Template::DisclosureNotice,
            Self::Certification => Template::Certification,
            Self::OpposingExpert => Template::OpposingExpert,
        }
    }
}
