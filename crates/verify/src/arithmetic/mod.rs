//! From what is disclosed of each cell to every number of the findings.

/// What is disclosed of every scored cell, in the order read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// For each cell the number of its answer, from 0.
    pub answers: Vec<u32>,
    /// T2's weight of each cell, for each form that was tried.
    pub weights: Vec<Vec<u16>>,
    /// Words under each key: tested keys, then controls.
    pub keys: Vec<KeyWords>,
    /// T2r's cells, where it was made.
    pub residual: Option<Residual>,
}

/// Words under a key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyWords {
    /// Its public id.
    pub key_id: String,
    /// The words of each cell, those of one cell's parts one behind the other.
    pub words: Vec<u32>,
    /// T1's integer sum under each decoy of its line-up.
    pub decoys: Option<Vec<u64>>,
}

/// T2r's cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Residual {
    /// The forms that were tried.
    pub forms: Vec<Form>,
    /// Words of each cell under each tested key.
    pub words: Vec<Vec<u32>>,
}

/// A form of T2r's weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// `follow` or `lean`.
    pub leaning: String,
    /// The least λ, where the form has one of its own.
    pub prior: Option<f64>,
    /// Each cell's weight; 0 where the form leaves it out.
    pub weights: Vec<i32>,
}

/// Temporary.
pub fn check(_: &serde_json::Value, _: &Cells) -> Vec<crate::Check> {
    vec![]
}
