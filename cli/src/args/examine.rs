//! `examine`.

use super::{BesideArgs, CalibrationArgs, DedupArgs, ReadingArgs};
use crate::failure::Outcome;
use clap::ValueEnum;
use hallmark::examine::{Ordering, log_beside};
use hallmark::weights::{Rule, Weighing};
use hallmark::{Error, Plan, TriedKey};
use hallmark_core::profile::Profile;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Was the model that wrote these answers trained on marked text?
///
/// Give the suspect's answers, each with everything it was shown when it answered. Windows that
/// it was shown are left out, and each distinct cell counts once over all answers. Three tests are
/// made under each key: T1, the sum of scores with its exact tail; T3, an e-process that stays valid
/// however often it is looked at; T5, the key's rank among decoy keys. All p-values whose conditions are shown
/// to hold are then adjusted for the number of keys and tests (Holm); the others are printed with their condition
/// and decide nothing.
///
/// With `--first-visits`, an index of the log that the tested key itself marked, T3r is made: an e-process that reads the log in the order of
/// its requests. It is exact, and the strongest of the tests that may decide by such a log.
///
/// With `--harvest`, an index of what was logged, two more are made: T2 weighs each cell by how much
/// of what a model could have learned after its window came from the harvest, and T2r besides by
/// how much more often than expected the suspect produced it. T3 then bets in proportion to the
/// weights. Weights see windows only, never tokens or keys; make the index from other cohorts' text, from
/// prompts, or from the tested cohort's own, which the finding then says.
#[derive(clap::Args)]
pub(crate) struct ExamineArgs {
    /// A key file; repeat it for several cohorts, and for a never-used key as a control
    #[arg(long = "key", value_name = "FILE", required = true)]
    pub(crate) keys: Vec<PathBuf>,
    /// T6: contrast every --key with this one, on the same cells; repeat it. Give the key of your public
    /// output, of other cohorts, or keys that were never used
    #[arg(long = "control", value_name = "FILE")]
    pub(crate) controls: Vec<PathBuf>,
    /// The profile file
    #[arg(long, value_name = "FILE", required_unless_present = "case")]
    pub(crate) profile: Option<PathBuf>,
    /// Do what this case's plan says, and record it there: the folder that `hallmark plan` made. Keys of controls are given with --key too
    #[arg(long = "plan", value_name = "CASE", conflicts_with_all = ["profile", "controls"])]
    pub(crate) case: Option<PathBuf>,
    /// Why the run does otherwise than its plan says, in a file of text: without it such a run ends with exit status 5
    #[arg(long, value_name = "FILE", requires = "case")]
    pub(crate) deviation: Option<PathBuf>,
    /// The suspect's answers: JSONL, JSON, Parquet or text files, plain or compressed by gzip or zstd; `-` is stdin.
    ///
    /// Records hold `prompt` and `response`, or `prompt_tokens` and `response_tokens`, where the prompt is what the model was shown; or
    /// `messages`, whose last assistant turn is the answer; or `text` or `tokens`. Optional: `id`, `group`.
    #[arg(value_name = "INPUT", required_unless_present = "case")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) analysis: AnalysisArgs,
    /// The arguments that were given, and not left at their defaults.
    #[arg(skip)]
    pub(crate) given: BTreeSet<String>,
}

