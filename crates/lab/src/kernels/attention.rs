//! Causal attention with rotary positions, and its gradient.

use candle_core::{Device, Result, Tensor};

use super::exp::exp;
use super::tensors::with_values;

/// Width of one attention head. Fixed, so that the inner loops have a constant length.
pub(crate) const HEAD: usize = 32;
const HALF: usize = HEAD / 2;
const SCALE: f32 = 0.176_776_7; // 1/√HEAD

type Row = [f32; HEAD];

/// Rotary positions (Su et al. 2021): cosines and sines for each position and frequency.
#[derive(Clone, Debug)]
pub(crate) struct Rotary {
    cos: Vec<[f32; HALF]>,
    sin: Vec<[f32; HALF]>,
}

impl Rotary {
    pub(crate) fn new(context: usize) -> Self {
        let angle = |position: usize, pair: usize| {
            position as f64 * 10_000f64.powf(-(pair as f64) / HALF as f64)
        };
        let table = |f: fn(f64) -> f64| {
            (0..context)
                .map(|t| std::array::from_fn(|pair| f(angle(t, pair)) as f32))
                .collect()
        };
        Self {
            cos: table(f64::cos),
            sin: table(f64::sin),
        }
    }

    /// Turns `row` to `position`.
    pub(crate) fn turn(&self, position: usize, row: &[f32]) -> Row {
        self.rotate(position, row, 1.0)
    }

    /// The transpose of [`Rotary::turn`], which is its inverse.
    fn turn_back(&self, position: usize, row: &[f32]) -> Row {
        self.rotate(position, row, -1.0)
    }

    fn rotate(&self, position: usize, row: &[f32], direction: f32) -> Row {
        let (cos, sin) = (&self.cos[position], &self.sin[position]);
        let mut out = [0.0; HEAD];
        for i in 0..HALF {
            let (a, b) = (row[i], row[i + HALF]);
            out[i] = a * cos[i] - direction * b * sin[i];
            out[i + HALF] = b * cos[i] + direction * a * sin[i];
        }
        out
    }
}

/// Causal multi-head attention over packed rows `[q | k | v]`, each `width` wide, for sequences of `length` rows
/// that all start at position zero. One sequence at a time, so that its scores stay in cache.
pub(crate) struct Attention<'a> {
    pub(crate) length: usize,
    pub(crate) width: usize,
    pub(crate) rotary: &'a Rotary,
}

impl Attention<'_> {
    /// The mixed values: a row of `width` for each packed row.
    pub(crate) fn forward(&self, packed: &[f32]) -> Result<Vec<f32>> {
        let mut out = vec![0.0; packed.len() / 3];
        let sequences = out.chunks_exact_mut(self.length * self.width);
        for (out, packed) in sequences.zip(packed.chunks_exact(self.length * 3 * self.width)) {
            let heads = Heads::new(self, packed)?;
            with_values(&heads.weights.matmul(&heads.values)?, |mixed| {
                for (t, head, row) in self.rows(mixed) {
                    out[t * self.width + head * HEAD..][..HEAD].copy_from_slice(row);
                }
            })?;
        }
        Ok(out)
    }

    /// The gradient with respect to `packed`, given that with respect to the mixed values.
    pub(crate) fn gradient(&self, packed: &[f32], grad: &[f32]) -> Result<Vec<f32>> {
        let mut out = vec![0.0; packed.len()];
        let sequences = out.chunks_exact_mut(self.length * 3 * self.width);
        let given = packed
            .chunks_exact(self.length * 3 * self.width)
            .zip(grad.chunks_exact(self.length * self.width));
        for (out, (packed, grad)) in sequences.zip(given) {
            let heads = Heads::new(self, packed)?;
            let grads = heads.gradient(&self.by_head(grad, self.width, 0, |_, row| row)?)?;
            for (which, grad) in grads.iter().enumerate() {
                with_values(grad, |grad| {
                    for (t, head, row) in self.rows(grad) {
                        let row = match which {
                            0 => self.rotary.turn_back(t, row).map(|x| x * SCALE),
                            1 => self.rotary.turn_back(t, row),
                            _ => copied(row),
                        };
                        out[(3 * t + which) * self.width + head * HEAD..][..HEAD]
                            .copy_from_slice(&row);
                    }
                })?;
            }
        }
        Ok(out)
    }

    /// Columns `from..from + width` of rows of `stride`, as `[heads, length, HEAD]`, each row changed by `change`.
    fn by_head(
        &self,
        rows: &[f32],
        stride: usize,
        from: usize,
        change: impl Fn(usize, Row) -> Row,
    ) -> Result<Tensor> {
        let heads = self.width / HEAD;
        let mut out = Vec::with_capacity(self.length * self.width);
        for head in 0..heads {
            for (t, row) in rows.chunks_exact(stride).enumerate() {
                out.extend(change(t, copied(&row[from + head * HEAD..])));
            }
        }
        Tensor::from_vec(out, (heads, self.length, HEAD), &Device::Cpu)
    }

    /// (position, head, row) of `[heads, length, HEAD]`.
    fn rows<'v>(&self, values: &'v [f32]) -> impl Iterator<Item = (usize, usize, &'v [f32])> {
        let length = self.length;
        values
            .chunks_exact(HEAD)
            .enumerate()
            .map(move |(i, row)| (i % length, i / length, row))
    }
}

