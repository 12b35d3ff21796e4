//! Made logs of any size, and what a scan of them costs.
//!
//! `volume make REQUESTS ACCOUNTS OUT` writes `OUT`, a table of requests in the order of time (`.parquet`, or JSON lines by any other name), and
//! `OUT.attributes.csv`. `volume scan ATTRIBUTES REQUESTS…` scans them and prints what it took. The logs are about speed: people in sessions, a
//! fifth of them in undeclared firms of twenty, one harvest in a thousand accounts. Worlds that resemble usage are made by `campaign worlds`.

use hallmark_campaign::exchange::{SCREEN, Test, Within};
use hallmark_campaign::propose::Rules;
use hallmark_campaign::pseudonym::Pseudonyms;
use hallmark_campaign::read::{Door, Layout, Reading};
use hallmark_campaign::scan::{Scanning, proposing, scan};
use hallmark_core::keys::RootKey;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

type Outcome = Result<(), Box<dyn Error>>;

/// 2026-01-05, a Monday, and nine weeks in seconds.
const BEGIN: i64 = 1_767_571_200;
const SECONDS: f64 = 9.0 * 7.0 * 86_400.0;

/// Rows that are written at once.
const ROWS: usize = 1 << 20;

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["make", requests, accounts, out] => make(requests.parse()?, accounts.parse()?, out),
        ["scan", attributes, ref requests @ ..] => measure(attributes, requests),
        _ => Err("volume make REQUESTS ACCOUNTS OUT, or volume scan ATTRIBUTES REQUESTS…".into()),
    }
}

/// Who has which address: one in five accounts is of a firm of twenty, others are in twos.
fn address(account: u32) -> String {
    let own = match account % 5 {
        0 => account / 100,
        _ => 0x0080_0000 + account / 2,
    };
    format!(
        "{}.{}.{}.{}",
        11 + (own >> 24),
        own >> 16 & 255,
        own >> 8 & 255,
        own & 255
    )
}

struct Row {
    second: i64,
    account: u32,
}

/// Requests in the order of time: sessions of some requests, and jobs that all accounts of a harvest send in one minute.
struct Rows {
    random: ChaCha8Rng,
    accounts: u32,
    requests: u64,
    made: u64,
    open: Vec<u32>,
    jobs: Vec<u32>,
}

impl Rows {
    fn new(requests: u64, accounts: u32) -> Self {
        let sessions = (requests / 20_000).max(16);
        let mut rows = Self {
            random: ChaCha8Rng::seed_from_u64(1),
            accounts,
            requests,
            made: 0,
            open: vec![],
            jobs: vec![],
        };
        rows.open = (0..sessions).map(|_| rows.somebody()).collect();
        rows
    }

    fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.random.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// An account: some are much more active than others.
    fn somebody(&mut self) -> u32 {
        let a = self.below(self.accounts);
        match self.below(3) {
            0 => self.below(a + 1),
            _ => a,
        }
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.made == self.requests {
            return None;
        }
        let share = self.made as f64 / self.requests as f64;
        self.made += 1;
        let second = BEGIN + (share * SECONDS) as i64;
        // Harvests are the firms whose number is a multiple of a hundred.
        if self.made.is_multiple_of(4000) && self.jobs.is_empty() {
            let firm = self.below(self.accounts / 10_000 + 1) * 10_000;
            let accounts = self.accounts;
            self.jobs = (0..20)
                .map(|own| firm + 5 * own)
                .filter(|&own| own < accounts)
                .collect();
        }
        if let Some(account) = self.jobs.pop() {
            return Some(Row { second, account });
        }
        let place = self.below(self.open.len() as u32) as usize;
        let account = self.open[place];
        if self.below(5) == 0 {
            self.open[place] = self.somebody();
        }
        Some(Row { second, account })
    }
}

fn make(requests: u64, accounts: u32, out: &str) -> Outcome {
    let mut attributes = BufWriter::new(File::create(format!("{out}.attributes.csv"))?);
    writeln!(attributes, "account,kind,value")?;
    for account in 0..accounts {
        let card = match account % 5 {
            0 => account / 100,
            _ => account + 1_000_000_000,
        };
        writeln!(attributes, "key-{account:010},card,card-{card:010}")?;
    }
    attributes.flush()?;
    let rows = Rows::new(requests, accounts);
    match out.ends_with(".parquet") {
        true => columns(rows, out),
        false => lines(rows, out),
    }
}

