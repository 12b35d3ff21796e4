//! The endpoints, and what stands before all of them.

use crate::audit::{Audit, Line};
use crate::body::{self, Unread};
use crate::client::{Client, Proxy};
use crate::judge::{Judge, Refused};
use crate::limits::Limits;
use crate::openapi;
use crate::question::Question;
use crate::reply::{self, Noted, Problem};
use crate::tokens::Tokens;
use crate::workers::{Panicked, Workers};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout};

/// All that the endpoints share.
pub(crate) struct App {
    pub(crate) judge: Arc<dyn Judge>,
    pub(crate) workers: Workers,
    pub(crate) limits: Limits,
    pub(crate) tokens: Tokens,
    pub(crate) proxy: Proxy,
    pub(crate) audit: Option<Audit>,
    /// The text of `/v1/info`.
    pub(crate) info: String,
    pub(crate) request_bytes: usize,
    pub(crate) read: Duration,
    pub(crate) wait: Duration,
    pub(crate) quantum: Duration,
}

/// The other end of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The caller whose token was right.
#[derive(Clone)]
struct Caller(Option<Arc<str>>);

const DETECT: &str = "/v1/detect";
const EXAMINE: &str = "/v1/examine-text";
const INFO: &str = "/v1/info";
const OPENAPI: &str = "/v1/openapi.json";
const HEALTH: &str = "/healthz";

/// All endpoints.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route(DETECT, post(detect))
        .route(EXAMINE, post(examine))
        .route(INFO, get(info))
        .route(
            OPENAPI,
            get(async || noted(reply::json(openapi::TEXT), 0, "openapi")),
        )
        .route(HEALTH, get(async || reply::json("{\"status\":\"ok\"}")))
        .fallback(async || Problem::NoSuchEndpoint)
        .method_not_allowed_fallback(async || Problem::Method)
        .layer(from_fn_with_state(Arc::clone(&app), guard))
        .with_state(app)
}

/// What stands before every endpoint but the health check's: limits, and the log.
async fn guard(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    mut request: Request<Body>,
    next: Next,
) -> Response<Body> {
    let started = Instant::now();
    // What a caller wrote is never logged.
    let known = [DETECT, EXAMINE, INFO, OPENAPI, HEALTH];
    let path = request.uri().path();
    let endpoint = known.into_iter().find(|known| *known == path);
    if endpoint == Some(HEALTH) {
        return next.run(request).await;
    }
    let client = app.proxy.client(peer, request.headers());
    let caller: Option<Arc<str>> = app.tokens.caller(request.headers()).map(Arc::from);
    let limited = caller.is_none().then_some(client);
    if let Err(too_many) = app.limits.admit(limited, started) {
        app.audit.iter().for_each(Audit::shed);
        return Problem::TooMany(too_many.wait).into_response();
    }
    request.extensions_mut().insert(Caller(caller.clone()));
    let mut pending = Pending {
        app: Arc::clone(&app),
        client,
        caller,
        endpoint: endpoint.unwrap_or("other"),
        started,
        done: false,
    };
    let mut response = next.run(request).await;
    if endpoint == Some(DETECT) {
        hold(started, app.quantum).await;
    }
    let note = response.extensions_mut().remove::<Noted>();
    let note = note.unwrap_or(Noted {
        bytes: 0,
        result: "other",
    });
    match pending.finish(note, response.status().as_u16()) {
        Ok(()) => response,
        Err(()) => Problem::Unavailable.into_response(),
    }
}

/// Waits for the next multiple of `quantum` after `started`: how long a text took is not to be read off its answer.
async fn hold(started: Instant, quantum: Duration) {
    if quantum.is_zero() {
        return;
    }
    let steps = started.elapsed().as_nanos() / quantum.as_nanos() + 1;
    let steps = u32::try_from(steps).unwrap_or(u32::MAX);
    sleep_until((started + quantum.saturating_mul(steps)).into()).await;
}

