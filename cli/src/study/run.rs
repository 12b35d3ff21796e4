//! Making the arms of a plan, one by one.

use crate::failure::{Failure, Outcome};
use crate::output::{Output, to_json};
use crate::progress::Progress;
use crate::study::folder::{self, ARM, PROFILE, STUDENT};
use crate::study::heads;
use crate::study::plan::{NamedArm, Plan};
use crate::study::record::ArmRecord;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_lab::Transformer;
use hallmark_study::keys::Cohort;
use hallmark_study::students::{Cache, StudyError, World, control_name, run};
use std::path::Path;
use std::time::Instant;

/// Where arms take place.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) cache: &'a Cache,
    /// The teacher's tokenizer, as profiles name it.
    pub(crate) tokenizer: &'a TokenizerRef,
}

/// Makes one arm's folder, whole or not at all.
pub(crate) fn make(
    named: &NamedArm,
    plan: &Plan,
    setting: &Setting<'_>,
    out: &Path,
    output: &Output,
) -> Outcome<()> {
    let NamedArm { group, name, arm } = named;
    let Setting {
        world,
        cache,
        tokenizer,
    } = *setting;
    let since = Instant::now();
    let partial = tempfile::Builder::new()
        .prefix(".partial-")
        .tempdir_in(out)
        .map_err(|error| Failure::io("make a folder in", out, &error))?;
    let checkpoint = partial.path().join(STUDENT);
    let mut keep = |student: &Transformer| {
        student.to_safetensors(&checkpoint)?;
        let bytes = std::fs::read(&checkpoint).map_err(|source| StudyError::File {
            path: checkpoint.clone(),
            source,
        })?;
        Ok(Transformer::from_safetensors(&bytes)?)
    };
    let mut now: Option<(String, Progress)> = None;
    let mut progress = |stage: &str, done: usize, all: usize| {
        if now.as_ref().is_none_or(|(current, _)| current != stage) {
            now = None;
            now = Some((
                stage.to_owned(),
                Progress::new(output, stage, Some(all as u64)),
            ));
        }
        if let Some((_, progress)) = &mut now {
            progress.set(done as u64);
        }
    };
    let left = run(arm, world, cache, &mut keep, &mut progress).map_err(|error| failure(&error))?;
    drop(now);
    let profile = Profile {
        name: format!("study-{}", world.name()),
        scheme: arm.scheme,
        window: arm.window,
        tokenizer: tokenizer.clone(),
    };
    let text = profile.to_toml();
    let path = partial.path().join(PROFILE);
    std::fs::write(&path, text).map_err(|error| Failure::io("write", &path, &error))?;
    let key = |cohort| world.key(&arm.marking(cohort));
    let tested = key(Cohort::Tested).expect("an arm that ran has its key");
    let other = key(Cohort::Other);
    folder::write_keys(partial.path(), &tested, other.as_ref())?;
    let files = folder::write_texts(partial.path(), &left, world)?;
    let record = ArmRecord {
        schema: "hallmark/study-arm/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        world: world.name().to_owned(),
        group: group.clone(),
        name: name.clone(),
        scheme: arm.scheme.id().to_owned(),
        window: arm.window,
        share: arm.share,
        seed: arm.seed,
        variant: arm.variant.id(),
        guilty: arm.variant.is_guilty(),
        marked_answers: arm.marked_answers(),
        size: arm.size.into(),
        key_id: tested.public_id().to_string(),
        other_key_id: other.map(|key| key.public_id().to_string()),
        prefixes: plan.prefixes.clone(),
        decoys: plan.decoys,
        losses: twentieths(&left.losses),
        second_losses: twentieths(&left.second_losses),
        seconds: (since.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        control: control_name(arm, world),
        files,
    };
    folder::replace(
        &partial.path().join(ARM),
        (to_json(&record, true)? + "\n").as_bytes(),
    )?;
    let path = out.join(name);
    std::fs::rename(partial.keep(), &path)
        .map_err(|error| Failure::io("make the folder", &path, &error))
}

/// Examines an arm's folder, unless that was done.
pub(crate) fn examine(folder: &Path, again: bool) -> Outcome<bool> {
    let path = folder.join(folder::EXAMINED);
    if path.exists() && !again {
        return Ok(false);
    }
    let record = heads::examine(folder)?;
    folder::replace(&path, (to_json(&record, true)? + "\n").as_bytes())?;
    Ok(true)
}

/// A failure of a study: of its plan, a file or the built-in models.
pub(crate) fn failure(error: &StudyError) -> Failure {
    match error {
        StudyError::Setting { .. } => {
            Failure::usage(error).hint("change the plan: docs/studies/README.md describes it")
        }
        StudyError::Lab(_) => Failure::integrity(error),
        _ => Failure::usage(error),
    }
}

fn twentieths(losses: &[f32]) -> Vec<f32> {
    let size = losses.len().div_ceil(20).max(1);
    losses
        .chunks(size)
        .map(|part| part.iter().sum::<f32>() / part.len() as f32)
        .map(|mean| (mean * 1e4).round() / 1e4)
        .collect()
}