/// What shapes an examination beside keys, profile and answers.
#[derive(clap::Args)]
pub(crate) struct AnalysisArgs {
    /// Decoy keys among which each key's line-up hides it, up to 1,000,000 for all keys together; 0 leaves
    /// line-ups out [default: 4999 for up to ten keys, else 0]
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) decoys: Option<u32>,
    /// Which line-up: a key's decoys are drawn from it and this number
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) decoy_seed: u64,
    /// Call it inconclusive, with exit status 4, where nothing is found and the examination could not
    /// have seen this share of marked training text in nine cases of ten
    #[arg(long, value_name = "SHARE")]
    pub(crate) rule_out: Option<f64>,
    /// Read the answers in the order of a hash of their content under this seed, so that no sorting can have chosen the order;
    /// publish the seed before the answers are there. All answers are held in memory
    #[arg(long, value_name = "SEED")]
    pub(crate) order_by_hash: Option<String>,
    /// The log of the answers' collection, with which they are compared: exit status 3 where an answer was changed, left out,
    /// added or put elsewhere. The log that `collect` left beside a file is found without this [default: FILE.log.jsonl]
    #[arg(long = "log", value_name = "FILE")]
    pub(crate) logs: Vec<PathBuf>,
    /// The provider's log of answers that a tested key marked; repeat it. Answers of it that a prompt shows or quotes are left out
    /// whole, of all answers of the suspect
    #[arg(long = "provider-log", value_name = "FILE")]
    pub(crate) provider_logs: Vec<PathBuf>,
    /// The result of `probe` that chose the prompts, which says whose log they are from; repeat it for several
    #[arg(long = "probe", value_name = "FILE")]
    pub(crate) probes: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) calibration: CalibrationArgs,
    #[command(flatten)]
    pub(crate) weights: WeightArgs,
    #[command(flatten)]
    pub(crate) beside: BesideArgs,
    #[command(flatten)]
    pub(crate) dedup: DedupArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// What weighs cells. All of it is fixed before a key is used.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("logged").multiple(true).args(["harvests", "first_visits", "background"]))]
pub(crate) struct WeightArgs {
    /// An index of harvested text, made by `index make`; repeat it, and the counts add up
    #[arg(long = "harvest", value_name = "FILE")]
    pub(crate) harvests: Vec<PathBuf>,
    /// An index of first visits in the log that a tested key itself marked, made by `index make --first`; one for each key. T3r reads the
    /// log by it, and its p-value is exact though the log is the key's own
    #[arg(long, value_name = "FILE")]
    pub(crate) first_visits: Vec<PathBuf>,
    /// An index of text at large, older than the key: what the suspect learned beside the harvest
    #[arg(long, value_name = "FILE")]
    pub(crate) background: Option<PathBuf>,
    /// `graded`: in proportion to the harvest's share of what followed each window; `filter`: the
    /// windows of the harvest count alike and no others; `background`: by how often the background, unmarked text,
    /// holds each window, without any harvest and free of any tie to a key
    #[arg(long = "weights", value_name = "RULE", value_enum, default_value_t = RuleName::Graded, requires = "logged")]
    pub(crate) rule: RuleName,
    /// The share of the suspect's training text that the harvest is assumed to be, by which the background is scaled: for a fine-tuned model the
    /// harvest's share of the fine-tuning text. A wrong one costs power, never validity, if it was fixed beforehand
    #[arg(long, value_name = "S", default_value_t = hallmark_detector::weights::ASSUMED_SHARE, requires = "background")]
    pub(crate) assumed_share: f64,
    /// How often text that neither index holds is assumed after each window
    #[arg(long, value_name = "WINDOWS", default_value_t = hallmark_detector::weights::PRIOR, requires = "harvests")]
    pub(crate) weight_prior: f64,
    /// Give windows that no harvest holds the smallest weight instead of 0
    #[arg(long, requires = "harvests")]
    pub(crate) weight_floor: bool,
    /// Answers of a model without the mark, best to the same prompts, read like INPUT; repeat it for
    /// several files. T2r and T3r take their expected counts from them, otherwise from the suspect's own
    /// answers after shorter windows
    #[arg(long = "reference", value_name = "FILE")]
    pub(crate) references: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    Graded,
    Filter,
    Background,
}

impl AnalysisArgs {
    /// The plan that the flags make, of these answers under these keys.
    pub(crate) fn plan(
        &self,
        profile: &Profile,
        keys: Vec<TriedKey>,
        controls: Vec<TriedKey>,
        answers: &[PathBuf],
    ) -> Plan {
        let usual = Plan::new(profile, keys, self.reading.inputs(answers));
        Plan {
            controls,
            decoys: self.decoys.unwrap_or(usual.decoys),
            decoy_seed: self.decoy_seed,
            shape: self.beside.shape,
            weighing: self.weights.weighing(),
            first_visits: self.weights.first_visits.clone(),
            references: self.weights.references.clone(),
            logprobs: self.beside.logprobs.clone(),
            reference_logprobs: self.beside.reference_logprobs.clone(),
            rule_out: self.rule_out,
            calibration: self.calibration.calibrated(),
            dedup: self.dedup.dedup(),
            order: self.order(),
            logs: match &self.logs[..] {
                [] => answers.iter().filter_map(|file| log_beside(file)).collect(),
                logs => logs.to_vec(),
            },
            provider_logs: self.provider_logs.clone(),
            probes: self.probes.clone(),
            ..usual
        }
    }
}

