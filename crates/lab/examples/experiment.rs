//! Throw-away: evidence against settings.
use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::time::Instant;

use hallmark_lab::{Chooser, Config, Example, Lessons, Sampling, TrainConfig, Transformer, Unmarked, assets, generate, train};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

struct Mark { key: [u8; 32], h: usize, green: bool }
impl Mark {
    fn nonce(&self, window: &[u32]) -> (u64, u64) {
        let mut bytes = [0xffu8; 12];
        for (i, t) in window.iter().enumerate() {
            bytes[3 * i..3 * i + 3].copy_from_slice(&t.to_le_bytes()[..3]);
        }
        let w = |i: usize| u64::from(u32::from_le_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap()));
        (w(0), w(1) | w(2) << 32)
    }
    fn row(&self, window: &[u32], out: &mut [u32]) {
        let (n0, stream) = self.nonce(window);
        let mut rng = ChaCha12Rng::from_seed(self.key);
        rng.set_stream(stream);
        rng.set_word_pos(u128::from(n0) << 36);
        let mut words = vec![0u32; out.len().next_multiple_of(256)];
        for w in &mut words { *w = rng.next_u32(); }
        for (t, o) in out.iter_mut().enumerate() {
            let block = (t >> 8) * 16 + (t & 15);
            *o = words[block * 16 + ((t >> 4) & 15)];
        }
    }
    fn word(&self, window: &[u32], t: u32) -> u32 {
        let (n0, stream) = self.nonce(window);
        let mut rng = ChaCha12Rng::from_seed(self.key);
        rng.set_stream(stream);
        let block = u128::from((t >> 8) * 16 + (t & 15));
        rng.set_word_pos(((block | u128::from(n0) << 32) << 4) | u128::from((t >> 4) & 15));
        rng.next_u32()
    }
}
struct Marked { mark: Mark, text: HashMap<usize, Vec<u32>>, seen: HashMap<usize, HashSet<Vec<u32>>>, words: Vec<u32> }
impl Chooser for Marked {
    fn choose(&mut self, s: usize, logits: &[f32], uniform: f64) -> Result<u32, Box<dyn Error + Send + Sync>> {
        let text = self.text.entry(s).or_default();
        let h = self.mark.h;
        let token = if text.len() < h || !self.seen.entry(s).or_default().insert(text[text.len() - h..].to_vec()) {
            Unmarked.choose(s, logits, uniform)?
        } else {
            self.words.resize(logits.len(), 0);
            self.mark.row(&text[text.len() - h..], &mut self.words);
            if self.mark.green {
                let l: Vec<f32> = logits.iter().zip(&self.words).map(|(&l, &w)| if w < 1 << 30 { l + 2.0 } else { l }).collect();
                Unmarked.choose(s, &l, uniform)?
            } else {
                let mut best = (f64::NEG_INFINITY, 0);
                for (i, (&l, &w)) in logits.iter().zip(&self.words).enumerate() {
                    let u = (f64::from(w) + 0.5) / 4294967296.0;
                    let v = f64::from(l) - (-u.ln()).ln();
                    if v > best.0 { best = (v, i); }
                }
                best.1 as u32
            }
        };
        text.push(token);
        Ok(token)
    }
}
/// (distinct cells, mean score, z)
fn examine(mark: &Mark, prompts: &[Vec<u32>], answers: &[Vec<u32>]) -> (usize, f64, f64) {
    let mut cells = HashSet::new();
    let h = mark.h;
    for (p, a) in prompts.iter().zip(answers) {
        let shown: HashSet<&[u32]> = p.windows(h).collect();
        for w in a.windows(h + 1) {
            if !shown.contains(&w[..h]) { cells.insert(w.to_vec()); }
        }
    }
    let n = cells.len() as f64;
    let mut s = 0.0;
    for c in &cells {
        let w = mark.word(&c[..h], c[h]);
        s += if mark.green { if w < 1 << 30 { 1.0 } else { 0.0 } } else { -(1.0 - f64::from(w) / 4294967296.0).ln() };
    }
    let z = if mark.green { (s - n * 0.25) / (n * 0.1875).sqrt() } else { (s - n) / n.sqrt() };
    (cells.len(), s / n, z)
}
fn key(seed: u64) -> [u8; 32] {
    let mut k = [0; 32];
    ChaCha12Rng::seed_from_u64(seed).fill_bytes(&mut k);
    k
}
fn main() -> Result<(), Box<dyn Error>> {
    let mut settings = HashMap::new();
    for argument in std::env::args().skip(1) {
        let (name, value) = argument.split_once('=').ok_or("settings are name=value")?;
        settings.insert(name.to_owned(), value.to_owned());
    }
    let number = |name: &str, default: f64| -> f64 { settings.get(name).map_or(default, |v| v.parse().unwrap()) };
    let int = |name: &str, default: usize| number(name, default as f64) as usize;
    let tokenizer = assets::Tokenizer::from_json(&std::fs::read(&settings["tokenizer"])?)?;
    let teacher = Transformer::from_safetensors(&std::fs::read(&settings["teacher"])?)?;
    let seed = int("seed", 1) as u64;
    let green = int("green", 0) == 1;
    let h = int("h", 2);
    let plen = int("plen", 12);
    let alen = int("alen", 72);
    let all = assets::prompts(seed, plen, &tokenizer)?;
    let harvest: Vec<_> = all.iter().cycle().take(int("harvest", 1000)).cloned().collect();
    let exam: Vec<_> = all.iter().rev().take(int("exam", 500)).cloned().collect();
    let mark = || Mark { key: key(seed), h, green };
    let sampling = Sampling { temperature: number("temp", 1.0) as f32, top_k: None };
    let start = Instant::now();
    let mut quiet = |_: usize, _: usize| {};
    let clean = int("clean", 0) == 1;
    let answers = if clean { generate(&teacher, &harvest, alen, &sampling, seed, &mut Unmarked, &mut quiet)? } else {
        let mut marked = Marked { mark: mark(), text: HashMap::new(), seen: HashMap::new(), words: vec![] };
        generate(&teacher, &harvest, alen, &sampling, seed, &mut marked, &mut quiet)? };
    let n = harvest.len() * alen;
    let (c, m, z) = examine(&mark(), &harvest, &answers);
    println!("h {h} prompts {} harvest {n} tokens {:.1} s {:.0}/s: cells {c} mean {m:.3} z {z:.1}", all.len(), start.elapsed().as_secs_f64(), n as f64 / start.elapsed().as_secs_f64());
    if int("show", 0) == 1 { for a in &answers[..2] { println!("---\n{}", tokenizer.decode(a)); } }
    let examples: Vec<Example> = harvest.iter().zip(&answers).map(|(p, a)| Example { prompt: p.clone(), answer: a.clone() }).collect();
    let mut student = match settings.get("base") {
        Some(p) => Transformer::from_safetensors(&std::fs::read(p)?)?,
        None => Transformer::new(Config { layers: int("layers", 3), width: int("width", 128), context: 96, vocab: teacher.config().vocab }, seed + 77)?,
    };
    let batch = int("batch", 32);
    let steps = (number("epochs", 3.0) * examples.len() as f64 / batch as f64).ceil() as usize;
    let rates: Vec<f64> = settings.get("rate").map_or(vec![3e-3], |r| r.split(',').map(|x| x.parse().unwrap()).collect());
    let base = student.clone();
    for rate in rates {
        student = base.clone();
        let start = Instant::now();
        let schedule = TrainConfig { steps, batch, learning_rate: rate, weight_decay: number("decay", 0.01), seed };
        let curve = train(&mut student, &Lessons::Answers(&examples), &schedule, &mut |_, _, _| {})?;
        let took = start.elapsed().as_secs_f64();
        let end = &curve[curve.len() * 9 / 10..];
        println!("  rate {rate} batch {batch} steps {steps} {took:.1} s {:.0} tokens/s loss {:.3} -> {:.3}", (steps * batch * (alen + plen - 1)) as f64 / took, curve[0], end.iter().sum::<f32>() / end.len() as f32);
        for temp in settings.get("etemp").map_or("1", |s| s).split(',') {
            let start = Instant::now();
            let sampling = Sampling { temperature: temp.parse()?, top_k: None };
            let answers = generate(&student, &exam, int("elen", alen), &sampling, seed + 1000, &mut Unmarked, &mut quiet)?;
            let took = start.elapsed().as_secs_f64();
            let (c, m, z) = examine(&mark(), &exam, &answers);
            let wrong: Vec<f64> = (0..20).map(|i| examine(&Mark { key: key(9000 + i + 100 * seed), h, green }, &exam, &answers).2).collect();
            let mean = wrong.iter().sum::<f64>() / 20.0;
            let sd = (wrong.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 19.0).sqrt();
            println!("    exam temp {temp} {took:.1} s: {} tokens cells {c} mean {m:.4} z {z:.2}; wrong keys mean {mean:.2} sd {sd:.2}", exam.len() * int("elen", alen));
            if int("show", 0) == 1 { println!("---\n{}", tokenizer.decode(&answers[0])); }
        }
    }
    Ok(())
}
