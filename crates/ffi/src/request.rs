//! One request of a serving engine.

use crate::guard::{
    Fault, Init, caught, check_out, init as read_init, slice, slice_mut, told, write,
};
use crate::mark::Mark;
use crate::status::Status;
use hallmark_core::cells::TokenId;
use hallmark_core::marker::{Marker, MarkerError};
use std::ffi::{CString, c_char};
use std::ptr;

/// One request's state: its tokens, and which windows are used up. One thread at a time.
pub struct Request {
    pub(crate) marker: Marker,
    /// Tokens that the profile has.
    vocabulary: usize,
    error: CString,
}

/// What a request is. Zero all of it, then set `struct_size`: a request without prompt, of a mark without a ring, sampled at a temperature.
#[repr(C)]
pub struct RequestInit {
    /// `sizeof(hallmark_request_init)`.
    pub struct_size: usize,
    /// What the response follows, as tokens: only marks that begin within the prompt use it. May be null.
    pub prompt: *const u32,
    /// Tokens of it.
    pub prompt_length: usize,
    /// Of a ring: how many sub-keys it has (`hallmark_mark_sub_keys`). 0 without a ring.
    pub sub_keys: u32,
    /// Of a ring: which sub-key marks the request, from 0, drawn by the engine for each.
    pub sub_key: u32,
    /// Not 0 where the request decodes greedily: then only a mark that biases logits takes part.
    pub greedy: u32,
    /// 0.
    pub reserved: u32,
    /// Tokens for which room is made, 32,768 at most: the marker then takes no more memory up to that many, after its first steps.
    pub capacity: usize,
}

// SAFETY: numbers and a pointer, the size first.
unsafe impl Init for RequestInit {
    const FIRST_SIZE: usize = 4 * size_of::<usize>() + 4 * size_of::<u32>();
}

/// What a step chose.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// Index of the chosen candidate; where a whole row was given, the token.
    pub index: usize,
    /// The chosen token.
    pub token: u32,
    /// Whether the key took part in the choice: 1 or 0.
    pub marked: u32,
}

impl Request {
    /// Does something with the request, and keeps what is wrong.
    pub(crate) fn does(
        &mut self,
        work: impl FnOnce(&mut Marker, usize) -> Result<(), Fault>,
    ) -> Status {
        let Err(fault) = caught(|| work(&mut self.marker, self.vocabulary)) else {
            return Status::HallmarkOk;
        };
        self.error = CString::new(fault.text).unwrap_or_default();
        fault.status
    }
}

impl From<MarkerError> for Fault {
    fn from(error: MarkerError) -> Self {
        Self::new(Status::HallmarkBadRow, &error)
    }
}

/// Makes a request. On failure `*out` is null, and `error` (null, or `error_size` bytes) says why.
///
/// # Safety
/// `mark` is a mark; `init` points to a struct whose prompt is as long as it says; `out` to room for a pointer; `error` to `error_size`
/// bytes, or it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_new(
    mark: *const Mark,
    init: *const RequestInit,
    out: *mut *mut Request,
    error: *mut c_char,
    error_size: usize,
) -> Status {
    let made = caught(|| {
        // SAFETY: `out` is the caller's room for a pointer.
        unsafe { write(out, ptr::null_mut())? };
        // SAFETY: null or what they should be.
        let (mark, init) = unsafe { (mark.as_ref(), read_init(init)?) };
        let mark = mark.ok_or_else(|| Fault::argument("mark is null"))?;
        // SAFETY: the caller promises a prompt of this length.
        let prompt = unsafe { slice(init.prompt, init.prompt_length)? };
        let cannot = |text: String| Fault::new(Status::HallmarkCannotMark, &text);
        let ring = mark.mark.sub_keys();
        let stated = match init.sub_keys {
            0 => 1,
            sub_keys => sub_keys as usize,
        };
        let member = mark.mark.member(init.sub_key as usize);
        let member = member.filter(|_| stated == ring).ok_or_else(|| {
            cannot(format!(
                "sub-key {} of {stated}, and the mark has {ring}: set sub_keys to hallmark_mark_sub_keys, and sub_key to one that was drawn among them",
                init.sub_key
            ))
        })?;
        let marker = member.marker_with_capacity(prompt, init.capacity);
        let mut marker = marker.map_err(|error| cannot(error.to_string()))?;
        if init.greedy != 0 {
            marker = marker.greedy();
        }
        let request = Request {
            marker,
            vocabulary: mark.vocabulary,
            error: CString::default(),
        };
        // SAFETY: checked above.
        unsafe { write(out, Box::into_raw(Box::new(request))) }
    });
    // SAFETY: as the caller promises.
    unsafe { told(&made, error, error_size) }
}

