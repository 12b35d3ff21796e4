//! Plan files: which arms a study has.

use crate::students::{Arm, Size, Variant};
use hallmark::{Error, Result};
use hallmark_core::schemes::Scheme;
use serde::Deserialize;
use std::path::Path;

/// A study's arms, in the order in which they run.
pub struct Plan {
    /// Where they take place.
    pub world: WorldName,
    /// Tokens of answers at which the tests are made.
    pub prefixes: Vec<u64>,
    /// Decoys in each line-up.
    pub decoys: u32,
    /// The arms.
    pub arms: Vec<NamedArm>,
}

/// An arm with its name.
pub struct NamedArm {
    /// The group it is of.
    pub group: String,
    /// Group and arm: the name of its folder.
    pub name: String,
    /// The arm.
    pub arm: Arm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
/// Where arms take place.
pub enum WorldName {
    /// The built-in teacher.
    Shakespeare,
    /// A larger teacher's answers.
    Corpora,
}

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// When it is no plan; docs/studies/README.md describes it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::io("read the plan", path, &error))?;
        Self::parse(&text).map_err(|what| {
            Error::usage(what)
                .at(format_args!("plan {}", path.display()))
                .hint("docs/studies/README.md describes plan files")
        })
    }

    /// Reads the text of a plan file.
    ///
    /// # Errors
    /// Says what is wrong, and where it is no TOML, in which line.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let file: PlanFile = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            format!("line {line}: {}", error.message().trim_end())
        })?;
        file.check()
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
    #[serde(default = "without_rings")]
    rings: Vec<u32>,
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

fn without_rings() -> Vec<u32> {
    vec![1]
}

impl PlanFile {
    fn check(self) -> std::result::Result<Plan, String> {
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
            let left = MAX_ARMS.saturating_sub(arms.len());
            let found = group.count().filter(|count| *count <= left);
            if found.is_none() {
                return Err(format!("a plan has at most {MAX_ARMS} arms"));
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

/// The most arms of a plan. Every one is a training; the largest study of this project has a few hundred.
const MAX_ARMS: usize = 10_000;

impl Group {
    /// How many arms there are; nothing where that is no number.
    fn count(&self) -> Option<usize> {
        let lists = [
            self.seeds.len(),
            self.schemes.len(),
            self.windows.len(),
            self.rings.len(),
            self.shares.len(),
            self.variants.len(),
        ];
        lists.into_iter().try_fold(1, usize::checked_mul)
    }

    fn arms(&self) -> std::result::Result<Vec<NamedArm>, String> {
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
                    for &ring in &self.rings {
                        let marks = (scheme_of(scheme)?, window, ring);
                        arms.extend(self.of_mark(marks, seed, size)?);
                    }
                }
            }
        }
        Ok(arms)
    }

    /// The arms of one mark and one seed.
    fn of_mark(
        &self,
        (scheme, window, ring): (Scheme, usize, u32),
        seed: u64,
        size: Size,
    ) -> std::result::Result<Vec<NamedArm>, String> {
        let mut arms = vec![];
        for &share in &self.shares {
            for variant in &self.variants {
                let arm = Arm {
                    scheme,
                    window,
                    ring,
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
        Ok(arms)
    }
}

/// A scheme with the parameters that all studies use.
///
/// # Errors
/// When it is none of the four.
pub fn scheme_of(name: &str) -> std::result::Result<Scheme, String> {
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
fn variant_of(text: &str) -> std::result::Result<Variant, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_plan_of_endless_arms_is_refused() {
        let small = include_str!("../../../docs/studies/small.toml");
        assert_eq!(Plan::parse(small).map(|plan| plan.arms.len()), Ok(2));
        let many = |count: usize| format!("{:?}", (0..count).collect::<Vec<_>>());
        let seeds = small.replace("seeds = [1]", &format!("seeds = {}", many(5001)));
        assert_eq!(
            Plan::parse(&seeds).err().as_deref(),
            Some("a plan has at most 10000 arms")
        );
        let endless = seeds.replace("windows = [2]", &format!("windows = {}", many(5001)));
        assert!(Plan::parse(&endless).is_err());
    }
}
