//! `commit`, `plan`, `bundle`, `verify` and `replay`: the case around an examination.

use super::examine::AnalysisArgs;
use hallmark_evidence::case::words;
use hallmark_verify::formats::KeyRole;
use std::path::PathBuf;

/// Fix keys in public before they are used, so that they can be shown later
///
/// Writes a folder: `commitments.json`, which shows nothing of the keys, and `openings/`, which only you can read. Publish the
/// first, keep the second with the keys. With --tlog it also stands in a transparency log, and what proves that is put beside it.
/// Commit to every key that you may ever test, and to controls that you will never use, before anything is marked: then nobody can
/// say that a key was picked afterwards.
#[derive(clap::Args)]
pub(crate) struct CommitArgs {
    /// A key that marks answers to a group of accounts, under a name of its own; repeat it for every cohort
    #[arg(long = "key", value_name = "NAME=FILE", required = true)]
    pub(crate) keys: Vec<String>,
    /// The key that marks what you publish
    #[arg(long = "public-web", value_name = "NAME=FILE")]
    pub(crate) public_web: Vec<String>,
    /// A key that marks answers to accounts known to be innocent
    #[arg(long = "innocent-control", value_name = "NAME=FILE")]
    pub(crate) innocent_control: Vec<String>,
    /// A key that marks nothing, ever
    #[arg(long = "never-used", value_name = "NAME=FILE")]
    pub(crate) never_used: Vec<String>,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Which line-up of decoys will be drawn
    #[arg(long, value_name = "S")]
    pub(crate) decoy_seed: Option<u64>,
    /// The cohorts.json that `cohorts draw` wrote, whose sizes the report will show; of any other file only the digest is written
    #[arg(long, value_name = "FILE")]
    pub(crate) cohorts: Option<PathBuf>,
    /// The first day on which these keys mark answers, such as 2026-12-01
    #[arg(long, value_name = "DATE")]
    pub(crate) issued_from: Option<String>,
    /// The last
    #[arg(long, value_name = "DATE", requires = "issued_from")]
    pub(crate) issued_to: Option<String>,
    #[command(flatten)]
    pub(crate) tlog: TlogArgs,
    /// The new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Where digests are logged.
#[derive(clap::Args)]
pub(crate) struct TlogArgs {
    /// The folder of a transparency log (C2SP tlog-tiles); it is made where there is none
    #[arg(long, value_name = "DIR", requires = "tlog_key")]
    pub(crate) tlog: Option<PathBuf>,
    /// The log's signing key, made by `keygen --signing`
    #[arg(long, value_name = "FILE", requires = "tlog")]
    pub(crate) tlog_key: Option<PathBuf>,
    /// The name of a new log, such as log.example/evidence [default: hallmark-log/ and the key's id]
    #[arg(long, value_name = "NAME", requires = "tlog")]
    pub(crate) tlog_origin: Option<String>,
    /// The address of a timestamping authority (RFC 3161), which is sent the digest and nothing else
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
}

/// Entries of transparency logs
///
/// `commit` and `plan` write to a log of yours with --tlog. For a log that somebody else keeps, `tlog entry` prints what they have to log,
/// and `bundle --external-proof` takes the proof that they give back. Whoever keeps a log with this program adds entries with `tlog add`.
#[derive(clap::Args)]
pub(crate) struct LogArgs {
    #[command(subcommand)]
    pub(crate) action: LogAction,
}

#[derive(clap::Subcommand)]
pub(crate) enum LogAction {
    Entry(LogEntryArgs),
    Add(LogAddArgs),
}

/// Print what a log has to have of commitments or a plan: three lines, with the file's digest and nothing else of it
#[derive(clap::Args)]
pub(crate) struct LogEntryArgs {
    /// commitments.json or plan.toml
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Add an entry, as it is, to a log, and write the proof (C2SP tlog-proof)
#[derive(clap::Args)]
pub(crate) struct LogAddArgs {
    /// The entry
    #[arg(value_name = "FILE")]
    pub(crate) entry: PathBuf,
    /// The folder of the log (C2SP tlog-tiles); it is made where there is none
    #[arg(long, value_name = "DIR")]
    pub(crate) tlog: PathBuf,
    /// The log's signing key, made by `keygen --signing`
    #[arg(long, value_name = "FILE")]
    pub(crate) tlog_key: PathBuf,
    /// The name of a new log, such as log.example/evidence [default: hallmark-log/ and the key's id]
    #[arg(long, value_name = "NAME")]
    pub(crate) tlog_origin: Option<String>,
    /// The new file for the proof
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Fix an examination before anyone is asked
///
/// Makes the folder of a case: the plan with everything that will be done, signed; the commitments to its keys; and copies of all files
/// that shape the examination. Takes the flags of `examine`, with keys by the names that they were committed under. No secret
/// is needed. Then `hallmark examine --plan CASE` does what was planned and nothing else.
#[derive(clap::Args)]
pub(crate) struct PlanArgs {
    /// The new folder
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// The commitments.json that `commit` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) commitments: PathBuf,
    /// A key that is tested, by its name in the commitments; repeat it
    #[arg(long = "key", value_name = "NAME", required = true)]
    pub(crate) keys: Vec<String>,
    /// A key that every tested one is contrasted with (T6); repeat it
    #[arg(long = "control", value_name = "NAME")]
    pub(crate) controls: Vec<String>,
    /// The profile file
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: PathBuf,
    /// The signing key, made by `keygen --signing`
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: PathBuf,
    #[command(flatten)]
    pub(crate) tlog: TlogArgs,
    #[command(flatten)]
    pub(crate) words: WordArgs,
    #[command(flatten)]
    pub(crate) analysis: AnalysisArgs,
    /// The suspect's answers, where they are there already; otherwise `examine --plan` is given them
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
}

/// What a plan fixes in words.
#[derive(clap::Args)]
pub(crate) struct WordArgs {
    /// The name of the case [default: that of its folder]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What is asked
    #[arg(
        long,
        value_name = "TEXT",
        default_value = words::QUESTION
    )]
    pub(crate) question: String,
    /// What could be true, as ID=TEXT; repeat it [default: H1 to H4 and H0 of the manual]
    #[arg(long = "proposition", value_name = "ID=TEXT")]
    pub(crate) propositions: Vec<String>,
    /// Who examines
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: Option<String>,
    /// Who reviews
    #[arg(long, value_name = "NAME")]
    pub(crate) reviewer: Option<String>,
    /// How answers are collected
    #[arg(
        long,
        value_name = "TEXT",
        default_value = words::COLLECTION
    )]
    pub(crate) collection: String,
    /// How many answers are asked for: another number is a deviation
    #[arg(long = "answers", value_name = "N")]
    pub(crate) answers: Option<u64>,
    /// When no more is asked for
    #[arg(
        long,
        value_name = "TEXT",
        default_value = words::STOPPING
    )]
    pub(crate) stopping: String,
    /// Which answers are left out, by a rule that does not look at their text under a key
    #[arg(
        long,
        value_name = "TEXT",
        default_value = words::EXCLUSIONS
    )]
    pub(crate) exclusions: String,
    /// What would speak against the question
    #[arg(
        long,
        value_name = "TEXT",
        default_value = words::AGAINST
    )]
    pub(crate) against: String,
}

