//! Tells the demo's story for many seeds, each with a key of its own, and prints how far the true key's sum lies from
//! what a random key gives, for both students, beside the spread over unused keys:
//!
//! ```text
//! cargo run --release -p hallmark-study --example story_seeds -- first=1 seeds=20 keys=200 scheme=gumbel window=2
//! ```
//!
//! Other settings: `size=full`, and any field of the story's settings (`harvest=`, `examination=`, `passes=`, `rate=`,
//! `temperature=`). z is (sum − cells) / √cells for `gumbel`; a Gamma tail is heavier than a normal one, so the exact
//! p-values are the detector's to give.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::str::FromStr;
use std::time::Instant;

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::Key;
use hallmark_core::law::Law;
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use hallmark_corpus::Tokenizer;
use hallmark_lab::{Exchange, Marked, assets};
use hallmark_study::keys::story_root;
use hallmark_study::story::{self, Settings, Size};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let profile = arguments.profile()?;
    let settings = arguments.settings()?;
    let tokenizer = assets::tokenizer()?;
    println!("{settings:?}\n{profile:?}");
    let (first, seeds, keys) = (
        arguments.or("first", 1)?,
        arguments.or("seeds", 20)?,
        arguments.or("keys", 100)?,
    );
    let mut unused = Vec::new();
    for seed in first..first + seeds {
        let start = Instant::now();
        let mark = Mark::new(&profile, &key(seed, "harvesters"))?;
        let mut chooser = Marked::new(&mark, vec![])?;
        let mut seconds: Vec<(String, f64)> = Vec::new();
        let told = story::tell(seed, &settings, &mut chooser, &mut |stage, done, all| {
            if done == all {
                seconds.push((format!("{stage:?}"), start.elapsed().as_secs_f64()));
            }
        })?;
        let teacher = Evidence::of(&told.marked, profile.window, &tokenizer).z(&mark);
        print!("seed {seed}: teacher z {teacher:.0}");
        for student in &told.students {
            let evidence = Evidence::of(&student.answers, profile.window, &tokenizer);
            let z = evidence.z(&mark);
            let wrong = (0..keys).map(|i| {
                let mark = Mark::new(&profile, &key(seed, &format!("unused-{i}")))?;
                Ok(evidence.z(&mark))
            });
            let wrong = wrong.collect::<Result<Vec<f64>, Box<dyn Error>>>()?;
            let loss = student.losses.last().copied().unwrap_or(0.0);
            let (cells, most) = (
                evidence.cells(),
                wrong.iter().copied().fold(f64::MIN, f64::max),
            );
            print!(
                "; {} student z {z:.2} ({cells} cells, loss {loss:.2}, largest of unused {most:.1})",
                student.name
            );
            unused.extend(wrong);
        }
        println!(
            "; {:.0} s {}",
            start.elapsed().as_secs_f64(),
            spans(&seconds)
        );
    }
    let mean = unused.iter().sum::<f64>() / unused.len() as f64;
    let spread =
        (unused.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / unused.len() as f64).sqrt();
    println!(
        "unused keys: {} values of z, mean {mean:.3}, standard deviation {spread:.3}",
        unused.len()
    );
    Ok(())
}

/// The distinct cells of answers: windows that occur in an answer's own prompt are left out. As a suspect's API gives text
/// alone, the tokens are those of the text, which need not be the ones that were sampled.
struct Evidence(CellBatch);

impl Evidence {
    fn of(exchanges: &[Exchange], window: usize, tokenizer: &Tokenizer) -> Self {
        let mut seen = HashSet::new();
        let mut cells = CellBatch::new(
            window,
            4 * exchanges
                .iter()
                .map(|exchange| exchange.answer.len())
                .sum::<usize>(),
        );
        for Exchange { prompt, answer } in exchanges {
            let [prompt, answer] =
                [prompt, answer].map(|tokens| tokenizer.encode(&tokenizer.decode(tokens)));
            let shown: HashSet<&[u32]> = prompt.windows(window).collect();
            for cell in answer.windows(window + 1) {
                if !shown.contains(&cell[..window]) && seen.insert(cell.to_vec()) {
                    cells.push(&cell[..window], cell[window]);
                }
            }
        }
        Self(cells)
    }

    fn cells(&self) -> usize {
        self.0.len()
    }

    fn z(&self, mark: &Mark) -> f64 {
        let mut words = vec![0; self.cells()];
        mark.words(&self.0, &mut words);
        let law = mark.law();
        let trials = self.cells() as f64 * law.trials() as f64;
        let sum = law.sum(&words) as f64 / law.unit() as f64;
        let (mean, variance) = match law {
            Law::Exponential => (1.0, 1.0),
            Law::Bernoulli { .. } => (law.null_mean(), law.null_mean() * (1.0 - law.null_mean())),
            Law::Bits { .. } => (0.5, 0.25),
        };
        (sum - mean * trials) / (variance * trials).sqrt()
    }
}

/// The cohort key called `name` of the story of `seed`.
fn key(seed: u64, name: &str) -> Key {
    let epoch = story_root(seed).epoch("demo").expect("a fine name");
    epoch.cohort(name).expect("a fine name").into()
}

fn spans(ends: &[(String, f64)]) -> String {
    let starts = std::iter::once(0.0).chain(ends.iter().map(|(_, end)| *end));
    ends.iter()
        .zip(starts)
        .map(|((name, end), start)| format!("{name} {:.1}", end - start))
        .collect::<Vec<_>>()
        .join(", ")
}

struct Arguments(HashMap<String, String>);

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut all = HashMap::new();
        for argument in std::env::args().skip(1) {
            let (name, value) = argument.split_once('=').ok_or("settings are name=value")?;
            all.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self(all))
    }

    fn or<T: FromStr>(&self, name: &str, default: T) -> Result<T, Box<dyn Error>>
    where
        T::Err: Error + 'static,
    {
        Ok(match self.0.get(name) {
            Some(value) => value.parse()?,
            None => default,
        })
    }

    fn profile(&self) -> Result<Profile, Box<dyn Error>> {
        let scheme = match self.or("scheme", "gumbel".to_owned())?.as_str() {
            "gumbel" => Scheme::GUMBEL,
            "dual-gumbel" => Scheme::DUAL_GUMBEL,
            "green" => Scheme::green(self.or("gamma", 0.25)?, self.or("delta", 2.0)?),
            "tournament" => Scheme::tournament(self.or("layers", 30)?),
            other => return Err(format!("no scheme `{other}`").into()),
        };
        let tokenizer = TokenizerRef {
            vocab_size: 1024,
            sha256: None,
        };
        let profile = Profile {
            name: "evidence".into(),
            scheme,
            window: self.or("window", 2)?,
            ring: 1,
            tokenizer,
        };
        profile.check()?;
        Ok(profile)
    }

    fn settings(&self) -> Result<Settings, Box<dyn Error>> {
        let size = if self.or("size", "default".to_owned())? == "full" {
            Size::Full
        } else {
            Size::Default
        };
        let mut settings = Settings::of(size);
        settings.harvest = self.or("harvest", settings.harvest)?;
        settings.examination = self.or("examination", settings.examination)?;
        settings.passes = self.or("passes", settings.passes)?;
        settings.batch = self.or("batch", settings.batch)?;
        settings.answer_tokens = self.or("answer", settings.answer_tokens)?;
        settings.learning_rate = self.or("rate", settings.learning_rate)?;
        settings.sampling.temperature = self.or("temperature", settings.sampling.temperature)?;
        Ok(settings)
    }
}
