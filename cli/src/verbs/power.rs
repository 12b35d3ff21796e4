//! `power`: how much must be asked.

use crate::args::{PowerArgs, SchemeName};
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Bars;
use crate::render::power_text;
use hallmark::files::profiles;
use hallmark::power::{Marking, Planning, Strength, plan};
use hallmark::{Error, Exit};
use hallmark_core::schemes::Scheme;

pub(crate) fn run(args: &PowerArgs, output: &Output) -> Outcome {
    let strength = match (args.lift, args.share) {
        (None, Some(share)) => Strength::Share(share),
        (lift, _) => Strength::Lift(lift.unwrap_or_default()),
    };
    let planning = Planning {
        mark: marking(args)?,
        strength,
        alpha: args.alpha,
        power: args.power,
        calibration: args.calibration.calibrated(),
        pilot: args.pilot(),
        cells_per_token: args.cells_per_token,
        tokens_per_answer: args.tokens_per_answer,
        cohorts: args.cohorts.clone(),
    };
    let mut bars = Bars::new(output);
    let planned = plan(&planning, &mut |step| bars.step(step))?;
    drop(bars);
    output.result(|| power_text(&planned), &planned, &[] as &[()])?;
    Ok(Exit::Done)
}

/// What is marked with, from flags or a profile.
fn marking(args: &PowerArgs) -> Outcome<Marking> {
    if let Some(path) = &args.profile {
        return Ok(Marking::of_profile(profiles::read(path)?));
    }
    let name = args.scheme.unwrap_or(SchemeName::Green);
    let misplaced = if args.gamma.is_some() && name != SchemeName::Green {
        Some("--gamma belongs to --scheme green")
    } else if args.layers.is_some() && name != SchemeName::Tournament {
        Some("--layers belongs to --scheme tournament")
    } else {
        None
    };
    if let Some(what) = misplaced {
        return Err(Error::usage(what).hint("leave the flag out, or name that scheme"));
    }
    let scheme = match name {
        SchemeName::Gumbel => Scheme::GUMBEL,
        SchemeName::DualGumbel => Scheme::DUAL_GUMBEL,
        SchemeName::Green => Scheme::green(args.gamma.unwrap_or(0.25), 0.0),
        SchemeName::Tournament => Scheme::tournament(args.layers.unwrap_or(32)),
    };
    Marking::of_scheme(scheme, usize::from(args.window))
}