/// Pack what a case shows to others, signed
///
/// A folder, or one archive where the name ends in .tar: plan, commitments, proofs, the case's log, and of every run its findings and
/// what is disclosed of each cell, each by its SHA-256. Answers and indexes stay behind, by their digests, unless --with-items is
/// given. Keys, openings and accounts are never in it. The same case gives the same bytes.
#[derive(clap::Args)]
pub(crate) struct BundleArgs {
    /// The folder of the case
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// The signing key, made by `keygen --signing`
    #[arg(long, value_name = "FILE")]
    pub(crate) signer: PathBuf,
    /// What proves that commitments or plan are in a log elsewhere (C2SP tlog-proof), checked and kept with the case; repeat it
    #[arg(
        long = "external-proof",
        value_name = "FILE",
        requires = "external_log"
    )]
    pub(crate) external_proofs: Vec<PathBuf>,
    /// That log's public key, as its owner published it
    #[arg(long, value_name = "FILE", requires = "external_proofs")]
    pub(crate) external_log: Option<PathBuf>,
    /// Put in the answers and the files that shaped the examination too, so that nothing else is needed to replay it
    #[arg(long)]
    pub(crate) with_items: bool,
    /// The new folder or archive
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
}

/// Check a bundle, without any key
///
/// Digests, signatures, log proofs, timestamps, that what was done is what was planned, and every number of the findings, computed again
/// from what is disclosed of each cell by code that shares nothing with what made it. One line a check; exit status 1 where one fails.
#[derive(clap::Args)]
pub(crate) struct VerifyArgs {
    /// The bundle: a folder or a .tar
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// The public key of who must have signed, known from elsewhere (PEM); repeat it for several
    #[arg(long = "signer", value_name = "FILE")]
    pub(crate) signers: Vec<PathBuf>,
    /// The public key of a log, known from elsewhere: its log.pub; repeat it for several
    #[arg(long, value_name = "FILE")]
    pub(crate) tlog_public: Vec<PathBuf>,
    /// A timestamping authority's root certificate (PEM); repeat it for several
    #[arg(long = "tsa-root", value_name = "FILE")]
    pub(crate) tsa_roots: Vec<PathBuf>,
    /// Print only what fails or could not be checked
    #[arg(long)]
    pub(crate) brief: bool,
}

/// Make a bundle's examination again, with the keys
///
/// From the answers to the same bytes: the findings and what is disclosed of each cell. Verify the bundle first. Exit status 1 where
/// anything comes out otherwise, or a key does not open its commitment.
#[derive(clap::Args)]
pub(crate) struct ReplayArgs {
    /// The bundle: a folder or a .tar
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// A key that the plan names; repeat it for all
    #[arg(long = "key", value_name = "FILE", required = true)]
    pub(crate) keys: Vec<PathBuf>,
    /// What opens a key's commitment; repeat it for all
    #[arg(long = "opening", value_name = "FILE")]
    pub(crate) openings: Vec<PathBuf>,
    /// Where answers and other files are that the bundle names and does not hold: a file or a folder, under any names
    #[arg(long = "items", value_name = "PATH")]
    pub(crate) items: Vec<PathBuf>,
}

impl CommitArgs {
    /// Every key's name, file and role.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&str, KeyRole)> {
        let roles = [
            (&self.keys, KeyRole::Cohort),
            (&self.public_web, KeyRole::PublicWeb),
            (&self.innocent_control, KeyRole::InnocentControl),
            (&self.never_used, KeyRole::NeverUsed),
        ];
        roles
            .into_iter()
            .flat_map(|(keys, role)| keys.iter().map(move |key| (&key[..], role)))
    }
}
