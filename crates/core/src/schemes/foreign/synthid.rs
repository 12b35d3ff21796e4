//! `SynthID`-Text's tournament over either of its two hashes.

use crate::foreign::synthid::{self, HfSynthId, LayerScores, SynthId2025, TableScores};
use crate::keys::ForeignKey;
use crate::law::Law;
use crate::mark::{
    Before, Habits, Mark, Null, Part, Reading, RelatedKeys, Repeats, Sampler, Scored, Unit,
};
use crate::prf::Prf;
use crate::schemes::row::Setting;
use crate::schemes::tournament::Tournament;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Contexts that `SynthID` remembers.
const HABITS: Habits = Habits {
    before: Before::Filling(0),
    repeats: Repeats::UnmarkedWithin(1024),
};

/// One bit of the word.
const BIT: Law = Law::Bits { layers: 1 };

/// transformers to 5.23, `PyPI`'s `synthid-text` to 0.2.1: a table of 65,536 bits.
pub(in crate::schemes) fn table(setting: &Setting, key: &ForeignKey) -> Mark {
    let (keys, ngram_len) = of(setting, key);
    let prf = HfSynthId::new(&keys, ngram_len);
    let cells = prf.clone();
    whole(setting, prf)
        .with_unit(
            Unit::shared("synthid-table", move |window, token| {
                u64::from(cells.cell(window, token))
            }),
            false,
        )
        .with_null(Null::ShiftedTable(RelatedKeys::of_several(
            key.numbers(),
            TableScores::new(),
        )))
        .made_by(sampler(setting, HfSynthId::new(&keys, ngram_len)), HABITS)
}

/// The authors' repository since June 2025.
pub(in crate::schemes) fn rounds(setting: &Setting, key: &ForeignKey) -> Mark {
    let (keys, ngram_len) = of(setting, key);
    let prf = SynthId2025::new(&keys, ngram_len);
    let related = RelatedKeys::of_several(key.numbers(), LayerScores::new(&prf));
    whole(setting, prf)
        .with_unit(Unit::shared("synthid-rounds", synthid::content), false)
        .with_null(Null::RelatedKeys(related))
        .made_by(sampler(setting, SynthId2025::new(&keys, ngram_len)), HABITS)
}

/// [`table`] with the weighted mean: the first layer weighs ten times as much as the last.
pub(in crate::schemes) fn table_weighted(setting: &Setting, key: &ForeignKey) -> Mark {
    let (keys, ngram_len) = of(setting, key);
    let layer = |layer| Scored::by(HfSynthId::new(&keys[layer..=layer], ngram_len), BIT);
    table(setting, key).with_parts(weighted(setting, layer))
}

/// [`rounds`] with the weighted mean.
pub(in crate::schemes) fn rounds_weighted(setting: &Setting, key: &ForeignKey) -> Mark {
    let (keys, ngram_len) = of(setting, key);
    let prf = SynthId2025::new(&keys, ngram_len);
    let layer = |layer| Scored::by(prf.layer(layer), BIT);
    rounds(setting, key).with_parts(weighted(setting, layer))
}

/// One score of all layers' bits.
fn whole(setting: &Setting, prf: impl Prf + 'static) -> Mark {
    let law = Law::Bits {
        layers: setting.layers(),
    };
    Mark::read(setting.identity, Scored::by(prf, law))
}

fn sampler(setting: &Setting, prf: impl Prf + 'static) -> Arc<dyn Sampler> {
    Arc::new(Tournament::new(prf, setting.layers()))
}

fn weighted(setting: &Setting, layer: impl Fn(usize) -> Arc<dyn Reading>) -> Vec<Part> {
    let weights = synthid::layer_weights(setting.layers()).into_iter();
    weights
        .enumerate()
        .map(|(number, weight)| Part {
            weight,
            reading: layer(number),
        })
        .collect()
}

fn of(setting: &Setting, key: &ForeignKey) -> (Vec<i64>, usize) {
    let numbers = key.numbers().iter();
    let keys = numbers.map(|number| number.cast_signed()).collect();
    (keys, setting.identity.window + 1)
}
