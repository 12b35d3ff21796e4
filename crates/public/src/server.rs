//! The socket: connections with limits and timeouts, signals, an orderly end.

use crate::audit::Audit;
use crate::client::Proxy;
use crate::config::{Config, LimitsConfig};
use crate::judge::Judge;
use crate::limits::Limits;
use crate::reply::Problem;
use crate::routes::{App, Peer, router};
use crate::tokens::Tokens;
use crate::workers::Workers;
use axum::{Extension, Router};
use hallmark::{Error, Result};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// A detector that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
    limits: LimitsConfig,
    handle: Handle,
}

/// Ends a server, or lets it open its log anew, from another thread.
#[derive(Clone, Default)]
pub struct Handle(Arc<Asked>);

#[derive(Default)]
struct Asked {
    stop: Notify,
    reopen: Notify,
}

impl Handle {
    /// Takes no new requests; those in flight finish.
    pub fn stop(&self) {
        self.0.stop.notify_one();
    }

    /// Opens the log anew, after it was moved away.
    pub fn reopen_log(&self) {
        self.0.reopen.notify_one();
    }
}

/// The longest head of a request, in bytes.
const HEAD: usize = 16 << 10;

impl Server {
    /// Opens the log, starts the workers and listens; connections are taken once it runs.
    ///
    /// # Errors
    /// When the log cannot be opened, or the address is taken.
    pub fn bind(config: &Config, judge: Arc<dyn Judge>) -> Result<Self> {
        let limits = config.limits.clone();
        let threads = match limits.detections {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let workers = Workers::start(threads, limits.queue).map_err(|error| {
            Error::usage(format_args!("{threads} threads cannot be started: {error}"))
                .at("[limits] detections")
                .hint("ask for fewer")
        })?;
        let cannot_listen = |error: std::io::Error| {
            Error::usage(format_args!("cannot listen there: {error}"))
                .at(format_args!("listen = \"{}\"", config.listen))
                .hint("name a free address of this machine")
        };
        let audit = config.log.as_ref().map(Audit::open).transpose()?;
        let listener = TcpListener::bind(config.listen).map_err(cannot_listen)?;
        listener.set_nonblocking(true).map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let app = App {
            info: info(config, &*judge),
            judge,
            workers,
            limits: Limits::new(&limits, Instant::now()),
            tokens: Tokens::new(&config.tokens),
            proxy: Proxy::new(config.proxy.as_ref()),
            audit,
            request_bytes: limits.request_bytes,
            read: Duration::from_secs(limits.read_seconds),
            wait: Duration::from_secs(limits.wait_seconds),
            quantum: Duration::from_millis(config.quantum_ms),
        };
        Ok(Self {
            listener,
            address,
            app: Arc::new(app),
            limits,
            handle: Handle::default(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// To end it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves until SIGINT, SIGTERM or the handle says to stop; SIGHUP opens the log anew.
    ///
    /// # Errors
    /// When the system gives no runtime.
    pub fn run(self) -> Result<()> {
        self.enter(true)
    }

    /// The same without an ear for signals.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    pub fn run_without_signals(self) -> Result<()> {
        self.enter(false)
    }

    fn enter(self, signals: bool) -> Result<()> {
        // One thread serves all connections: the work is the detections', on threads of their own.
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .and_then(|runtime| runtime.block_on(self.serve(signals)))
            .map_err(|error| Error::usage(format_args!("the server cannot run: {error}")))
    }

    async fn serve(self, signals: bool) -> std::io::Result<()> {
        if signals {
            listen_to_signals(&self.handle)?;
        }
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let most = self.limits.connections;
        let free = Arc::new(Semaphore::new(most));
        let (stop, stopping) = watch::channel(false);
        let router = router(Arc::clone(&self.app));
        loop {
            let accepted = tokio::select! {
                () = self.handle.0.stop.notified() => break,
                () = self.handle.0.reopen.notified() => {
                    reopen(self.app.audit.as_ref());
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, peer)) = accepted else {
                // Out of file descriptors, most likely: those that are open will close.
                sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Ok(permit) = Arc::clone(&free).try_acquire_owned() else {
                turn_away(&stream);
                self.app.audit.iter().for_each(Audit::shed);
                continue;
            };
            let router = router.clone().layer(Extension(Peer(peer)));
            let serving = connection(stream, router, self.limits.clone(), stopping.clone());
            tokio::spawn(async move {
                serving.await;
                drop(permit);
            });
        }
        drop(listener);
        let _ = stop.send(true);
        let all = u32::try_from(most).unwrap_or(u32::MAX);
        let grace = Duration::from_secs(self.limits.shutdown_seconds);
        let _ = timeout(grace, free.acquire_many(all)).await;
        self.app.audit.iter().for_each(Audit::finish);
        Ok(())
    }
}

/// Serves a connection until it ends, is too old, or the server stops; requests in flight finish.
async fn connection(
    stream: TcpStream,
    router: Router,
    limits: LimitsConfig,
    mut stopping: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let read = Duration::from_secs(limits.read_seconds);
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut serving = pin!(serving);
    let age = Duration::from_secs(limits.connection_seconds);
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = stopping.wait_for(|stopping| *stopping) => {}
        () = sleep(age) => {}
    }
    serving.as_mut().graceful_shutdown();
    let rest = read + Duration::from_secs(limits.wait_seconds + limits.shutdown_seconds);
    let _ = timeout(rest, serving).await;
}

/// Says that there are too many connections, as far as the socket takes it at once.
fn turn_away(stream: &TcpStream) {
    let body = Problem::Busy.body();
    let response = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.try_write(response.as_bytes());
}

fn reopen(audit: Option<&Audit>) {
    if let Some(Err(error)) = audit.map(Audit::reopen) {
        eprintln!("error: the log cannot be opened anew, and the old file goes on: {error}");
    }
}

#[cfg(unix)]
fn listen_to_signals(handle: &Handle) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let handle = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => handle.stop(),
                _ = terminate.recv() => handle.stop(),
                _ = hang_up.recv() => handle.reopen_log(),
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn listen_to_signals(handle: &Handle) -> std::io::Result<()> {
    let handle = handle.clone();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        handle.stop();
    });
    Ok(())
}

/// What outsiders may know.
fn info(config: &Config, judge: &dyn Judge) -> String {
    let facts = judge.facts();
    let accepts = [(facts.reads_text, "text"), (facts.reads_tokens, "tokens")];
    let accepts = accepts
        .into_iter()
        .filter_map(|(does, name)| does.then_some(name));
    json!({
        "schema": "hallmark/public-info/1",
        "detects": config.detects,
        "contact": config.contact,
        "level": config.level,
        "minimum_cells": facts.minimum_cells,
        "accepts": accepts.collect::<Vec<_>>(),
        "request_bytes": config.limits.request_bytes,
    })
    .to_string()
}
