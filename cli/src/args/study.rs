//! `study`.

use std::path::PathBuf;

/// Studies with real students: what is left of a mark, and how rare false alarms are.
///
/// A plan names arms: students that learn from a teacher's answers of which a share is marked. `run` makes and examines
/// them, one by one, and can be stopped and started again; the other actions read what it left.
#[derive(clap::Args)]
pub(crate) struct StudyArgs {
    #[command(subcommand)]
    pub(crate) action: StudyAction,
}

#[derive(clap::Subcommand)]
pub(crate) enum StudyAction {
    /// Make the students of a plan and examine their answers; those that are there already are skipped
    Run(StudyRunArgs),
    /// Examine the answers of a folder again, as after a change of the tests
    Examine(StudyExamineArgs),
    /// Tables of what the arms of a folder show
    Tables(StudyFolderArgs),
    /// False alarms: the arms' answers and real text under many random keys
    Nulls(StudyNullsArgs),
    /// What marking does to the teacher's text
    Quality(StudyQualityArgs),
}

#[derive(clap::Args)]
pub(crate) struct StudyRunArgs {
    /// The plan file
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// The folder of results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Only arms whose name contains this; repeat it for more
    #[arg(long, value_name = "ARM")]
    pub(crate) only: Vec<String>,
    /// Print the arms' names in their order, and whether each is there, and do nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// Leave the examination to `study examine`
    #[arg(long)]
    pub(crate) answers_only: bool,
    /// Begin no arm after so many seconds
    #[arg(long, value_name = "S")]
    pub(crate) seconds: Option<u64>,
    /// A larger teacher's answers, for plans that need them: a folder as `docs/studies/README.md` describes
    #[arg(long, value_name = "DIR")]
    pub(crate) corpora: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct StudyExamineArgs {
    /// The folder of results
    pub(crate) folder: PathBuf,
    /// Only arms whose name contains this; repeat it for more
    #[arg(long, value_name = "ARM")]
    pub(crate) only: Vec<String>,
    /// Examine arms that were examined already too
    #[arg(long)]
    pub(crate) again: bool,
}

#[derive(clap::Args)]
pub(crate) struct StudyFolderArgs {
    /// The folder of results
    pub(crate) folder: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct StudyNullsArgs {
    /// The folder of results
    pub(crate) folder: PathBuf,
    /// Random keys for each set of answers
    #[arg(long, value_name = "N", default_value_t = 250, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) keys: u32,
    /// Tokens of each set of answers that are examined
    #[arg(long, value_name = "N", default_value_t = 15_000)]
    pub(crate) tokens: u64,
    /// Seed of the random keys
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(clap::Args)]
pub(crate) struct StudyQualityArgs {
    /// Prompts that the teacher answers under each mark
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) prompts: usize,
    /// Answers to each prompt, under one key each time
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) answers: usize,
    /// A larger teacher's answers instead of the built-in teacher's
    #[arg(long, value_name = "DIR")]
    pub(crate) corpora: Option<PathBuf>,
    /// The longest answer that was allowed in --corpora, in tokens
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub(crate) cap: usize,
}
