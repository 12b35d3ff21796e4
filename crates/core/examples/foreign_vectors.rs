//! Recomputes every value of a file of vectors that `conformance/run-upstream` made by running other
//! engines' code, and says how many agree.
//!
//! ```text
//! cargo run --release -p hallmark-core --example foreign_vectors -- target/upstream/vectors.json
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use hallmark_core::cells::TokenId;
use hallmark_core::foreign::kgw::KgwSeeds;
use hallmark_core::foreign::lists::{GreenLists, Seeds, list_length};
use hallmark_core::foreign::murmur::{SglangMurmur, coin, context_hash};
use hallmark_core::foreign::philox::{VllmPhilox, dual_keys, uniform};
use hallmark_core::foreign::synthid::{ContextHistory, DEFAULT_HISTORY, HfSynthId, SynthId2025};
use hallmark_core::foreign::textseal::{LEVELS, TextSeal, green_levels};
use hallmark_core::foreign::torch::{Permutation, Shuffle, TorchRng};
use hallmark_core::prf::Prf;
use serde::Deserialize;
use sha2::{Digest, Sha256};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args().nth(1);
    let path = path.ok_or("give the file of vectors: foreign_vectors vectors.json")?;
    let file: File = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    let mut table = Table::default();
    for vector in &file.vectors {
        let mut row = Row::default();
        vector.check(&mut row);
        let name = (vector.scheme.clone(), vector.upstream.clone());
        table.rows.entry(name).or_default().add(row);
    }
    print!("{table}");
    let has_failed = table.rows.values().any(|row| row.differ + row.missing > 0);
    Ok(ExitCode::from(u8::from(
        has_failed || table.rows.is_empty(),
    )))
}

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

/// Values of one scheme under one key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    scheme: String,
    upstream: String,
    #[serde(default)]
    key: Vec<u64>,
    #[serde(default)]
    vocab_size: u32,
    /// As text, because the JSON reader rounds decimals.
    #[serde(default)]
    gamma: String,
    #[serde(default)]
    window: usize,
    #[serde(default)]
    green_cells: Vec<GreenCell>,
    synthid: Option<SynthId>,
    derived_keys: Option<(u64, u64)>,
    philox: Option<Philox>,
    murmur: Option<Murmur>,
    textseal: Option<Seal>,
    /// A share as text, and how many of `TextSeal`'s levels it makes green.
    #[serde(default)]
    green_levels: Vec<(String, u32)>,
    #[serde(default)]
    torch: Vec<Torch>,
}

/// A window's list: members, and all of it for the last of `tokens`.
#[derive(Deserialize)]
struct GreenCell {
    window: Vec<TokenId>,
    tokens: Vec<TokenId>,
    green: Vec<bool>,
    seed: u64,
    list_length: u32,
    list_sha256: String,
}

/// A text's words, and which of its contexts are new.
#[derive(Deserialize)]
struct SynthId {
    tokens: Vec<TokenId>,
    words: Vec<u32>,
    not_repeated: Vec<bool>,
}

#[derive(Deserialize)]
struct Philox {
    windows: Vec<Vec<TokenId>>,
    tokens: Vec<TokenId>,
    words: Vec<Vec<u32>>,
    uniform_bits: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
struct Murmur {
    windows: Vec<Vec<TokenId>>,
    tokens: Vec<TokenId>,
    context_hashes: Vec<u32>,
    words: Vec<Vec<u32>>,
    coins: Vec<u32>,
}

/// The `i`-th token after the `i`-th window.
#[derive(Deserialize)]
struct Seal {
    windows: Vec<Vec<TokenId>>,
    tokens: Vec<TokenId>,
    levels: Vec<u32>,
    uniform_bits: Vec<u32>,
    green: Vec<bool>,
}

/// What torch's generator gives under a seed.
#[derive(Deserialize)]
struct Torch {
    seed: u64,
    count: u32,
    randperm_sha256: String,
    rand_f32_sha256: String,
    randint2_sha256: String,
}

impl Vector {
    fn check(&self, row: &mut Row) {
        self.check_green(row);
        if let Some(text) = &self.synthid {
            self.check_synthid(text, row);
        }
        if let Some(derived) = self.derived_keys {
            row.compare("derived keys", dual_keys(self.key[0]), derived);
        }
        if let Some(philox) = &self.philox {
            self.check_philox(philox, row);
        }
        if let Some(murmur) = &self.murmur {
            self.check_murmur(murmur, row);
        }
        if let Some(seal) = &self.textseal {
            self.check_textseal(seal, row);
        }
        for (gamma, count) in &self.green_levels {
            let ours = gamma.parse().map(green_levels);
            row.compare("green levels", ours, Ok(*count));
        }
        self.torch.iter().for_each(|torch| torch.check(row));
        if row.agree + row.differ == 0 {
            row.missing = 1;
        }
    }

