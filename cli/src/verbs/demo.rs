//! `demo`: the whole story on this machine.

mod case;
mod cast;
mod keep;

use super::mark;
use crate::args::DemoArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::demo_text;
use crate::results::demo::{Demo, StudentFinding};
use cast::{Cast, DECOYS};
use hallmark::Error;
use hallmark::Examined;
use hallmark::Exit;
use hallmark::examine::DOES_NOT_SHOW;
use hallmark::files::NewFolder;
use hallmark::json::{VERSION, formats};
use hallmark::marks;
use hallmark::profile::ProfileJson;
use hallmark::progress::Step;
use hallmark::tokenizers;
use hallmark_detector::finding::Finding;
use hallmark_lab::Marked;
use hallmark_study::story::{self, Settings, Size, Stage, Told};

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
