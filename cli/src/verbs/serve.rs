//! `serve`: a public detector over HTTP.

use crate::args::ServeArgs;
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::Exit;
use hallmark_public::{Config, Judge, PublicDetector, Server, hardening};
use std::sync::Arc;

pub(crate) fn run(args: &ServeArgs, output: &Output) -> Outcome {
    // Before keys are read.
    hardening::harden()?;
    let mut config = Config::load(&args.config)?;
    config.listen = args.listen.unwrap_or(config.listen);
    let detector = PublicDetector::load(&config)?;
    output.note(format_args!(
        "marks: {}; level {:e} over all of them; texts of {} distinct cells or more",
        config.keys.len(),
        config.level,
        detector.facts().minimum_cells
    ));
    if args.check {
        return Ok(Exit::Done);
    }
    let server = Server::bind(&config, Arc::new(detector))?;
    output.note(format_args!("listening on http://{}", server.address()));
    server.run()?;
    Ok(Exit::Done)
}