    /// Not a number where there is none: then nothing agrees.
    fn gamma(&self) -> f64 {
        self.gamma.parse().unwrap_or(f64::NAN)
    }

    fn check_green(&self, row: &mut Row) {
        if self.green_cells.is_empty() {
            return;
        }
        let (key, window) = (self.key[0], self.window);
        let seeds = match self.scheme.as_str() {
            "hf-kgw-lefthash" => KgwSeeds::hf_left_hash(key),
            "hf-kgw-selfhash" => KgwSeeds::hf_self_hash(key, window),
            "lm-watermarking-simple-1" => KgwSeeds::lm_simple_1(key),
            "lm-watermarking-selfhash" => KgwSeeds::lm_self_hash(key, window),
            "lm-watermarking-minhash" => KgwSeeds::lm_min_hash(key, window),
            "lm-watermarking-skipgram" => KgwSeeds::lm_skipgram(key, window),
            _ => return row.missing = 1,
        };
        let green = list_length(self.vocab_size, self.gamma());
        let lists = GreenLists::new(self.vocab_size, green, 0);
        let shuffle = Shuffle::new(self.vocab_size, green);
        for cell in &self.green_cells {
            for (&token, &want) in cell.tokens.iter().zip(&cell.green) {
                let seed = seeds.seed(&cell.window, token);
                row.compare("member", lists.contains(seed, token), want);
                row.compare("list's member", lists.list(seed).contains(token), want);
            }
            let last = cell.tokens.last().copied().unwrap_or_default();
            let seed = seeds.seed(&cell.window, last);
            row.compare("seed", seed, cell.seed);
            row.compare("list length", green, cell.list_length);
            let mut scratch = Permutation::new(self.vocab_size);
            let list = shuffle.prefix(&mut TorchRng::new(seed), &mut scratch);
            row.compare(
                "list",
                sha256(list.iter().copied()),
                cell.list_sha256.clone(),
            );
        }
    }

    fn check_synthid(&self, text: &SynthId, row: &mut Row) {
        let keys: Vec<i64> = self.key.iter().map(|&key| key.cast_signed()).collect();
        let ngram_len = self.window + 1;
        let table = HfSynthId::new(&keys, ngram_len);
        let rounds = SynthId2025::new(&keys, ngram_len);
        let is_table = self.scheme == "hf-synthid";
        let mut history = ContextHistory::new(DEFAULT_HISTORY);
        let values = text.words.iter().zip(&text.not_repeated);
        for (ngram, (&word, &is_new)) in text.tokens.windows(ngram_len).zip(values) {
            let (context, token) = (&ngram[..self.window], ngram[self.window]);
            let (ours, hash) = if is_table {
                (table.word(context, token), table.context_hash(context))
            } else {
                (rounds.word(context, token), rounds.context_hash(context))
            };
            row.compare("word", ours, word);
            row.compare("context is new", !history.repeats(hash), is_new);
        }
    }

