//! One answer in the making.

use crate::arrays::Array;
use crate::device_key::DeviceKey;
use crate::error::{raise, usage, usage_hint};
use crate::sampling::Sampling;
use crate::texts;
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_serve::{Request as Core, Unmarked};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

/// One answer in the making, marked or not: of a `Mark`, or of a `Serving`, which decides and keeps the ledger.
#[pyclass(frozen, module = "hallmark_lm", from_py_object)]
#[derive(Clone)]
pub(crate) struct Request {
    request: Arc<Mutex<Core>>,
    secret: Option<Arc<Secret>>,
}

/// What makes the request's words.
pub(crate) struct Secret {
    pub(crate) profile: Profile,
    pub(crate) key: Key,
}

/// What a step chose.
#[pyclass(frozen, get_all, module = "hallmark_lm")]
pub(crate) struct Choice {
    /// Index of the chosen candidate; where a whole row was given, the token.
    index: usize,
    /// The token.
    token: u32,
    /// Whether the key took part in the choice.
    marked: bool,
}

#[pymethods]
impl Choice {
    fn __repr__(&self) -> String {
        let Self {
            index,
            token,
            marked,
        } = self;
        let marked = if *marked { "True" } else { "False" };
        format!("Choice(index={index}, token={token}, marked={marked})")
    }
}

impl Request {
    pub(crate) fn new(request: Core, secret: Option<Secret>) -> Self {
        let request = Arc::new(Mutex::new(request));
        let secret = secret.map(Arc::new);
        Self { request, secret }
    }

    /// The request, for the duration of a call.
    pub(crate) fn lock(&self) -> PyResult<MutexGuard<'_, Core>> {
        match self.request.try_lock() {
            Ok(request) => Ok(request),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(usage_hint(
                "a request is used by two calls at once, or stands in two rows of a step",
                "give each row a request of its own; clone() makes another one",
            )),
        }
    }
}

#[pymethods]
impl Request {
    /// Whether the key takes part in it. If not, `why_unmarked` says why.
    #[getter]
    fn is_marked(&self) -> PyResult<bool> {
        Ok(self.lock()?.is_marked())
    }

    /// Whether the next position would be marked: enough tokens before it, and a new window.
    #[getter]
    fn is_open(&self) -> PyResult<bool> {
        Ok(self.lock()?.is_open())
    }

    /// The tokens accepted so far; of an unmarked request they are only counted.
    #[getter]
    fn tokens(&self) -> PyResult<Vec<u32>> {
        Ok(self.lock()?.tokens().to_vec())
    }

    /// How many tokens were accepted.
    fn __len__(&self) -> PyResult<usize> {
        Ok(self.lock()?.accepted())
    }

    fn __bool__(&self) -> bool {
        true
    }

    /// Stops marking it, where it must be served and can be marked no more; the ledger says so.
    fn give_up(&self, why: &str) -> PyResult<()> {
        self.lock()?.give_up(Unmarked::Failed(why.to_owned()));
        Ok(())
    }

    /// Its id in the ledger.
    #[getter]
    fn id(&self) -> PyResult<Option<String>> {
        Ok(self.lock()?.id())
    }

    /// Its cohort's label.
    #[getter]
    fn cohort(&self) -> PyResult<Option<String>> {
        Ok(self.lock()?.cohort().map(str::to_owned))
    }

    /// Of a ring: which sub-key marks it.
    #[getter]
    fn sub_key(&self) -> PyResult<Option<u32>> {
        Ok(self.lock()?.sub_key())
    }

    #[getter]
    fn why_unmarked(&self) -> PyResult<Option<String>> {
        Ok(self.lock()?.why_unmarked().map(ToString::to_string))
    }