/// A request that has no line in the log yet. One whose client left has one all the same.
struct Pending {
    app: Arc<App>,
    client: Client,
    caller: Option<Arc<str>>,
    endpoint: &'static str,
    started: Instant,
    done: bool,
}

impl Pending {
    fn finish(&mut self, note: Noted, status: u16) -> Result<(), ()> {
        self.done = true;
        let Some(audit) = &self.app.audit else {
            return Ok(());
        };
        let line = Line {
            client: self.client,
            caller: self.caller.as_deref(),
            endpoint: self.endpoint,
            bytes: note.bytes,
            result: note.result,
            status,
            took: self.started.elapsed(),
        };
        match audit.write(&line) {
            Err(_) if audit.fail_closed => Err(()),
            _ => Ok(()),
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.done {
            let note = Noted {
                bytes: 0,
                result: "client-gone",
            };
            let _ = self.finish(note, 0);
        }
    }
}

fn noted(mut response: Response<Body>, bytes: u64, result: &'static str) -> Response<Body> {
    response.extensions_mut().insert(Noted { bytes, result });
    response
}

async fn info(State(app): State<Arc<App>>) -> Response<Body> {
    noted(reply::json(app.info.clone()), 0, "info")
}

async fn detect(State(app): State<Arc<App>>, request: Request<Body>) -> Response<Body> {
    answered(app, request, |judge, question, bytes| {
        let answer = judge.answer(question)?;
        let body = json!({ "schema": "hallmark/public-detect/1", "result": answer.word() });
        Ok(noted(reply::json(body.to_string()), bytes, answer.word()))
    })
    .await
}

async fn examine(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    request: Request<Body>,
) -> Response<Body> {
    if caller.is_none() {
        return Problem::Unauthorized.into_response();
    }
    answered(app, request, |judge, question, bytes| {
        let examination = judge.examine(question)?;
        Ok(noted(reply::value(&examination), bytes, "examined"))
    })
    .await
}

/// Reads the question, waits for a worker, and gives what it made of it.
async fn answered(
    app: Arc<App>,
    request: Request<Body>,
    work: impl FnOnce(&dyn Judge, Question, u64) -> Result<Response<Body>, Refused> + Send + 'static,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return Problem::NotJson.into_response();
    }
    let reading = body::read(&parts.headers, body, app.request_bytes);
    let body = match timeout(app.read, reading).await {
        Err(_) => return Problem::Timeout.into_response(),
        Ok(Err(Unread::TooLong)) => return Problem::TooLarge.into_response(),
        Ok(Err(Unread::Broken)) => return Problem::Broken.into_response(),
        Ok(Ok(body)) => body,
    };
    let bytes = body.len() as u64;
    let judge = Arc::clone(&app.judge);
    let submitted = app.workers.submit(move || {
        let Some(question) = Question::parse(&body) else {
            return Problem::NotAQuestion.into_response();
        };
        work(&*judge, question, bytes).unwrap_or_else(|refused| problem(refused).into_response())
    });
    let Ok(receiver) = submitted else {
        return with_bytes(Problem::Busy, bytes);
    };
    match timeout(app.wait, receiver).await {
        Err(_) => with_bytes(Problem::Busy, bytes),
        Ok(Ok(Ok(response))) if response.status().is_success() => response,
        Ok(Ok(Ok(mut response))) => {
            if let Some(note) = response.extensions_mut().get_mut::<Noted>() {
                note.bytes = bytes;
            }
            response
        }
        Ok(Ok(Err(Panicked)) | Err(_)) => with_bytes(Problem::Failed, bytes),
    }
}

fn with_bytes(problem: Problem, bytes: u64) -> Response<Body> {
    noted(problem.into_response(), bytes, problem.code())
}

const fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::NoText => Problem::NoText,
        Refused::NoTokens => Problem::NoTokens,
        Refused::NotAnId => Problem::NotAnId,
        Refused::Failed => Problem::Failed,
    }
}

/// JSON, or something that says no kind.
fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|kind| {
        let kind = kind.as_bytes().split(|&byte| byte == b';').next();
        kind.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(b"application/json"))
    })
}
