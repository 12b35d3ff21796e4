//! Making the arms of a plan, one by one.

use crate::folder::{self, ARM, PROFILE, STUDENT};
use crate::head_to_head;
use crate::keys::Cohort;
use crate::plan::{NamedArm, Plan};
use crate::record::ArmRecord;
use crate::students::{Cache, StudyError, World, control_name, run};
use hallmark::json::{VERSION, formats, to_json};
use hallmark::progress::Step;
use hallmark::{Error, Result};
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_lab::Transformer;
use std::path::Path;
use std::time::Instant;

/// Where arms take place.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The teacher and its prompts.
    pub world: &'a dyn World,
    /// What was made before.
    pub cache: &'a Cache,
    /// The teacher's tokenizer, as profiles name it.
    pub tokenizer: &'a TokenizerRef,
}

/// Makes one arm's folder, whole or not at all.
///
/// # Errors
/// When the arm asks for more than its world has, or the folder cannot be written.
///
/// # Panics
/// Never: an arm that ran has its key.
pub fn make(
    named: &NamedArm,
    plan: &Plan,
    setting: &Setting<'_>,
    out: &Path,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<()> {
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
        .map_err(|error| Error::io("make a folder in", out, &error))?;
    let checkpoint = partial.path().join(STUDENT);
    let mut keep = |student: &Transformer| {
        student.to_safetensors(&checkpoint)?;
        let bytes = std::fs::read(&checkpoint).map_err(|source| StudyError::File {
            path: checkpoint.clone(),
            source,
        })?;
        Ok(Transformer::from_safetensors(&bytes)?)
    };
    let mut step = |what: &str, done: usize, all: usize| {
        progress(Step {
            what,
            done: done as u64,
            all: Some(all as u64),
        });
    };
    let left = run(arm, world, cache, &mut keep, &mut step)?;
    let profile = Profile {
        name: format!("study-{}", world.name()),
        scheme: arm.scheme,
        window: arm.window,
        ring: arm.ring,
        tokenizer: tokenizer.clone(),
    };
    let text = profile.to_toml();
    let path = partial.path().join(PROFILE);
    std::fs::write(&path, text).map_err(|error| Error::io("write", &path, &error))?;
    let key = |cohort| world.key(&arm.marking(cohort));
    let tested = key(Cohort::Tested).expect("an arm that ran has its key");
    let other = key(Cohort::Other);
    folder::write_keys(partial.path(), &tested, other.as_ref())?;
    let sub_keys = arm.marking(Cohort::Tested).sub_keys(left.harvest.len());
    let files = folder::write_texts(partial.path(), &left, &sub_keys, world)?;
    let record = ArmRecord {
        schema: formats::StudyArm,
        version: VERSION.to_owned(),
        world: world.name().to_owned(),
        group: group.clone(),
        name: name.clone(),
        scheme: arm.scheme.id().to_owned(),
        window: arm.window,
        ring: (arm.ring > 1).then_some(arm.ring),
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
        .map_err(|error| Error::io("make the folder", &path, &error))
}

/// Examines an arm's folder, unless that was done; whether it was examined now.
///
/// # Errors
/// When a file of it is missing or changed.
pub fn examine(folder: &Path, again: bool) -> Result<bool> {
    let path = folder.join(folder::EXAMINED);
    if path.exists() && !again {
        return Ok(false);
    }
    let record = head_to_head::examine(folder)?;
    folder::replace(&path, (to_json(&record, true)? + "\n").as_bytes())?;
    Ok(true)
}

fn twentieths(losses: &[f32]) -> Vec<f32> {
    let size = losses.len().div_ceil(20).max(1);
    losses
        .chunks(size)
        .map(|part| part.iter().sum::<f32>() / part.len() as f32)
        .map(|mean| (mean * 1e4).round() / 1e4)
        .collect()
}