    /// Chooses among candidates that survived truncation, with their logits (float32, written over).
    #[pyo3(signature = (candidates, logits, uniform = None))]
    fn choose(
        &self,
        candidates: &Bound<'_, PyAny>,
        logits: &Bound<'_, PyAny>,
        uniform: Option<f64>,
    ) -> PyResult<Choice> {
        let tokens = texts::ids(candidates)?;
        let mut array = Array::of(logits)?;
        let row = array.row()?;
        let choice = self.lock()?.choose(&tokens, row, uniform).map_err(usage)?;
        Ok(Choice {
            index: choice.index,
            token: tokens[choice.index],
            marked: choice.marked,
        })
    }

    /// Chooses from a whole row of logits, whose index is the token (float32, written over).
    #[pyo3(signature = (logits, uniform = None, sampling = None))]
    fn choose_row(
        &self,
        logits: &Bound<'_, PyAny>,
        uniform: Option<f64>,
        sampling: Option<Sampling>,
    ) -> PyResult<Choice> {
        let mut array = Array::of(logits)?;
        let row = array.row()?;
        let sampling = sampling.map(|sampling| sampling.sampling);
        let chosen = self.lock()?.choose_row(row, sampling.as_ref(), uniform);
        let choice = chosen.map_err(usage)?;
        Ok(Choice {
            index: choice.index,
            token: choice.index as u32,
            marked: choice.marked,
        })
    }

    /// Records the token that the engine emitted.
    fn accept(&self, token: u32) -> PyResult<()> {
        self.lock()?.accept(token).map_err(usage)
    }

    /// Records several; −1 is padding.
    fn accept_all(&self, tokens: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut tokens = texts::padded_ids(tokens)?;
        tokens.retain(|&token| token != -1);
        let mut request = self.lock()?;
        let start = request.accepted();
        request.sync(&tokens, start).map_err(usage)
    }

    /// Takes back the last `count` tokens.
    fn rollback(&self, count: usize) -> PyResult<()> {
        self.lock()?.rollback(count).map_err(usage)
    }

    /// Makes the accepted tokens the first `start` of those that are there, and behind them `tokens`, whatever happened meanwhile; −1 is
    /// padding.
    #[pyo3(signature = (tokens, start = 0))]
    fn sync(&self, tokens: &Bound<'_, PyAny>, start: usize) -> PyResult<()> {
        let tokens = texts::padded_ids(tokens)?;
        self.lock()?.sync(&tokens, start).map_err(usage)
    }

    /// The same answer once more, as for beams. It has no place in the ledger.
    fn clone(&self, py: Python<'_>) -> PyResult<Self> {
        let forked = self.lock()?.fork();
        let request = Arc::new(Mutex::new(raise(py, forked)?));
        let secret = self.secret.clone();
        Ok(Self { request, secret })
    }

    /// What a kernel on a device needs to make its words, those of the key that it began with; None where it is not marked. It is secret.
    fn device_key(&self, py: Python<'_>) -> PyResult<Option<DeviceKey>> {
        let request = self.lock()?;
        match (&self.secret, request.is_marked()) {
            (Some(secret), true) => {
                let sub_key = request.sub_key().unwrap_or(0);
                DeviceKey::of(py, &secret.profile, &secret.key, sub_key).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Forgets the answer, for another try.
    fn reset(&self) -> PyResult<()> {
        self.lock()?.reset();
        Ok(())
    }

    /// Ends it and writes it to the ledger: why it ended, and whether the answer was sent. A request that is dropped unfinished is written
    /// as dropped.
    #[pyo3(signature = (reason = "stop", *, sent = true))]
    fn finish(&self, py: Python<'_>, reason: &str, sent: bool) -> PyResult<()> {
        let ended = self.lock()?.end(reason, sent);
        raise(py, ended)
    }

    fn __repr__(&self) -> PyResult<String> {
        let request = self.lock()?;
        let marked = if request.is_marked() { "True" } else { "False" };
        Ok(format!(
            "Request(marked={marked}, tokens={})",
            request.accepted()
        ))
    }
}
