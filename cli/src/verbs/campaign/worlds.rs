//! `campaign worlds`: made traffic, scanned or written.

use crate::args::{CampaignWorldsArgs, WithinName};
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::worlds_text;
use hallmark::{Error, Exit};
use hallmark_campaign::exchange::Within;
use hallmark_study::campaigns::{Runs, World, WorldPlan, run as run_worlds, write};

pub(super) fn run(args: &CampaignWorldsArgs, output: &Output) -> Outcome {
    let plan: WorldPlan = hallmark_study::campaigns::plan(&super::given::text(&args.plan)?)
        .map_err(|error| {
            Error::usage(error)
                .at(args.plan.display())
                .hint("docs/studies/campaigns has plans to begin with")
        })?;
    if let Some(out) = &args.out {
        write(&World::new(&plan, args.seed), out)?;
        output.note(format_args!("written to {}", out.display()));
        return Ok(Exit::Done);
    }
    let result = run_worlds(&Runs {
        plan,
        worlds: args.worlds,
        seed: args.seed,
        window_weeks: args.window_weeks,
        surrogates: args.surrogates,
        within: match args.within {
            WithinName::HourOfDay => Within::HourOfDay,
            WithinName::Window => Within::Window,
        },
    });
    output.result(|| worlds_text(&result), &result, &result.roles)?;
    Ok(Exit::Done)
}