/// The same request once more, with the same tokens: for beams, parallel answers and preemption. It makes room as it goes. Null for null.
///
/// # Safety
/// `request` is null or a request that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_clone(request: *const Request) -> *mut Request {
    // SAFETY: null or a request.
    let cloned = unsafe { request.as_ref() }.and_then(|request| {
        let marker = caught(|| Ok(request.marker.clone())).ok()?;
        Some(Request {
            marker,
            vocabulary: request.vocabulary,
            error: CString::default(),
        })
    });
    cloned.map_or(ptr::null_mut(), |request| Box::into_raw(Box::new(request)))
}

/// Frees a request; null is nothing to free.
///
/// # Safety
/// `request` came from [`hallmark_request_new`] or [`hallmark_request_clone`], and is used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_free(request: *mut Request) {
    if !request.is_null() {
        // SAFETY: it was made by Box::into_raw, once.
        drop(unsafe { Box::from_raw(request) });
    }
}

/// What was wrong in the last call that failed, whatever succeeded since; empty where none failed. Null for null.
///
/// # Safety
/// `request` is null or a request. The text is the request's, and gone with it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_error(request: *const Request) -> *const c_char {
    // SAFETY: null or a request.
    unsafe { request.as_ref() }.map_or(ptr::null(), |request| request.error.as_ptr())
}

/// 1 where the next position would be marked: enough tokens before it, and a new window. Otherwise 0.
///
/// # Safety
/// `request` is null or a request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_is_open(request: *const Request) -> u32 {
    // SAFETY: null or a request.
    unsafe { request.as_ref() }.map_or(0, |request| u32::from(request.marker.is_open()))
}

/// Does something with a request of the caller's.
///
/// # Safety
/// `request` is null or a request that no other thread uses.
unsafe fn with(
    request: *mut Request,
    work: impl FnOnce(&mut Marker, usize) -> Result<(), Fault>,
) -> Status {
    // SAFETY: null or a request of this thread's.
    match unsafe { request.as_mut() } {
        Some(request) => request.does(work),
        None => Status::HallmarkBadArgument,
    }
}

/// Chooses among a whole row of `length` logits, as many as the profile's vocabulary has, whose index is the token, after temperature and penalties; a masked token is −∞ and is
/// never chosen. `uniform` in [0, 1) is this step's ordinary randomness. The row is scratch space afterwards.
///
/// # Safety
/// `request` is a request that no other thread uses, `logits` has `length` numbers, `choice` has room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_choose_row(
    request: *mut Request,
    logits: *mut f32,
    length: usize,
    uniform: f64,
    choice: *mut Choice,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        with(request, |marker, vocabulary| {
            check_out(choice)?;
            let logits = slice_mut(logits, length)?;
            write(choice, row_of(marker, vocabulary, logits, uniform)?)
        })
    }
}

/// The choice from a whole row.
pub(crate) fn row_of(
    marker: &mut Marker,
    vocabulary: usize,
    logits: &mut [f32],
    uniform: f64,
) -> Result<Choice, Fault> {
    check_row(vocabulary, logits)?;
    check_uniform(uniform)?;
    let choice = marker.choose_row(logits, uniform)?;
    Ok(Choice {
        index: choice.index,
        token: choice.index as u32,
        marked: u32::from(choice.marked),
    })
}

/// The choice among candidates.
pub(crate) fn among(
    marker: &mut Marker,
    vocabulary: usize,
    candidates: &[TokenId],
    logits: &mut [f32],
    uniform: f64,
) -> Result<Choice, Fault> {
    check_uniform(uniform)?;
    let largest = candidates.iter().copied().max();
    largest.map_or(Ok(()), |token| check_token(vocabulary, token))?;
    let choice = marker.choose(candidates, logits, uniform)?;
    Ok(Choice {
        index: choice.index,
        token: candidates[choice.index],
        marked: u32::from(choice.marked),
    })
}

