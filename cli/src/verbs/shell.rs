//! Completion scripts and man pages, from the same definitions as the help.

use crate::args::Cli;
use crate::failure::Outcome;
use crate::output::print;
use clap::CommandFactory;
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::NewFolder;
use std::path::Path;

pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hallmark", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

pub(crate) fn man(folder: &Path) -> Outcome {
    let made = NewFolder::create(folder)?;
    clap_mangen::generate_to(Cli::command(), made.path())
        .map_err(|error| Error::io("write man pages to", folder, &error))?;
    made.finish()?;
    Ok(Exit::Done)
}
