//! `study`: real students, and what is found in their answers.

use crate::args::{
    StudyAction, StudyArgs, StudyExamineArgs, StudyNullsArgs, StudyQualityArgs, StudyRunArgs,
};
use crate::failure::Outcome;
use crate::output::{Output, print};
use crate::progress::{Bars, Progress};
use crate::render::{nulls_text, quality_text, tables_text};
use hallmark::Error;
use hallmark::Exit;
use hallmark::tokenizers;
use hallmark_core::profile::TokenizerRef;
use hallmark_study::answer_files;
use hallmark_study::folder::{self, ARM};
use hallmark_study::make::{self, Setting};
use hallmark_study::plan::{NamedArm, Plan, WorldName};
use hallmark_study::students::{Cache, Shakespeare, World};
use hallmark_study::{nulls, quality, tables};
use std::time::{Duration, Instant};

pub(crate) fn run(args: &StudyArgs, output: &Output) -> Outcome {
    match &args.action {
        StudyAction::Run(args) => run_plan(args, output),
        StudyAction::Examine(args) => examine(args, output),
        StudyAction::Tables(args) => {
            let tables = tables::tables(&args.folder)?;
            output.result(|| tables_text(&tables), &tables, &tables.rows)?;
            Ok(Exit::Done)
        }
        StudyAction::Nulls(args) => nulls(args, output),
        StudyAction::Quality(args) => quality(args, output),
    }
}

fn run_plan(args: &StudyRunArgs, output: &Output) -> Outcome {
    let since = Instant::now();
    let plan = Plan::read(&args.plan)?;
    let arms = chosen(&plan.arms, &args.only)?;
    let there = |named: &NamedArm| args.out.join(&named.name).join(ARM).is_file();
    if args.list {
        let line = |named: &&NamedArm| {
            let mark = if there(named) { "done" } else { "open" };
            format!("{mark} {}\n", named.name)
        };
        print(&arms.iter().map(line).collect::<String>())?;
        return Ok(Exit::Done);
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|error| Error::io("make the folder", &args.out, &error))?;
    let cache = Cache::open(&args.out.join("shared"))?;
    let (world, tokenizer) = world(plan.world, args)?;
    let setting = Setting {
        world: &*world,
        cache: &cache,
        tokenizer: &tokenizer,
    };
    for named in arms {
        let folder = args.out.join(&named.name);
        if !there(named) {
            if args
                .seconds
                .is_some_and(|most| since.elapsed() > Duration::from_secs(most))
            {
                output.note("time is up: run the same command again for the rest");
                break;
            }
            let begun = Instant::now();
            let mut bars = Bars::new(output);
            make::make(named, &plan, &setting, &args.out, &mut |step| {
                bars.step(step);
            })?;
            drop(bars);
            output.note(format_args!(
                "{}: {:.0} s",
                named.name,
                begun.elapsed().as_secs_f64()
            ));
        }
        if !args.answers_only {
            make::examine(&folder, false)?;
        }
    }
    Ok(Exit::Done)
}

/// The world of a plan, with its teacher's tokenizer.
fn world(name: WorldName, args: &StudyRunArgs) -> Outcome<(Box<dyn World>, TokenizerRef)> {
    match name {
        WorldName::Shakespeare => {
            let world = Shakespeare::open()?;
            Ok((Box::new(world), tokenizers::built_in_ref()?))
        }
        WorldName::Corpora => {
            let folder = args.corpora.as_deref().ok_or_else(|| {
                Error::usage("this plan's world is a larger teacher's answers")
                    .hint("name the folder that holds them with --corpora DIR")
            })?;
            let (file, shared) = (
                folder.join(answer_files::TOKENIZER),
                args.out.join("shared").join(answer_files::TOKENIZER),
            );
            std::fs::copy(&file, &shared).map_err(|error| Error::io("copy", &file, &error))?;
            let tokenizer = tokenizers::reference(&tokenizers::open(&file)?);
            Ok((Box::new(answer_files::open(folder)?), tokenizer))
        }
    }
}

fn chosen<'a>(arms: &'a [NamedArm], only: &[String]) -> Outcome<Vec<&'a NamedArm>> {
    let wanted = |named: &&NamedArm| {
        only.is_empty() || only.iter().any(|part| named.name.contains(part.as_str()))
    };
    let chosen: Vec<&NamedArm> = arms.iter().filter(wanted).collect();
    if chosen.is_empty() {
        return Err(
            Error::usage(format_args!("the plan has no arm like {only:?}"))
                .hint("--list prints the arms' names"),
        );
    }
    Ok(chosen)
}

fn examine(args: &StudyExamineArgs, output: &Output) -> Outcome {
    for (path, arm) in folder::arms(&args.folder)? {
        if args.only.is_empty()
            || args
                .only
                .iter()
                .any(|part| arm.name.contains(part.as_str()))
        {
            let begun = Instant::now();
            if make::examine(&path, args.again)? {
                output.note(format_args!(
                    "{}: {:.1} s",
                    arm.name,
                    begun.elapsed().as_secs_f64()
                ));
            }
        }
    }
    Ok(Exit::Done)
}

fn nulls(args: &StudyNullsArgs, output: &Output) -> Outcome {
    let request = nulls::Request {
        keys: args.keys,
        tokens: args.tokens,
        seed: args.seed,
    };
    let mut progress = None;
    let nulls = nulls::simulate(&args.folder, &request, &mut |done, all| {
        progress
            .get_or_insert_with(|| Progress::new(output, "examinations", Some(all)))
            .set(done);
    })?;
    drop(progress);
    output.result(|| nulls_text(&nulls), &nulls, &nulls.tests)?;
    Ok(Exit::Done)
}

fn quality(args: &StudyQualityArgs, output: &Output) -> Outcome {
    let table = match &args.corpora {
        Some(folder) => quality::corpora(folder, args.cap)?,
        None => {
            let mut progress = Progress::new(output, "marks", None);
            quality::shakespeare(args.prompts, args.answers, &mut |done, _| {
                progress.set(done);
            })?
        }
    };
    output.result(|| quality_text(&table), &table, &table.rows)?;
    Ok(Exit::Done)
}
