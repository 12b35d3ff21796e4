//! What is disclosed of the cells.

use super::cut::cut;
use super::printed::Printed;
use super::table::Table;
use std::collections::HashSet;

/// What is disclosed of every scored cell, in the order read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// For each cell the number of its answer, from 0.
    pub answers: Vec<u32>,
    /// T2's weight of each cell, for each form that was tried, the first form first: one or two; none where windows were not weighed.
    pub weights: Vec<Vec<u16>>,
    /// Words under each key, in the order of tested keys, then controls.
    pub keys: Vec<KeyWords>,
    /// What T2r went by, where it was made.
    pub residual: Option<Residual>,
    /// Where answers come from, where that is disclosed.
    pub sources: Option<Sources>,
    /// What T3r went by, for each tested key that has a log of its own.
    pub first_visits: Vec<Visits>,
    /// What T9 went by, where it was made.
    pub masses: Option<Masses>,
}

/// Where answers come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// `file` or `group`: what their names are of.
    pub by: String,
    /// Their names; records without a group are of the group without a name.
    pub names: Vec<String>,
    /// For each answer the number of its source, from 0.
    pub answers: Vec<u16>,
}

/// The cells of T3r under one key, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// Public id of the key.
    pub key_id: String,
    /// The code of the time at which the log visited the cell's window first.
    pub codes: Vec<u8>,
    /// For each of four kinds of weights the step of each cell's weight; [`Self::NO_BET`] for none.
    pub steps: Vec<Vec<u8>>,
    /// Words of the cells: one of each, or as many a cell as [`KeyWords::words`] has.
    pub words: Vec<u32>,
}

/// The cells of T9, window by window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masses {
    /// How many cells each window has.
    pub windows: Vec<u32>,
    /// The weight of each cell, in units of 2⁻¹⁶.
    pub weights: Vec<i32>,
    /// The suspect's mean probability of each cell, in units of 2⁻³².
    pub masses: Vec<u64>,
    /// A word of each cell under each tested key.
    pub words: Vec<Vec<u32>>,
}

/// Words under one key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyWords {
    /// Public id of the key.
    pub key_id: String,
    /// A word for each cell; of a ring of S sub-keys S words for each cell, those of one cell together.
    pub words: Vec<u32>,
    /// T1's whole-number sum under every decoy of the key's line-up, in the order drawn.
    pub decoys: Option<Vec<u64>>,
}

/// The cells of T2r, in any order that is the same throughout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Residual {
    /// The forms of weights that were tried, in the order tried.
    pub forms: Vec<Form>,
    /// Words of the cells under each tested key, as many a cell as [`KeyWords::words`] has.
    pub words: Vec<Vec<u32>>,
}

/// One form of T2r's weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// `follow` or `lean`.
    pub leaning: String,
    /// The least λ, where the form has one of its own.
    pub prior: Option<f64>,
    /// The signed weight of each cell, 0 where the form leaves it out.
    pub weights: Vec<i32>,
}

/// More words are not summed: sums of 64 bits hold them whatever they score.
const MOST_WORDS: u64 = 1 << 32;

/// The weights that a window can have (`docs/replay.md`, "Levels").
const LADDER: [u16; 16] = [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181];

impl Visits {
    /// The step of a weight that is no bet.
    pub const NO_BET: u8 = u8::MAX;

    /// Kinds of weights: three that follow the marked choice, then one that leans towards it.
    pub const KINDS: usize = 4;

    /// Steps of a weight: 73 sizes above 0, then as many below.
    pub const STEPS: usize = 146;
}

/// The sizes of T2r's weights beyond the ladder's.
const LONGER: [u32; 8] = [256, 362, 512, 724, 1024, 1448, 2048, 2896];

