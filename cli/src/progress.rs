//! Progress on stderr: a bar when it is a terminal and the work takes longer than two seconds, else a line each minute.

use crate::output::Output;
use hallmark::progress::Step;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write as _};
use std::time::{Duration, Instant};

/// One piece of work with a known or unknown amount.
pub(crate) struct Progress {
    bar: ProgressBar,
    since: Instant,
    shown: bool,
    allowed: bool,
    /// Where no bar can be drawn: what is done and when it was last said.
    lines: Option<(String, Instant)>,
}

/// Time between lines.
const PAUSE: Duration = Duration::from_mins(1);

impl Progress {
    /// Work of `total` units of `unit`, not shown yet.
    pub(crate) fn new(output: &Output, what: &str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let template = if total.is_some() {
            "{msg:28} {bar:30} {human_pos}/{human_len} {eta}"
        } else {
            "{msg:28} {spinner} {human_pos} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        let terminal = std::io::stderr().is_terminal();
        let since = Instant::now();
        Self {
            bar,
            since,
            shown: false,
            allowed: !output.quiet && terminal,
            lines: (!output.quiet && !terminal).then(|| (what.to_owned(), since)),
        }
    }

    /// How far the work is.
    pub(crate) fn set(&mut self, done: u64) {
        if self.allowed && !self.shown && self.since.elapsed() > Duration::from_secs(2) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
        if let Some((what, last)) = &mut self.lines
            && last.elapsed() >= PAUSE
        {
            *last = Instant::now();
            let minutes = self.since.elapsed().as_secs() / 60;
            let all = self.bar.length();
            let all = all.map_or_else(String::new, |all| format!(" of at most {all}"));
            // Nobody may be listening.
            let _ = writeln!(std::io::stderr(), "{what}: {done}{all} after {minutes} min");
        }
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Bars for work that tells its steps: a new one whenever something else is done.
pub(crate) struct Bars<'a> {
    output: &'a Output,
    now: Option<(String, Progress)>,
}

impl<'a> Bars<'a> {
    pub(crate) fn new(output: &'a Output) -> Self {
        Self { output, now: None }
    }

    /// Shows a step.
    pub(crate) fn step(&mut self, step: Step<'_>) {
        if self.now.as_ref().is_none_or(|(what, _)| what != step.what) {
            // The old bar goes before the new one comes.
            self.now = None;
            let bar = Progress::new(self.output, step.what, step.all);
            self.now = Some((step.what.to_owned(), bar));
        }
        if let Some((_, bar)) = &mut self.now {
            bar.set(step.done);
        }
    }
}
