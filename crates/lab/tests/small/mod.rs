//! A small random model as a GGUF file, and what its logits are, by scalar arithmetic in `f64`.

use std::collections::BTreeMap;
use std::io::Cursor;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use hallmark_lab::LabError;
use hallmark_lab::gguf::Gguf;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) const VOCAB: usize = 70;
const LAYERS: usize = 2;
const WIDTH: usize = 64;
const HIDDEN: usize = 96;
const HEADS: usize = 6;
const GROUPS: usize = 2;
const HEAD: usize = 16;
const CONTEXT: usize = 64;
const BASE: f64 = 500.0;
const EPSILON: f64 = 1e-5;
const TEMPLATE: &str = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}\
    {{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + \
    message['content'] + '<|im_end|>' + '\n'}}{% endfor %}";

pub(crate) struct Small {
    metadata: BTreeMap<String, Value>,
    tensors: BTreeMap<String, QTensor>,
}

impl Small {
    /// Matrices of kind `kind`; with `output`, one of its own for the output.
    pub(crate) fn new(kind: GgmlDType, output: bool) -> Self {
        let mut small = Self {
            metadata: BTreeMap::new(),
            tensors: BTreeMap::new(),
        };
        small.describe();
        let mut random = ChaCha12Rng::seed_from_u64(5);
        small.matrix("token_embd", VOCAB, WIDTH, kind, &mut random);
        if output {
            small.matrix("output", VOCAB, WIDTH, kind, &mut random);
        }
        small.vector("output_norm", &mut random);
        for layer in 0..LAYERS {
            let name = |part: &str| format!("blk.{layer}.{part}");
            for part in ["attn_norm", "ffn_norm"] {
                small.vector(&name(part), &mut random);
            }
            let matrices = [
                ("attn_q", HEADS * HEAD, WIDTH),
                ("attn_k", GROUPS * HEAD, WIDTH),
                ("attn_v", GROUPS * HEAD, WIDTH),
                ("attn_output", WIDTH, HEADS * HEAD),
                ("ffn_gate", HIDDEN, WIDTH),
                ("ffn_up", HIDDEN, WIDTH),
                ("ffn_down", WIDTH, HIDDEN),
            ];
            for (part, rows, columns) in matrices {
                small.matrix(&name(part), rows, columns, kind, &mut random);
            }
        }
        small
    }

    fn describe(&mut self) {
        let tokens = (0..VOCAB).map(|i| match i {
            1 => "<|im_start|>".to_owned(),
            2 => "<|im_end|>".to_owned(),
            _ => format!("t{i}"),
        });
        let tokens = Value::Array(tokens.map(Value::String).collect());
        let numbers = [
            ("llama.block_count", LAYERS),
            ("llama.embedding_length", WIDTH),
            ("llama.feed_forward_length", HIDDEN),
            ("llama.attention.head_count", HEADS),
            ("llama.attention.head_count_kv", GROUPS),
            ("llama.attention.key_length", HEAD),
            ("llama.attention.value_length", HEAD),
            ("llama.context_length", CONTEXT),
            ("tokenizer.ggml.eos_token_id", 2),
        ];
        for (key, value) in numbers {
            self.metadata.insert(key.into(), Value::U32(value as u32));
        }
        let others = [
            ("general.architecture", Value::String("llama".into())),
            ("llama.rope.freq_base", Value::F32(BASE as f32)),
            (
                "llama.attention.layer_norm_rms_epsilon",
                Value::F32(EPSILON as f32),
            ),
            ("tokenizer.chat_template", Value::String(TEMPLATE.into())),
            ("tokenizer.ggml.tokens", tokens),
        ];
        for (key, value) in others {
            self.metadata.insert(key.into(), value);
        }
    }

    fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
        kind: GgmlDType,
        random: &mut ChaCha12Rng,
    ) {
        let values: Vec<f32> = (0..rows * columns).map(|_| 0.5 * centred(random)).collect();
        let tensor = tensor(values, &[rows, columns]);
        self.put(name, &tensor, kind);
    }

    fn vector(&mut self, name: &str, random: &mut ChaCha12Rng) {
        let values = (0..WIDTH).map(|_| 1.0 + 0.3 * centred(random)).collect();
        self.put(name, &tensor(values, &[WIDTH]), GgmlDType::F32);
    }

    #[expect(clippy::unwrap_used, reason = "a test's own data")]
    fn put(&mut self, name: &str, tensor: &Tensor, kind: GgmlDType) {
        let tensor = QTensor::quantize(tensor, kind).unwrap();
        self.tensors.insert(format!("{name}.weight"), tensor);
    }

    pub(crate) fn with_number(mut self, key: &str, value: u32) -> Self {
        self.metadata.insert(key.into(), Value::U32(value));
        self
    }

    pub(crate) fn with_text(mut self, key: &str, value: &str) -> Self {
        self.metadata
            .insert(key.into(), Value::String(value.into()));
        self
    }

    pub(crate) fn without(mut self, key: &str) -> Self {
        self.metadata.remove(key).expect("a key that is there");
        self
    }

    #[expect(clippy::unwrap_used, reason = "a test's own data")]
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let metadata: Vec<_> = self.metadata.iter().map(|(k, v)| (k.as_str(), v)).collect();
        let tensors: Vec<_> = self.tensors.iter().map(|(k, v)| (k.as_str(), v)).collect();
        let mut bytes = Cursor::new(Vec::new());
        gguf_file::write(&mut bytes, &metadata, &tensors).unwrap();
        bytes.into_inner()
    }

    pub(crate) fn open(&self) -> Result<Gguf, LabError> {
        Gguf::read(&mut Cursor::new(self.bytes()))
    }

    /// Logits after each of `tokens`, one position after the other.
    pub(crate) fn logits(&self, tokens: &[u32]) -> Vec<f64> {
        let mut kept: Vec<[Vec<Vec<f64>>; 2]> = vec![[vec![], vec![]]; LAYERS];
        let embedding = self.weights("token_embd");
        let output = if self.tensors.contains_key("output.weight") {
            self.weights("output")
        } else {
            embedding.clone()
        };
        let mut logits = Vec::new();
        for (position, &token) in tokens.iter().enumerate() {
            let mut x = embedding[token as usize * WIDTH..][..WIDTH].to_vec();
            for (layer, kept) in kept.iter_mut().enumerate() {
                let weights = |part: &str| self.weights(&format!("blk.{layer}.{part}"));
                let y = normal(&x, &weights("attn_norm"));
                let q = turned(position, &times(&weights("attn_q"), &y));
                kept[0].push(turned(position, &times(&weights("attn_k"), &y)));
                kept[1].push(times(&weights("attn_v"), &y));
                let mixed = attention(&q, &kept[0], &kept[1]);
                plus(&mut x, &times(&weights("attn_output"), &mixed));
                let y = normal(&x, &weights("ffn_norm"));
                let gate = times(&weights("ffn_gate"), &y);
                let up = times(&weights("ffn_up"), &y);
                let gated: Vec<f64> = gate
                    .iter()
                    .zip(&up)
                    .map(|(g, u)| g / (1.0 + (-g).exp()) * u)
                    .collect();
                plus(&mut x, &times(&weights("ffn_down"), &gated));
            }
            logits.extend(times(&output, &normal(&x, &self.weights("output_norm"))));
        }
        logits
    }

    #[expect(clippy::unwrap_used, reason = "a test's own data")]
    fn weights(&self, name: &str) -> Vec<f64> {
        let tensor = &self.tensors[&format!("{name}.weight")];
        let values = tensor.dequantize(&Device::Cpu).unwrap();
        let values: Vec<f32> = values.flatten_all().unwrap().to_vec1().unwrap();
        values.into_iter().map(f64::from).collect()
    }
}

/// Evenly spread over -1 to 1.
fn centred(random: &mut ChaCha12Rng) -> f32 {
    random.next_u32() as f32 / 2f32.powi(31) - 1.0
}

#[expect(clippy::unwrap_used, reason = "a test's own data")]
fn tensor(values: Vec<f32>, shape: &[usize]) -> Tensor {
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

fn times(matrix: &[f64], x: &[f64]) -> Vec<f64> {
    matrix
        .chunks(x.len())
        .map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum())
        .collect()
}

fn plus(x: &mut [f64], more: &[f64]) {
    for (x, more) in x.iter_mut().zip(more) {
        *x += more;
    }
}

fn normal(x: &[f64], gain: &[f64]) -> Vec<f64> {
    let mean = x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
    let root = (mean + f64::from(EPSILON as f32)).sqrt();
    x.iter()
        .zip(gain)
        .map(|(x, gain)| x / root * gain)
        .collect()
}

/// Neighbouring pairs turned by position · base^(−2·pair/head).
fn turned(position: usize, row: &[f64]) -> Vec<f64> {
    let mut out = row.to_vec();
    for (i, pair) in out.chunks_mut(2).enumerate() {
        let exponent = -2.0 * (i % (HEAD / 2)) as f64 / HEAD as f64;
        let (sin, cos) = (position as f64 * BASE.powf(exponent)).sin_cos();
        (pair[0], pair[1]) = (pair[0] * cos - pair[1] * sin, pair[1] * cos + pair[0] * sin);
    }
    out
}

fn attention(q: &[f64], keys: &[Vec<f64>], values: &[Vec<f64>]) -> Vec<f64> {
    let mut out = vec![0.0; q.len()];
    for (head, (q, out)) in q.chunks(HEAD).zip(out.chunks_mut(HEAD)).enumerate() {
        let from = head / (HEADS / GROUPS) * HEAD;
        let shares: Vec<f64> = keys
            .iter()
            .map(|key| {
                let dot: f64 = q.iter().zip(&key[from..]).map(|(a, b)| a * b).sum();
                (dot / (HEAD as f64).sqrt()).exp()
            })
            .collect();
        let total: f64 = shares.iter().sum();
        for (share, value) in shares.iter().zip(values) {
            for (out, value) in out.iter_mut().zip(&value[from..]) {
                *out += share / total * value;
            }
        }
    }
    out
}
