//! `demo`: the whole story on this machine.

mod case;
mod keep;

use super::mark;
use crate::args::DemoArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::demo_text;
use crate::results::demo::{Demo, StudentFinding};
use hallmark::Error;
use hallmark::Exit;
use hallmark::examine::{DOES_NOT_SHOW, examine_records};
use hallmark::files::NewFolder;
use hallmark::json::{VERSION, formats};
use hallmark::marks;
use hallmark::profile::ProfileJson;
use hallmark::progress::Step;
use hallmark::progress::silent;
use hallmark::tokenizers;
use hallmark::{Examined, Inputs, Plan, TriedKey};
use hallmark_core::keys::{CohortKey, Key, RootKey};
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Scheme;
use hallmark_corpus::{Piece, Record, Source, Tokenizer, encode};
use hallmark_detector::finding::Finding;
use hallmark_lab::{Exchange, Marked};
use hallmark_study::keys::story_root;
use hallmark_study::story::{self, Settings, Size, Stage, Told};
use std::path::Path;

/// Tokens in a window.
const WINDOW: usize = 2;

/// Decoy keys in each line-up.
const DECOYS: u32 = 4_999;

pub(crate) fn run(args: &DemoArgs, output: &Output) -> Outcome {
    // Made before the work, so that a folder that cannot be written costs nothing.
    let made = args.keep.as_deref().map(NewFolder::create).transpose()?;
    let cast = Cast::new(args.seed)?;
    let size = if args.full { Size::Full } else { Size::Default };
    let told = tell(args.seed, size, &cast, output)?;
    let tokenizer = tokenizers::built_in()?;
    let teacher = cast.examine(&told.marked, &tokenizer, 0)?;
    let students = told
        .students
        .iter()
        .map(|student| {
            let Examined { counts, tests, .. } =
                cast.examine(&student.answers, &tokenizer, DECOYS)?;
            let adjusted = |id: &str| headline(&tests, id).log10_p_adjusted;
            Ok(StudentFinding {
                name: student.name.to_owned(),
                trained_on_marked: student.trained_on_marked,
                log10_p: adjusted(&cast.key_id),
                unused_log10_p: adjusted(&cast.unused_id),
                counts,
                tests,
            })
        })
        .collect::<Outcome<Vec<_>>>()?;
    let demo = Demo {
        schema: formats::Demo,
        version: VERSION.to_owned(),
        seed: args.seed,
        size: if args.full { "full" } else { "default" }.to_owned(),
        profile: ProfileJson::from(&cast.profile),
        key_id: cast.key_id.clone(),
        unused_key_id: cast.unused_id.clone(),
        decoys: DECOYS,
        teacher_log10_p: headline(&teacher.tests, &cast.key_id).log10_p,
        students,
        does_not_show: DOES_NOT_SHOW.map(str::to_owned).to_vec(),
    };
    output.result(
        || demo_text(&demo, args.keep.as_deref()),
        &demo,
        &demo.students,
    )?;
    if let Some(made) = made {
        keep::keep(made.path(), &cast, &told, &tokenizer, &demo)?;
        case::tell(made.path(), &cast.profile)?;
        made.finish()?;
    }
    Ok(Exit::Done)
}

/// The keys and the profile of a story.
struct Cast {
    profile: Profile,
    root: RootKey,
    key: CohortKey,
    key_id: String,
    unused: CohortKey,
    unused_id: String,
}

/// The epoch and the cohorts of the demo's keys.
const EPOCH: &str = "demo";
const COHORT: &str = "harvesters";
const UNUSED_COHORT: &str = "never-used";

impl Cast {
    fn new(seed: u64) -> Outcome<Self> {
        let profile = Profile {
            name: "demo".to_owned(),
            scheme: Scheme::GUMBEL,
            window: WINDOW,
            ring: 1,
            tokenizer: tokenizers::built_in_ref()?,
        };
        let root = story_root(seed);
        let cohort = |name| root.epoch(EPOCH)?.cohort(name);
        let named = |error| Error::integrity(format_args!("the demo's own names: {error}"));
        let (key, unused) = (
            cohort(COHORT).map_err(named)?,
            cohort(UNUSED_COHORT).map_err(named)?,
        );
        let (key_id, unused_id) = (key.public_id().to_string(), unused.public_id().to_string());
        Ok(Self {
            profile,
            root,
            key,
            key_id,
            unused,
            unused_id,
        })
    }

    /// Examines answers as `examine` would: their text is tokenised again, and the windows of the
    /// prompts are left out.
    fn examine(
        &self,
        answers: &[Exchange],
        tokenizer: &Tokenizer,
        decoys: u32,
    ) -> Outcome<Examined> {
        let keys = [self.key.clone(), self.unused.clone()].map(Key::from);
        let tried = keys
            .each_ref()
            .map(|key| TriedKey::of(key, Path::new("demo")));
        let plan = Plan {
            decoys,
            ..Plan::new(&self.profile, tried.to_vec(), Inputs::default())
        };
        let records = answers
            .iter()
            .zip(1..)
            .map(|(Exchange { prompt, answer }, line)| {
                let text = |tokens: &[u32]| Piece::Text(tokenizer.decode(tokens));
                Ok(Record {
                    source: Source {
                        file: "demo".into(),
                        line,
                    },
                    id: Some(line.to_string()),
                    group: None,
                    sub_key: None,
                    exposure: vec![text(prompt)],
                    exposure_known: true,
                    turns: None,
                    body: text(answer),
                    earlier: vec![],
                })
            });
        examine_records(&plan, &keys, encode(records, Some(tokenizer)), &mut silent)
    }
}

/// The T1 finding under a key.
fn headline<'a>(tests: &'a [Finding], key_id: &str) -> &'a Finding {
    tests
        .iter()
        .find(|finding| finding.key_id == key_id)
        .expect("every key has a T1 finding first")
}

fn tell(seed: u64, size: Size, cast: &Cast, output: &Output) -> Outcome<Told> {
    let mark = marks::mark(&cast.profile, &cast.key.clone().into())?;
    let mut marked = Marked::new(&mark, vec![]).map_err(Error::integrity)?;
    let mut bars = Bars::new(output);
    let mut now: Option<Stage> = None;
    story::tell(
        seed,
        &Settings::of(size),
        &mut marked,
        &mut |stage, done, total| {
            if now.as_ref() != Some(&stage) {
                bars = Bars::new(output);
                output.note(format_args!("- {}", stage.describe()));
                now = Some(stage);
            }
            bars.step(Step {
                what: "",
                done: done as u64,
                all: Some(total as u64),
            });
        },
    )
    .map_err(|error| mark::failure(&error))
}