/// All heads of one sequence: `[heads, length, HEAD]`, and the softmax weights `[heads, length, length]`.
struct Heads {
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    weights: Tensor,
}

impl Heads {
    fn new(shape: &Attention<'_>, packed: &[f32]) -> Result<Self> {
        let stride = 3 * shape.width;
        let queries = shape.by_head(packed, stride, 0, |t, row| {
            shape.rotary.turn(t, &row).map(|x| x * SCALE)
        })?;
        let keys = shape.by_head(packed, stride, shape.width, |t, row| {
            shape.rotary.turn(t, &row)
        })?;
        let values = shape.by_head(packed, stride, 2 * shape.width, |_, row| row)?;
        let scores = queries.matmul(&keys.transpose(1, 2)?)?;
        let weights = with_values(&scores, |scores| causal_softmax(scores, shape.length))?;
        let weights = Tensor::from_vec(weights, scores.shape(), &Device::Cpu)?;
        Ok(Self {
            queries,
            keys,
            values,
            weights,
        })
    }

    /// Gradients of queries, keys and values, given that of the mixed values.
    fn gradient(&self, grad: &Tensor) -> Result<[Tensor; 3]> {
        let length = self.weights.dim(1)?;
        let slopes = grad.matmul(&self.values.transpose(1, 2)?)?;
        let slopes = with_values(&self.weights, |weights| {
            with_values(&slopes, |slopes| {
                causal_softmax_gradient(weights, slopes, length)
            })
        })??;
        let slopes = Tensor::from_vec(slopes, self.weights.shape(), &Device::Cpu)?;
        Ok([
            slopes.matmul(&self.keys)?,
            slopes.transpose(1, 2)?.matmul(&self.queries)?,
            self.weights.transpose(1, 2)?.matmul(grad)?,
        ])
    }
}

/// Row t of each `length` × `length` matrix becomes its softmax over columns 0..=t, and zero beyond.
fn causal_softmax(scores: &[f32], length: usize) -> Vec<f32> {
    let mut out = vec![0.0; scores.len()];
    for (i, (out, scores)) in out
        .chunks_exact_mut(length)
        .zip(scores.chunks_exact(length))
        .enumerate()
    {
        let seen = i % length + 1;
        let (out, scores) = (&mut out[..seen], &scores[..seen]);
        let max = largest(scores);
        for (out, &score) in out.iter_mut().zip(scores) {
            *out = exp(score - max);
        }
        let inverse = 1.0 / sum(out);
        for out in out {
            *out *= inverse;
        }
    }
    out
}

fn causal_softmax_gradient(weights: &[f32], slopes: &[f32], length: usize) -> Vec<f32> {
    let mut out = vec![0.0; weights.len()];
    let rows = weights
        .chunks_exact(length)
        .zip(slopes.chunks_exact(length));
    for (i, (out, (weights, slopes))) in out.chunks_exact_mut(length).zip(rows).enumerate() {
        let seen = i % length + 1;
        let (out, weights, slopes) = (&mut out[..seen], &weights[..seen], &slopes[..seen]);
        for ((out, &weight), &slope) in out.iter_mut().zip(weights).zip(slopes) {
            *out = weight * slope;
        }
        let mean = sum(out);
        for ((out, &weight), &slope) in out.iter_mut().zip(weights).zip(slopes) {
            *out = weight * (slope - mean);
        }
    }
    out
}

fn largest(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 8];
    for chunk in row.chunks(8) {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// Eight running sums: a single one would force the additions into sequence.
fn sum(row: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for chunk in row.chunks(8) {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    lanes.iter().sum()
}

fn copied(row: &[f32]) -> Row {
    row[..HEAD].try_into().expect("a head is HEAD wide")
}

/// Attention of one query over cached keys and values of one head: rows of `stride` values, one for each of `weights`,
/// which is scratch. `query` is turned but not scaled.
pub(crate) fn attend_one(
    query: &Row,
    keys: &[f32],
    values: &[f32],
    stride: usize,
    weights: &mut [f32],
    out: &mut [f32],
) {
    for (weight, key) in weights.iter_mut().zip(keys.chunks(stride)) {
        let mut lanes = [0.0f32; 8];
        for (q, k) in query.chunks_exact(8).zip(key[..HEAD].chunks_exact(8)) {
            for lane in 0..8 {
                lanes[lane] += q[lane] * k[lane];
            }
        }
        *weight = lanes.iter().sum::<f32>() * SCALE;
    }
    let max = largest(weights);
    for weight in weights.iter_mut() {
        *weight = exp(*weight - max);
    }
    let inverse = 1.0 / sum(weights);
    let mut mixed = [0.0; HEAD];
    for (&weight, value) in weights.iter().zip(values.chunks(stride)) {
        for (mixed, &x) in mixed.iter_mut().zip(&copied(value)) {
            *mixed += weight * x;
        }
    }
    for (out, &x) in out.iter_mut().zip(&mixed) {
        *out = x * inverse;
    }
}