impl Cells {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.answers.len()
    }

    /// Words and weights that are disclosed, in all.
    pub(crate) fn size(&self) -> u64 {
        let weights = self.weights.iter().map(Vec::len);
        let words = self.keys.iter().map(|key| key.words.len());
        let residual = self.residual.iter().flat_map(|residual| {
            let weights = residual.forms.iter().map(|form| form.weights.len());
            weights.chain(residual.words.iter().map(Vec::len))
        });
        let masses = self.masses.iter().flat_map(|masses| {
            let words = masses.words.iter().map(Vec::len);
            words.chain([masses.weights.len()])
        });
        let lengths = weights.chain(words).chain(residual).chain(masses);
        lengths.map(|length| length as u64).sum()
    }

    /// Whether all weights are ones that windows can have. Of others nothing is computed: tails of sums with few and small weights alone are
    /// found in few steps.
    pub(crate) fn are_of_ladders(&self) -> bool {
        self.off_ladder().is_none() && self.off_longer_ladder().is_none()
    }

    /// The first weight of a window that is no step of the ladder.
    fn off_ladder(&self) -> Option<u16> {
        let mut weights = self.weights.iter().flatten().copied();
        weights.find(|weight| !LADDER.contains(weight))
    }

    /// The first weight of T2r that is none of its steps.
    fn off_longer_ladder(&self) -> Option<i32> {
        let forms = self.residual.iter().flat_map(|residual| &residual.forms);
        let mut weights = forms.flat_map(|form| &form.weights).copied();
        weights.find(|weight| {
            let size = weight.unsigned_abs();
            !LADDER.iter().any(|&step| u32::from(step) == size) && !LONGER.contains(&size)
        })
    }

    /// Words of T2r's cells.
    fn residual_cells(&self) -> usize {
        let forms = self.residual.iter().flat_map(|residual| &residual.forms);
        forms.map(|form| form.weights.len()).next().unwrap_or(0)
    }

    /// Whether all lists have the lengths that belong together, for a ring of so many sub-keys.
    pub(crate) fn fit(&self, ring: u64) -> Result<(), String> {
        let ring = ring as usize;
        let (n, words) = (self.len(), self.len().saturating_mul(ring));
        if words as u64 >= MOST_WORDS {
            return Err(format!("{words} words are more than can be summed"));
        }
        for (form, weights) in self.weights.iter().enumerate() {
            of_length(&format!("weights of form {}", form + 1), weights.len(), n)?;
        }
        if self.weights.len() > 2 {
            return Err(format!(
                "{} forms of weights, at most two are tried",
                self.weights.len()
            ));
        }
        for key in &self.keys {
            of_length(
                &format!("words under {}", cut(&key.key_id)),
                key.words.len(),
                words,
            )?;
        }
        self.residual_fits(ring)?;
        for visits in &self.first_visits {
            visits.fit(ring)?;
        }
        self.masses.iter().try_for_each(Masses::fit)
    }

    fn residual_fits(&self, ring: usize) -> Result<(), String> {
        let Some(residual) = &self.residual else {
            return Ok(());
        };
        let n = self.residual_cells();
        for form in &residual.forms {
            of_length("weights of T2r", form.weights.len(), n)?;
        }
        for words in &residual.words {
            of_length("words of T2r", words.len(), n.saturating_mul(ring))?;
        }
        if n.saturating_mul(ring) as u64 >= MOST_WORDS {
            return Err(format!("{n} cells of T2r are more than can be summed"));
        }
        Ok(())
    }

    /// Checks what the lists say by themselves.
    pub(crate) fn check(&self, table: &mut Table, examined: Printed<'_>) {
        let answers = examined.whole("counts.answers").unwrap_or(0);
        let beyond = self
            .answers
            .iter()
            .find(|&&answer| u64::from(answer) >= answers);
        table.holds("the answers that cells are of", beyond.is_none(), || {
            format!("there are {answers}, and a cell is of number {beyond:?}")
        });
        let off = self.off_ladder();
        table.holds(
            "the windows' weights are of the ladder",
            off.is_none(),
            || format!("{off:?} is none of its steps"),
        );
        let off = self.off_longer_ladder();
        table.holds("T2r's weights are of its ladder", off.is_none(), || {
            format!("{off:?} is none of its steps")
        });
        if let Some(sources) = &self.sources {
            sources.check(table, examined);
        }
        let expected = named(examined);
        let ours: Vec<&str> = self.keys.iter().map(|key| key.key_id.as_str()).collect();
        table.holds(
            "the keys whose words are disclosed",
            expected.as_ref() == Ok(&ours),
            || {
                cut(&format!(
                    "they are {ours:?}, and those of the findings are {expected:?}"
                ))
            },
        );
    }
}

impl Sources {
    /// Checks that each answer has a source, and that files are those that were read.
    fn check(&self, table: &mut Table, examined: Printed<'_>) {
        let of = self.answers.len() as u64;
        table.same(
            "how many answers have a source",
            examined.whole("counts.answers"),
            of,
        );
        let used: HashSet<usize> = self.answers.iter().copied().map(usize::from).collect();
        let named: HashSet<&String> = self.names.iter().collect();
        let fits = used.len() == self.names.len()
            && named.len() == self.names.len()
            && used.iter().all(|&source| source < self.names.len());
        table.holds("each source is named once, and has answers", fits, || {
            format!("{} names, {} sources", self.names.len(), used.len())
        });
        let other = match self.by.as_str() {
            "group" => None,
            "file" => {
                let inputs = examined.list_or_none("inputs").unwrap_or_default();
                let read: HashSet<&str> = inputs
                    .into_iter()
                    .filter(|input| input.text("role") == Ok("answers"))
                    .filter_map(|input| input.text("file").ok())
                    .collect();
                self.names.iter().find(|name| !read.contains(&name[..]))
            }
            _ => Some(&self.by),
        };
        table.holds(
            "sources are files of answers, or groups",
            other.is_none(),
            || cut(&format!("{other:?} is none")),
        );
    }
}

impl Visits {
    fn fit(&self, ring: usize) -> Result<(), String> {
        let n = self.codes.len();
        let name = cut(&self.key_id);
        of_length(
            &format!("T3r's kinds of weights under {name}"),
            self.steps.len(),
            Self::KINDS,
        )?;
        for steps in &self.steps {
            of_length(&format!("weights of T3r under {name}"), steps.len(), n)?;
        }
        let each = if self.words.len() == n { 1 } else { ring };
        let words = n.saturating_mul(each);
        of_length(
            &format!("words of T3r under {name}"),
            self.words.len(),
            words,
        )?;
        if words as u64 >= MOST_WORDS {
            return Err(format!("{n} cells of T3r are more than can be summed"));
        }
        Ok(())
    }
}

impl Masses {
    fn fit(&self) -> Result<(), String> {
        let n = self.weights.len();
        let all: u64 = self.windows.iter().copied().map(u64::from).sum();
        of_length(
            "cells of T9's windows",
            usize::try_from(all).unwrap_or(usize::MAX),
            n,
        )?;
        of_length("probabilities of T9", self.masses.len(), n)?;
        for words in &self.words {
            of_length("words of T9", words.len(), n)?;
        }
        if n as u64 >= MOST_WORDS {
            return Err(format!("{n} cells of T9 are more than can be summed"));
        }
        Ok(())
    }
}

/// Tested keys and controls, each once.
fn named(examined: Printed<'_>) -> Result<Vec<&str>, String> {
    let mut seen = HashSet::new();
    let mut ids = vec![];
    for list in ["keys", "controls"] {
        for key in examined.list_or_none(list)? {
            let id = key.text("key_id")?;
            if seen.insert(id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

fn of_length(what: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found}, where {expected} belong"))
}