/// Adds a bias to a whole row; says whether the position is marked.
pub(crate) fn bias_of(
    marker: &mut Marker,
    vocabulary: usize,
    logits: &mut [f32],
) -> Result<bool, Fault> {
    check_row(vocabulary, logits)?;
    Ok(marker.bias_row(logits)?)
}

fn check_row(vocabulary: usize, logits: &[f32]) -> Result<(), Fault> {
    if logits.len() != vocabulary {
        let found = logits.len();
        return Err(Fault::new(
            Status::HallmarkBadRow,
            &format!(
                "a row of {found} logits, and the profile's vocabulary has {vocabulary}: it counts unused ids up to the width of the row"
            ),
        ));
    }
    Ok(())
}

fn check_uniform(uniform: f64) -> Result<(), Fault> {
    match (0.0..1.0).contains(&uniform) {
        true => Ok(()),
        false => Err(Fault::argument("uniform is not in [0, 1)")),
    }
}

fn check_token(vocabulary: usize, token: TokenId) -> Result<(), Fault> {
    match (token as usize) < vocabulary {
        true => Ok(()),
        false => Err(Fault::new(
            Status::HallmarkBadRow,
            &format!("token {token} is not below the profile's vocabulary of {vocabulary}"),
        )),
    }
}

/// The same among `length` candidates, which survived truncation, with their logits.
///
/// # Safety
/// As for [`hallmark_request_choose_row`]; `candidates` has `length` tokens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_choose(
    request: *mut Request,
    candidates: *const u32,
    logits: *mut f32,
    length: usize,
    uniform: f64,
    choice: *mut Choice,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        with(request, |marker, vocabulary| {
            check_out(choice)?;
            let candidates = slice(candidates, length)?;
            let logits = slice_mut(logits, length)?;
            write(
                choice,
                among(marker, vocabulary, candidates, logits, uniform)?,
            )
        })
    }
}

/// Adds the bias of `green` to a whole row, for an engine that truncates and samples by itself afterwards; `*marked` is 1 where the position
/// is marked, and otherwise the row is as it was.
///
/// # Safety
/// As for [`hallmark_request_choose_row`]; `marked` has room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_bias_row(
    request: *mut Request,
    logits: *mut f32,
    length: usize,
    marked: *mut u32,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        with(request, |marker, vocabulary| {
            check_out(marked)?;
            let logits = slice_mut(logits, length)?;
            write(marked, u32::from(bias_of(marker, vocabulary, logits)?))
        })
    }
}

/// Records the token that the engine emitted, chosen here or not.
///
/// # Safety
/// `request` is a request that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_accept(request: *mut Request, token: u32) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        with(request, |marker, vocabulary| {
            check_token(vocabulary, token)?;
            Ok(marker.accept(token)?)
        })
    }
}

/// Records `length` tokens, as after preemption or with drafts that were accepted; −1 is padding and is passed over. All of them or, where one
/// cannot be a token, none.
///
/// # Safety
/// `request` is a request that no other thread uses, `tokens` has `length` numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_accept_all(
    request: *mut Request,
    tokens: *const i64,
    length: usize,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        with(request, |marker, vocabulary| {
            let tokens = slice(tokens, length)?;
            let tokens = tokens.iter().filter(|&&token| token != -1);
            for (accepted, &token) in tokens.enumerate() {
                let one = TokenId::try_from(token)
                    .map_err(|_| Fault::argument("a token is below 0 or has more than 32 bits"))
                    .and_then(|token| check_token(vocabulary, token).map(|()| token))
                    .and_then(|token| Ok(marker.accept(token)?));
                if let Err(fault) = one {
                    marker.rollback(accepted)?;
                    return Err(fault);
                }
            }
            Ok(())
        })
    }
}

/// Takes back the last `count` accepted tokens, as speculative decoding does.
///
/// # Safety
/// `request` is a request that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_rollback(request: *mut Request, count: usize) -> Status {
    // SAFETY: as the caller promises.
    unsafe { with(request, |marker, _| Ok(marker.rollback(count)?)) }
}

/// Forgets the response, for the next one to the same prompt; buffers are kept.
///
/// # Safety
/// `request` is null or a request that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_request_reset(request: *mut Request) {
    // SAFETY: null or a request of this thread's.
    if let Some(request) = unsafe { request.as_mut() } {
        request.marker.reset();
    }
}