    fn check_philox(&self, philox: &Philox, row: &mut Row) {
        let prf = VllmPhilox::new(self.key[0], self.window, 0);
        for (i, window) in philox.windows.iter().enumerate() {
            for (j, &token) in philox.tokens.iter().enumerate() {
                let word = prf.word(window, token);
                row.compare("word", word, philox.words[i][j]);
                let bits = uniform(word).to_bits();
                row.compare("uniform", bits, philox.uniform_bits[i][j]);
            }
        }
    }

    fn check_murmur(&self, murmur: &Murmur, row: &mut Row) {
        let prf = SglangMurmur::new(self.key[0]);
        for (i, window) in murmur.windows.iter().enumerate() {
            let hash = context_hash(window);
            row.compare("context hash", hash, murmur.context_hashes[i]);
            row.compare(
                "coin",
                coin(self.key[0], self.key[1], hash),
                murmur.coins[i],
            );
            for (&token, &word) in murmur.tokens.iter().zip(&murmur.words[i]) {
                row.compare("word", prf.word(window, token), word);
            }
        }
    }

    fn check_textseal(&self, seal: &Seal, row: &mut Row) {
        let prf = TextSeal::new(self.key[0]);
        for (i, (window, &token)) in seal.windows.iter().zip(&seal.tokens).enumerate() {
            let level = prf.level(window, token);
            row.compare("level", level, seal.levels[i]);
            let green = level < green_levels(self.gamma());
            row.compare("green", green, seal.green[i]);
            // Upstream divides in single precision.
            let bits = (level as f32 / LEVELS as f32).to_bits();
            row.compare("uniform", bits, seal.uniform_bits[i]);
        }
    }
}

impl Torch {
    fn check(&self, row: &mut Row) {
        let mut scratch = Permutation::new(self.count);
        let shuffle = Shuffle::new(self.count, self.count);
        let permutation = shuffle.prefix(&mut TorchRng::new(self.seed), &mut scratch);
        let ours = sha256(permutation.iter().copied());
        row.compare("randperm", ours, self.randperm_sha256.clone());
        let mut rng = TorchRng::new(self.seed);
        let floats = (0..self.count).map(|_| rng.rand_f32().to_bits());
        row.compare("rand", sha256(floats), self.rand_f32_sha256.clone());
        let mut rng = TorchRng::new(self.seed);
        let bits = (0..self.count).map(|_| rng.randint(2));
        row.compare("randint", sha256(bits), self.randint2_sha256.clone());
    }
}

/// Of whole numbers as 32 bits each, little-endian.
fn sha256(numbers: impl Iterator<Item = u32>) -> String {
    let mut digest = Sha256::new();
    numbers.for_each(|number| digest.update(number.to_le_bytes()));
    digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<(String, String), Row>,
}

/// How many values agree.
#[derive(Default)]
struct Row {
    agree: u64,
    differ: u64,
    /// Entries of the file that nothing here computes.
    missing: u64,
    first: Option<String>,
}

impl Row {
    #[expect(clippy::needless_pass_by_value, reason = "most values are numbers")]
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, ours: T, theirs: T) {
        if ours == theirs {
            self.agree += 1;
            return;
        }
        self.differ += 1;
        self.first
            .get_or_insert_with(|| format!("{what}: here {ours:?}, upstream {theirs:?}"));
    }

    fn add(&mut self, other: Self) {
        self.agree += other.agree;
        self.differ += other.differ;
        self.missing += other.missing;
        self.first = self.first.take().or(other.first);
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "| profile | upstream | values | agree | differ |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        for ((scheme, upstream), row) in &self.rows {
            let Row { agree, differ, .. } = row;
            let values = agree + differ;
            writeln!(
                f,
                "| {scheme} | {upstream} | {values} | {agree} | {differ} |"
            )?;
        }
        for ((scheme, upstream), row) in &self.rows {
            if let Some(first) = &row.first {
                writeln!(
                    f,
                    "\n{scheme} ({upstream}), the first that differs: {first}"
                )?;
            }
            if row.missing > 0 {
                writeln!(
                    f,
                    "\n{scheme} ({upstream}): {} entries are not computed here",
                    row.missing
                )?;
            }
        }
        Ok(())
    }
}
