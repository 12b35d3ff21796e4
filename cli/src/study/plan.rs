//! Plan files: which arms a study has.

use crate::failure::{Failure, Outcome};
use hallmark_core::schemes::Scheme;
use hallmark_study::students::{Arm, Size, Variant};
use serde::Deserialize;
use std::path::Path;

/// A study's arms, in the order in which they run.
pub(crate) struct Plan {
    pub(crate) world: WorldName,
    /// Tokens of answers at which the tests are made.
    pub(crate) prefixes: Vec<u64>,
    /// Decoys in each line-up.
    pub(crate) decoys: u32,
    pub(crate) arms: Vec<NamedArm>,
}

/// An arm with its name.
pub(crate) struct NamedArm {
    /// The group it is of.
    pub(crate) group: String,
    /// Group and arm: the name of its folder.
    pub(crate) name: String,
    pub(crate) arm: Arm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WorldName {
    Shakespeare,
    Corpora,
}

impl Plan {
    /// Reads a plan file.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::io("read the plan", path, &error))?;
        let wrong = |what: String| {
            Failure::usage(format_args!("plan {}: {what}", path.display()))
                .hint("docs/studies/README.md describes plan files")
        };
        let file: PlanFile = toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            wrong(format!("line {line}: {}", error.message().trim_end()))
        })?;
        file.check().map_err(wrong)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    study: u32,
    world: WorldName,
    prefixes: Vec<u64>,
    decoys: u32,
    arms: Vec<Group>,
}

/// Every combination of its lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    schemes: Vec<String>,
    windows: Vec<usize>,
    shares: Vec<f64>,
    seeds: Vec<u64>,
    variants: Vec<String>,
    training_answers: usize,
    training_prompts: usize,
    passes: usize,
    batch: usize,
    learning_rate: f64,
    harvest_answers: usize,
    generic_answers: usize,
    background_answers: usize,
}

impl PlanFile {
    fn check(self) -> Result<Plan, String> {
        if self.study != 1 {
            return Err(format!("study = {}, and this program reads 1", self.study));
        }
        if self.prefixes.is_empty() || !self.prefixes.is_sorted_by(|a, b| a < b) {
            return Err("prefixes must rise".to_owned());
        }
        let mut arms: Vec<NamedArm> = vec![];
        for group in &self.arms {
            if group.name.is_empty() || !group.name.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(format!("name {:?} must be letters and digits", group.name));
            }
            arms.extend(group.arms()?);
        }
        let mut names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("arm {} is there twice", twice[0]));
        }
        Ok(Plan {
            world: self.world,
            prefixes: self.prefixes,
            decoys: self.decoys,
            arms,
        })
    }
}

impl Group {
    fn arms(&self) -> Result<Vec<NamedArm>, String> {
        let size = Size {
            training_answers: self.training_answers,
            training_prompts: self.training_prompts,
            passes: self.passes,
            batch: self.batch,
            learning_rate: self.learning_rate,
            harvest_answers: self.harvest_answers,
            generic_answers: self.generic_answers,
            background_answers: self.background_answers,
        };
        let mut arms = vec![];
        for &seed in &self.seeds {
            for scheme in &self.schemes {
                for &window in &self.windows {
                    for &share in &self.shares {
                        for variant in &self.variants {
                            let arm = Arm {
                                scheme: scheme_of(scheme)?,
                                window,
                                share,
                                seed,
                                variant: variant_of(variant)?,
                                size,
                            };
                            let group = self.name.clone();
                            let name = format!("{group}-{}", arm.id());
                            arms.push(NamedArm { group, name, arm });
                        }
                    }
                }
            }
        }
        Ok(arms)
    }
}

/// A scheme with the parameters that all studies use.
pub(crate) fn scheme_of(name: &str) -> Result<Scheme, String> {
    match name {
        "gumbel" => Ok(Scheme::GUMBEL),
        "dual-gumbel" => Ok(Scheme::DUAL_GUMBEL),
        "green" => Ok(Scheme::green(0.25, 2.0)),
        "tournament" => Ok(Scheme::tournament(30)),
        _ => Err(format!(
            "scheme {name:?} is none of gumbel, dual-gumbel, green, tournament"
        )),
    }
}

/// `marked`, `clean`, `other-key`, `second:AMOUNT` or `edited:RATE`.
fn variant_of(text: &str) -> Result<Variant, String> {
    let (name, number) = text.split_once(':').unwrap_or((text, ""));
    let share = || match number.parse::<f64>() {
        Ok(share) if share > 0.0 && share.is_finite() => Ok(share),
        _ => Err(format!(
            "variant {text:?} needs a number above 0 after the colon"
        )),
    };
    match name {
        "marked" => Ok(Variant::Marked),
        "clean" => Ok(Variant::Clean),
        "other-key" => Ok(Variant::OtherKey),
        "second" => Ok(Variant::SecondFinetune { amount: share()? }),
        "edited" => Ok(Variant::Edited { rate: share()? }),
        _ => Err(format!(
            "variant {text:?} is none of marked, clean, other-key, second:AMOUNT, edited:RATE"
        )),
    }
}
