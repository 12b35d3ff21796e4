//! `hallmark`: flags to library calls to output. Words, flags and progress bars; all else is the library's.

mod args;
mod failure;
mod output;
mod progress;
mod render;
mod results;
#[cfg(test)]
mod schemas;
mod verbs;

use args::{Cli, Verb};
use failure::Outcome;
use hallmark::Exit;
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::read();
    let output = Output::new(&cli.output);
    match run(cli.verb, &output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            failure::report(&error);
            Exit::from(&error).into()
        }
    }
}

fn run(verb: Verb, output: &Output) -> Outcome<Exit> {
    match verb {
        Verb::Keygen(args) => verbs::keygen::run(&args, output),
        Verb::Derive(args) => verbs::derive::run(&args, output),
        Verb::Profile(args) => verbs::profile::run(args, output),
        Verb::Mark(args) => verbs::mark::run(&args, output),
        Verb::Detect(args) => verbs::detect::run(&args, output),
        Verb::Doctor(args) => verbs::doctor::run(&args, output),
        Verb::Calibrate(args) => verbs::calibrate::run(&args, output),
        Verb::Scan(args) => verbs::scan::run(&args, output),
        Verb::Campaign(args) => verbs::campaign::run(&args, output),
        Verb::Collect(args) => verbs::collect::run(&args, output),
        Verb::Cohorts(args) => verbs::cohorts::run(&args, output),
        Verb::Commit(args) => verbs::commit::run(&args, output),
        Verb::Plan(args) => verbs::plan::run(&args, output),
        Verb::Tlog(args) => verbs::tlog::run(&args, output),
        Verb::Bundle(args) => verbs::bundle::run(&args, output),
        Verb::Verify(args) => verbs::verify::run(&args, output),
        Verb::Replay(args) => verbs::replay::run(&args, output),
        Verb::Report(args) => verbs::report::run(&args, output),
        #[cfg(feature = "c2pa")]
        Verb::C2pa(args) => verbs::c2pa::run(&args, output),
        Verb::Serve(args) => verbs::serve::run(&args, output),
        Verb::Examine(args) => verbs::examine::run(&args, output),
        Verb::Merge(args) => verbs::merge::run(&args, output),
        Verb::Ledger(args) => verbs::ledger::run(&args, output),
        Verb::Index(args) => verbs::index::run(&args, output),
        Verb::Probe(args) => verbs::probe::run(&args, output),
        Verb::Power(args) => verbs::power::run(&args, output),
        Verb::Demo(args) => verbs::demo::run(&args, output),
        Verb::SelfTest(args) => verbs::self_test::run(&args, output),
        Verb::Study(args) => verbs::study::run(&args, output),
        Verb::Twins(args) => verbs::twins::run(&args, output),
        Verb::Completions { shell } => verbs::shell::completions(shell),
        Verb::Man { folder } => verbs::shell::man(&folder),
    }
}