/// Arguments that name files: a plan's were fixed with it.
const FILES: [&str; 11] = [
    "provider_logs",
    "probes",
    "calibration",
    "harvests",
    "first_visits",
    "background",
    "references",
    "logprobs",
    "reference_logprobs",
    "tokenizer",
    "requests",
];

impl AnalysisArgs {
    /// Changes a plan as those arguments say that were given beside it.
    pub(crate) fn change(&self, given: &BTreeSet<String>, plan: &mut Plan) -> Outcome<()> {
        let files = FILES.iter().find(|&&id| given.contains(id));
        if let Some(id) = files {
            let flag = id.trim_end_matches('s').replace('_', "-");
            return Err(Error::usage(format_args!(
                "the files that shape a planned examination were fixed with its plan (--{flag})"
            ))
            .hint("make a new case with `hallmark plan`"));
        }
        let has = |id: &str| given.contains(id);
        let reading = self.reading.inputs(&[]);
        let calibrated = self.calibration.calibrated();
        let weighing = self.weights.weighing();
        if let (true, Some(decoys)) = (has("decoys"), self.decoys) {
            plan.decoys = decoys;
        }
        if has("decoy_seed") {
            plan.decoy_seed = self.decoy_seed;
        }
        if has("rule_out") {
            plan.rule_out = self.rule_out;
        }
        if has("order_by_hash") {
            plan.order = self.order();
        }
        if has("shape") {
            plan.shape = true;
        }
        if has("access") {
            plan.calibration.access = calibrated.access;
        }
        if has("prompts") {
            plan.calibration.prompts = calibrated.prompts;
        }
        if has("dedup") || has("dedup_memory") {
            plan.dedup = self.dedup.dedup();
        }
        if has("rule") {
            plan.weighing.rule = weighing.rule;
        }
        if has("assumed_share") {
            plan.weighing.assumed_share = weighing.assumed_share;
        }
        if has("weight_prior") {
            plan.weighing.prior = weighing.prior;
        }
        if has("weight_floor") {
            plan.weighing.floor = true;
        }
        if has("fields") {
            plan.answers.fields = reading.fields;
        }
        if has("turns") {
            plan.answers.all_turns = reading.all_turns;
        }
        if has("assistant") {
            plan.answers.assistant = reading.assistant;
        }
        if has("layout") {
            plan.answers.layout = reading.layout;
        }
        if has("normalise") {
            plan.answers.normalise = true;
        }
        if has("ids") {
            plan.answers.ids = true;
        }
        if has("skip_bad") {
            plan.answers.skip_bad = reading.skip_bad;
        }
        if has("max_record_bytes") {
            plan.answers.max_record_bytes = reading.max_record_bytes;
        }
        if has("max_document_bytes") {
            plan.answers.max_document_bytes = reading.max_document_bytes;
        }
        if has("max_total_bytes") {
            plan.answers.max_total_bytes = reading.max_total_bytes;
        }
        if has("max_nesting") {
            plan.answers.max_nesting = reading.max_nesting;
        }
        if has("input_format") {
            plan.answers.format = reading.format;
        }
        Ok(())
    }

    fn order(&self) -> Ordering {
        match &self.order_by_hash {
            Some(seed) => Ordering::Hash(seed.clone()),
            None => Ordering::AsGiven,
        }
    }
}

impl WeightArgs {
    fn weighing(&self) -> Weighing {
        Weighing {
            harvests: self.harvests.clone(),
            background: self.background.clone(),
            rule: match self.rule {
                RuleName::Graded => Rule::Graded,
                RuleName::Filter => Rule::Filter,
                RuleName::Background => Rule::Background,
            },
            assumed_share: self.assumed_share,
            prior: self.weight_prior,
            floor: self.weight_floor,
        }
    }
}