fn agent(account: u32) -> u32 {
    account % 200
}

fn lines(rows: Rows, out: &str) -> Outcome {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(out)?);
    for Row { second, account } in rows {
        let (ip, agent, template) = (address(account), agent(account), account % 2000);
        writeln!(
            file,
            "{{\"time\":{second},\"account\":\"key-{account:010}\",\"model\":\"large-1\",\"attr.ip\":\"{ip}\",\"attr.user_agent\":\"agent/{agent}.0 (linux)\",\"attr.template\":\"template-{template:06}\",\"prompt_tokens\":812,\"completion_tokens\":344,\"status\":\"ok\"}}"
        )?;
    }
    Ok(file.flush()?)
}

fn columns(mut rows: Rows, out: &str) -> Outcome {
    let schema = "message log { REQUIRED INT64 time (TIMESTAMP(MILLIS,true)); REQUIRED BYTE_ARRAY account (UTF8); REQUIRED BYTE_ARRAY attr.ip (UTF8); REQUIRED BYTE_ARRAY attr.user_agent (UTF8); REQUIRED BYTE_ARRAY attr.template (UTF8); }";
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let schema = Arc::new(parse_message_type(schema)?);
    let mut writer = SerializedFileWriter::new(File::create(out)?, schema, Arc::new(properties))?;
    loop {
        let rows: Vec<Row> = rows.by_ref().take(ROWS).collect();
        if rows.is_empty() {
            break;
        }
        let mut group = writer.next_row_group()?;
        let mut column = group.next_column()?.ok_or("no column")?;
        let times: Vec<i64> = rows.iter().map(|row| row.second * 1000).collect();
        column
            .typed::<Int64Type>()
            .write_batch(&times, None, None)?;
        column.close()?;
        let texts: [fn(u32) -> String; 4] = [
            |account| format!("key-{account:010}"),
            address,
            |account| format!("agent/{}.0 (linux)", agent(account)),
            |account| format!("template-{:06}", account % 2000),
        ];
        for text in texts {
            let mut column = group.next_column()?.ok_or("no column")?;
            for rows in rows.chunks(1 << 15) {
                let texts = rows
                    .iter()
                    .map(|row| ByteArray::from(text(row.account).into_bytes()));
                let texts: Vec<ByteArray> = texts.collect();
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&texts, None, None)?;
            }
            column.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn measure(attributes: &str, requests: &[&str]) -> Outcome {
    let began = Instant::now();
    let said = |what: &str| {
        let (cpu, memory) = (cpu_seconds(), peak());
        let wall = began.elapsed().as_secs_f64();
        println!("{what:10} wall {wall:7.1} s, cpu {cpu:7.1} s, peak {memory} MiB");
    };
    let pseudonyms = Pseudonyms::new(&RootKey::from_bytes([1; 32]).attributes("volume")?);
    let reading = Reading {
        layout: Layout::new("own", &[])?,
        skip_bad: 0,
    };
    let mut door = Door::new(&pseudonyms, &reading);
    door.attributes(Path::new(attributes))?;
    for path in requests {
        door.requests(Path::new(path))?;
    }
    said("read");
    let (traffic, _) = door.finish(proposing);
    said("in order");
    let scanning = Scanning {
        rules: Rules::default(),
        test: Test {
            weeks: 3,
            surrogates: 9999,
            screen: SCREEN,
            least: 5,
            only_whole: false,
            within: Within::default(),
            seed: pseudonyms.seed(1),
        },
        seed: 1,
    };
    let found = scan(&traffic, &scanning);
    said("scanned");
    let listed: u64 = found.campaigns.iter().map(|own| own.cohort_accounts).sum();
    println!(
        "{} requests, {} accounts, {} pairs, {} groups of {} accounts; {} campaigns, {listed} accounts on the cohort list",
        found.traffic.requests,
        found.traffic.accounts,
        found.proposed.pairs,
        found.proposed.groups,
        found.proposed.accounts,
        found.campaigns.len()
    );
    Ok(())
}

/// Processor seconds of this process, all threads, user and system.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = behind.split(' ').skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The most memory that this process had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
