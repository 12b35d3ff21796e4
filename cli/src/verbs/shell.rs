//! Completion scripts and man pages, from the same definitions as the help.

use crate::args::Cli;
use crate::failure::Outcome;
use crate::output::print;
use clap::CommandFactory;
use hallmark::Error;
use hallmark::Exit;
use hallmark::files::refuse_existing;
use std::path::Path;

pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hallmark", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

pub(crate) fn man(folder: &Path) -> Outcome {
    refuse_existing(folder)?;
    std::fs::create_dir(folder).map_err(|error| Error::io("make the folder", folder, &error))?;
    clap_mangen::generate_to(Cli::command(), folder)
        .map_err(|error| Error::io("write man pages to", folder, &error))?;
    Ok(Exit::Done)
}
