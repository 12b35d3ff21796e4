//! `hallmark`: flags to library calls to output. No arithmetic of its own.

mod args;
mod builtin;
mod evidence;
mod exit;
mod failure;
mod files;
mod key_files;
mod marks;
mod output;
mod profile_files;
mod progress;
mod render;
mod study;
mod verbs;

use args::{Cli, Verb};
use clap::Parser;
use exit::Exit;
use failure::Outcome;
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(&cli.output);
    match run(cli.verb, &output) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.report();
            failure.exit.into()
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
        Verb::Scan(args) => verbs::scan::run(&args, output),
        Verb::Collect(args) => verbs::collect::run(&args, output),
        Verb::Examine(args) => verbs::examine::run(&args, output),
        Verb::Merge(args) => verbs::merge::run(&args, output),
        Verb::Index(args) => verbs::index::run(&args, output),
        Verb::Probe(args) => verbs::probe::run(&args, output),
        Verb::Power(args) => verbs::power::run(&args, output),
        Verb::Demo(args) => verbs::demo::run(&args, output),
        Verb::SelfTest(args) => verbs::self_test::run(&args, output),
        Verb::Study(args) => verbs::study::run(&args, output),
        Verb::Completions { shell } => verbs::shell::completions(shell),
        Verb::Man { folder } => verbs::shell::man(&folder),
    }
}
