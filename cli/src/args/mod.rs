//! The command line, as the help, the completions and the man pages all see it.

mod beside;
#[cfg(feature = "c2pa")]
mod c2pa;
mod calibrate;
mod campaign;
mod case;
mod cohorts;
mod collect;
mod demo;
mod detect;
mod doctor;
mod examine;
mod index;
mod input;
mod key;
mod ledger;
mod mark;
mod merge;
mod power;
mod probe;
mod profile;
mod report;
mod scan;
mod serve;
mod study;
mod twins;

pub(crate) use beside::BesideArgs;
#[cfg(feature = "c2pa")]
pub(crate) use c2pa::{C2paAction, C2paArgs, C2paReadArgs, C2paSignArgs};
pub(crate) use calibrate::CalibrateArgs;
pub(crate) use campaign::{
    CampaignAction, CampaignArgs, CampaignCohortsArgs, CampaignExplainArgs, CampaignPseudonymsArgs,
    CampaignScanArgs, CampaignWorldsArgs, PseudonymArgs, WithinName,
};
pub(crate) use case::{
    BundleArgs, CommitArgs, LogAction, LogAddArgs, LogArgs, PlanArgs, ReplayArgs, TlogArgs,
    VerifyArgs, WordArgs,
};
pub(crate) use cohorts::{CohortsAction, CohortsArgs, CohortsDrawArgs, CohortsOpenArgs};
pub(crate) use collect::{CollectArgs, Dialect};
pub(crate) use demo::{DemoArgs, SelfTestArgs};
pub(crate) use detect::{DedupArgs, DetectArgs};
pub(crate) use doctor::DoctorArgs;
pub(crate) use examine::ExamineArgs;
pub(crate) use index::{IndexAction, IndexArgs, IndexMakeArgs};
pub(crate) use input::{InputArgs, ReadingArgs, TurnsArgs};
pub(crate) use key::{DeriveArgs, KeygenArgs};
pub(crate) use ledger::LedgerArgs;
pub(crate) use mark::MarkArgs;
pub(crate) use merge::MergeArgs;
pub(crate) use power::{CalibrationArgs, PowerArgs};
pub(crate) use probe::ProbeArgs;
pub(crate) use profile::{ProfileAction, ProfileArgs, ProfileNewArgs, SchemeName};
pub(crate) use report::{ReportArgs, TemplateName};
pub(crate) use scan::ScanArgs;
pub(crate) use serve::ServeArgs;
pub(crate) use study::{
    StudyAction, StudyArgs, StudyExamineArgs, StudyNullsArgs, StudyQualityArgs, StudyRunArgs,
};

pub(crate) use twins::{TwinsAction, TwinsArgs, TwinsCommitArgs, TwinsDrawArgs, TwinsTestArgs};

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Marks a language model's text while it is sampled, and tests whether text is marked, or whether
/// a model was trained on marked text.
///
/// A mark is a faint statistical bias that only the holder of a secret key can see. Results are
/// written to stdout, messages to stderr. Exit status: 0 the work was done, whatever was found; 1 `verify` or `replay` says no;
/// 2 bad usage or a file that failed; 3 a digest, checksum or golden vector does not match;
/// 4 too little data for a finding, or outside what was calibrated; 5 a run deviates from its plan.
#[derive(Parser)]
#[command(
    name = "hallmark",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Flags that every verb takes.
#[derive(clap::Args)]
pub(crate) struct OutputArgs {
    /// How results are printed: for a person, as one JSON document, or as one JSON line per item
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Print nothing but the result: no progress, no notes
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

impl Cli {
    /// Reads the command line, or ends the program with what is wrong with it.
    pub(crate) fn read() -> Self {
        let matches = Self::command().get_matches();
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        if let (Verb::Examine(args), Some((_, own))) = (&mut cli.verb, matches.subcommand()) {
            let given = own.ids().map(clap::Id::as_str);
            args.given = given
                .filter(|id| own.value_source(id) == Some(ValueSource::CommandLine))
                .map(str::to_owned)
                .collect();
        }
        cli
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Sentences and tables. Not an interface: they may change.
    Human,
    /// One JSON document with a "schema" field.
    Json,
    /// JSON lines: one per document or test, then the whole.
    Jsonl,
}

/// What to do; the arguments of each verb say what it does.
#[derive(Subcommand)]
pub(crate) enum Verb {
    Keygen(KeygenArgs),
    Derive(DeriveArgs),
    Profile(ProfileArgs),
    Mark(MarkArgs),
    Detect(DetectArgs),
    Scan(ScanArgs),
    Doctor(DoctorArgs),
    Calibrate(CalibrateArgs),
    Campaign(CampaignArgs),
    Collect(CollectArgs),
    Cohorts(CohortsArgs),
    Commit(CommitArgs),
    Plan(Box<PlanArgs>),
    Examine(Box<ExamineArgs>),
    Tlog(LogArgs),
    Bundle(BundleArgs),
    Verify(VerifyArgs),
    Replay(ReplayArgs),
    Report(ReportArgs),
    #[cfg(feature = "c2pa")]
    C2pa(C2paArgs),
    Serve(ServeArgs),
    Merge(MergeArgs),
    Ledger(LedgerArgs),
    Index(IndexArgs),
    Probe(ProbeArgs),
    Power(PowerArgs),
    Demo(DemoArgs),
    SelfTest(SelfTestArgs),
    Study(StudyArgs),
    Twins(TwinsArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write man pages into a folder
    Man {
        /// The new folder
        folder: PathBuf,
    },
}
