//! Asks a detector on this machine as often a second as it is told to, and says how long answers took.
//!
//! ```text
//! load 127.0.0.1:8402 RATE SECONDS CONNECTIONS < texts.jsonl
//! ```
//!
//! Lines of the input are bodies of requests, sent one after another. Requests are due at fixed times (an open loop), and
//! their time counts from when they were due, so that a server that falls behind cannot hide it. Only addresses of this machine are
//! asked, for two minutes and by 256 connections at most.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A response's status, and how long it took from when its request was due.
type Took = (u16, String, Duration);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, rate, seconds, connections] = &arguments[..] else {
        return Err("load ADDRESS:PORT RATE SECONDS CONNECTIONS < texts.jsonl".into());
    };
    let address: SocketAddr = address.parse()?;
    let (rate, seconds): (f64, f64) = (rate.parse()?, seconds.parse()?);
    let connections: usize = connections.parse()?;
    let bounded = address.ip().is_loopback()
        && rate > 0.0
        && rate <= 20_000.0
        && (0.0..=120.0).contains(&seconds)
        && (1..=256).contains(&connections);
    if !bounded {
        return Err(
            "only this machine, at most 20000 a second, 120 seconds and 256 connections".into(),
        );
    }
    let mut bodies = vec![];
    for line in std::io::stdin().lock().lines() {
        bodies.push(line?);
    }
    if bodies.is_empty() {
        return Err("no texts on stdin".into());
    }
    let plan = Arc::new(Plan {
        requests: bodies.iter().map(|body| request(body)).collect(),
        start: Instant::now() + Duration::from_millis(200),
        every: Duration::from_secs_f64(1.0 / rate),
        count: (rate * seconds) as usize,
        next: AtomicUsize::new(0),
    });
    let clients: Vec<_> = (0..connections)
        .map(|_| {
            let plan = Arc::clone(&plan);
            thread::spawn(move || client(address, &plan))
        })
        .collect();
    let mut took: Vec<Took> = vec![];
    for client in clients {
        took.extend(client.join().map_err(|_| "a client panicked")??);
    }
    report(&took, plan.start.elapsed());
    Ok(())
}

/// What is asked when.
struct Plan {
    requests: Vec<Vec<u8>>,
    start: Instant,
    every: Duration,
    count: usize,
    next: AtomicUsize,
}

fn request(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /v1/detect HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn client(address: SocketAddr, plan: &Plan) -> Result<Vec<Took>, std::io::Error> {
    let mut took = vec![];
    let mut stream = connect(address)?;
    loop {
        let number = plan.next.fetch_add(1, Ordering::Relaxed);
        if number >= plan.count {
            return Ok(took);
        }
        let due = plan.start + plan.every.mul_f64(number as f64);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let request = &plan.requests[number % plan.requests.len()];
        let (status, result, closed) = match ask(&mut stream, request) {
            Ok(answer) => answer,
            Err(error) => (0, error.kind().to_string(), true),
        };
        took.push((status, result, due.elapsed()));
        if closed {
            stream = connect(address)?;
        }
    }
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>, std::io::Error> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(BufReader::new(stream))
}

/// Status, what was answered, and whether the connection is at its end.
fn ask(
    stream: &mut BufReader<TcpStream>,
    request: &[u8],
) -> Result<(u16, String, bool), std::io::Error> {
    stream.get_mut().write_all(request)?;
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let (mut length, mut closed) = (0, status == 0);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let head = line.trim_end().to_ascii_lowercase();
        if head.is_empty() {
            break;
        }
        if let Some(value) = head.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        closed |= head == "connection: close";
    }
    let mut body = vec![0; length.min(1 << 20)];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body);
    let result = ["found", "not-found", "too-short", "busy", "too-many"]
        .into_iter()
        .find(|result| body.contains(&format!("\"{result}\"")));
    Ok((status, result.unwrap_or("other").to_owned(), closed))
}

fn report(took: &[Took], all: Duration) {
    let mut kinds: Vec<(u16, &str)> = took.iter().map(|(s, r, _)| (*s, r.as_str())).collect();
    kinds.sort_unstable();
    kinds.dedup();
    println!(
        "{} requests in {:.1} s: {:.0} a second",
        took.len(),
        all.as_secs_f64(),
        took.len() as f64 / all.as_secs_f64()
    );
    for (status, result) in kinds {
        let of = took
            .iter()
            .filter(|(s, r, _)| (*s, r.as_str()) == (status, result));
        let mut times: Vec<Duration> = of.map(|(_, _, time)| *time).collect();
        times.sort_unstable();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{status} {result}: {} (median {:.1} ms, 99% {:.1} ms, longest {:.1} ms)",
            times.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}
