"""`chacha12-v1` and the native schemes as Triton kernels.

A program has one row and one chunk of it: LANES blocks of the cipher, that is 16 LANES tokens. Lane b of a chunk
computes block b, and word i of the sixteen blocks from 16 g on is that of the sixteen tokens from 256 g + 16 i on, so
each word of the state is loaded and stored as it stands. Words are uint32 in registers and int32, with the same bits,
in memory.

Rows that are not open are left at once. Chunks that are masked throughout compute no word. What a row needs of all
its chunks (its peak, its faults, its sums) goes through small tensors [rows, chunks] between launches.

Arguments of kernels, where they occur:
    keys            int32 [keys, streams, 8], contiguous
    which           [rows], the key of each row, or None: the first
    coins           int32 [rows], words whose lowest bit picks stream 1 or 2, or None: STREAM
    windows         [rows, H], row stride window_stride
    open            bool as int8 [rows], or None: all
    logits          [rows, vocab], row stride logit_stride
    H, STREAM, STREAMS, LANES   constants; CHUNKS is chunks rounded up to a power of two
"""

from __future__ import annotations

import triton
import triton.language as tl

# Fault, in the package's outcome.
MASKED = tl.constexpr(1)
INFINITE = tl.constexpr(2)
NAN = tl.constexpr(3)

WORDS = tl.constexpr(16)
"""Words of a block."""

NO_TOKEN = tl.constexpr(0x7FFF_FFFF)


@triton.jit
def _quarter(a, b, c, d):
    """A quarter round. Sums are modulo 2^32, which a debugging build must not take for overflows."""
    a = tl.add(a, b, sanitize_overflow=False)
    d = d ^ a
    d = (d << 16) | (d >> 16)
    c = tl.add(c, d, sanitize_overflow=False)
    b = b ^ c
    b = (b << 12) | (b >> 20)
    a = tl.add(a, b, sanitize_overflow=False)
    d = d ^ a
    d = (d << 8) | (d >> 24)
    c = tl.add(c, d, sanitize_overflow=False)
    b = b ^ c
    b = (b << 7) | (b >> 25)
    return a, b, c, d


@triton.jit
def _blocks(key, n0, n1, n2, counter):
    """The sixteen words of the blocks `counter` (uint32, of any shape) under the key at `key`: RFC 8439, 12 rounds."""
    k0 = tl.load(key).to(tl.uint32, bitcast=True)
    k1 = tl.load(key + 1).to(tl.uint32, bitcast=True)
    k2 = tl.load(key + 2).to(tl.uint32, bitcast=True)
    k3 = tl.load(key + 3).to(tl.uint32, bitcast=True)
    k4 = tl.load(key + 4).to(tl.uint32, bitcast=True)
    k5 = tl.load(key + 5).to(tl.uint32, bitcast=True)
    k6 = tl.load(key + 6).to(tl.uint32, bitcast=True)
    k7 = tl.load(key + 7).to(tl.uint32, bitcast=True)
    zero = counter ^ counter
    c0 = zero + 0x61707865
    c1 = zero + 0x3320646E
    c2 = zero + 0x79622D32
    c3 = zero + 0x6B206574
    k0 = zero + k0
    k1 = zero + k1
    k2 = zero + k2
    k3 = zero + k3
    k4 = zero + k4
    k5 = zero + k5
    k6 = zero + k6
    k7 = zero + k7
    n0 = zero + n0
    n1 = zero + n1
    n2 = zero + n2
    x0, x1, x2, x3 = c0, c1, c2, c3
    x4, x5, x6, x7 = k0, k1, k2, k3
    x8, x9, x10, x11 = k4, k5, k6, k7
    x12, x13, x14, x15 = counter, n0, n1, n2
    for _ in tl.static_range(6):
        x0, x4, x8, x12 = _quarter(x0, x4, x8, x12)
        x1, x5, x9, x13 = _quarter(x1, x5, x9, x13)
        x2, x6, x10, x14 = _quarter(x2, x6, x10, x14)
        x3, x7, x11, x15 = _quarter(x3, x7, x11, x15)
        x0, x5, x10, x15 = _quarter(x0, x5, x10, x15)
        x1, x6, x11, x12 = _quarter(x1, x6, x11, x12)
        x2, x7, x8, x13 = _quarter(x2, x7, x8, x13)
        x3, x4, x9, x14 = _quarter(x3, x4, x9, x14)
    return (
        tl.add(x0, c0, sanitize_overflow=False),
        tl.add(x1, c1, sanitize_overflow=False),
        tl.add(x2, c2, sanitize_overflow=False),
        tl.add(x3, c3, sanitize_overflow=False),
        tl.add(x4, k0, sanitize_overflow=False),
        tl.add(x5, k1, sanitize_overflow=False),
        tl.add(x6, k2, sanitize_overflow=False),
        tl.add(x7, k3, sanitize_overflow=False),
        tl.add(x8, k4, sanitize_overflow=False),
        tl.add(x9, k5, sanitize_overflow=False),
        tl.add(x10, k6, sanitize_overflow=False),
        tl.add(x11, k7, sanitize_overflow=False),
        tl.add(x12, counter, sanitize_overflow=False),
        tl.add(x13, n0, sanitize_overflow=False),
        tl.add(x14, n1, sanitize_overflow=False),
        tl.add(x15, n2, sanitize_overflow=False),
    )


@triton.jit
def _slot(window, SLOT: tl.constexpr, H: tl.constexpr):
    """24 bits of a window's token; all ones where the window has no such slot."""
    if SLOT < H:
        slot = tl.load(window + SLOT).to(tl.uint32) & 0xFFFFFF
    else:
        slot = tl.full((), 0xFFFFFF, tl.uint32)
    return slot


@triton.jit
def _nonce(windows, row, window_stride, H: tl.constexpr):
    window = windows + row * window_stride
    a = _slot(window, 0, H)
    b = _slot(window, 1, H)
    c = _slot(window, 2, H)
    d = _slot(window, 3, H)
    return a | (b << 24), (b >> 8) | (c << 16), (c >> 16) | (d << 8)


@triton.jit
def _key(keys, which, coins, row, STREAM: tl.constexpr, STREAMS: tl.constexpr):
    """Where the key words of the row's stream lie."""
    if which is not None:
        number = tl.load(which + row).to(tl.int64)
    else:
        number = tl.full((), 0, tl.int64)
    if coins is not None:
        stream = 1 + (tl.load(coins + row) & 1)
    else:
        stream = STREAM
    return keys + (number * STREAMS + stream) * 8


@triton.jit
def _counters(chunk, LANES: tl.constexpr):
    return (chunk * LANES + tl.arange(0, LANES)).to(tl.uint32)


@triton.jit
def _first_tokens(chunk, LANES: tl.constexpr):
    """The token of word 0 of each lane's block."""
    block = chunk * LANES + tl.arange(0, LANES)
    return (block >> 4) * 256 + (block & 15)


@triton.jit
def _is_open(open, row):
    if open is not None:
        result = tl.load(open + row) != 0
    else:
        result = True
    return result


@triton.jit
def _peak_and_fault(logits, chunk, vocab, LANES: tl.constexpr):
    """The largest number of a chunk of logits, and INFINITE or NAN where one is."""
    tokens = chunk * (LANES * WORDS) + tl.arange(0, LANES * WORDS)
    x = tl.load(logits + tokens, mask=tokens < vocab, other=float("-inf")).to(tl.float32)
    fault = tl.where(x != x, NAN, tl.where(x == float("inf"), INFINITE, 0))
    x = tl.where(x == x, x, float("-inf"))
    return tl.max(x, axis=0), tl.max(fault, axis=0)


@triton.jit
def _row_of(tensor, row, chunks, CHUNKS: tl.constexpr, other):
    """A row of a tensor [rows, chunks]."""
    at = tl.arange(0, CHUNKS)
    return tl.load(tensor + row * chunks + at, mask=at < chunks, other=other)


@triton.jit
def _gumbel32(word):
    """-ln(-ln u), u = (w + 1/2) / 2^32, within 3e-6.

    Near u = 1, with y = 1 - u, -ln u is the series y + y^2/2 + y^3/3 + ..., of which eight terms are exact to a float
    below 1/16.
    """
    u = (word.to(tl.float32) + 0.5) * 2.3283064365386963e-10
    y = ((word ^ 0xFFFFFFFF).to(tl.float32) + 0.5) * 2.3283064365386963e-10
    series = 1.0 / 7.0 + y * (1.0 / 8.0)
    series = 1.0 / 6.0 + y * series
    series = 1.0 / 5.0 + y * series
    series = 1.0 / 4.0 + y * series
    series = 1.0 / 3.0 + y * series
    series = 1.0 / 2.0 + y * series
    series = y * (1.0 + y * series)
    # Far from 1 the logarithm loses nothing; near it, it is not used.
    exponential = tl.where(y < 0.0625, series, -tl.log(tl.minimum(u, 0.9375)))
    return -tl.log(exponential)


@triton.jit
def row_words(
    keys,
    which,
    windows,
    window_stride,
    out,
    vocab,
    H: tl.constexpr,
    STREAM: tl.constexpr,
    STREAMS: tl.constexpr,
    LANES: tl.constexpr,
):
    """out int32 [rows, vocab]; grid (rows, chunks)."""
    row = tl.program_id(0).to(tl.int64)
    chunk = tl.program_id(1)
    n0, n1, n2 = _nonce(windows, row, window_stride, H)
    key = _key(keys, which, None, row, STREAM, STREAMS)
    words = _blocks(key, n0, n1, n2, _counters(chunk, LANES))
    first = _first_tokens(chunk, LANES)
    for i in tl.static_range(16):
        token = first + i * 16
        tl.store(out + row * vocab + token, words[i].to(tl.int32, bitcast=True), mask=token < vocab)


@triton.jit
def cell_words(
    keys,
    which,
    coins,
    windows,
    window_stride,
    tokens,
    token_stride,
    out,
    count,
    H: tl.constexpr,
    STREAM: tl.constexpr,
    STREAMS: tl.constexpr,
    LANES: tl.constexpr,
):
    """out int32 [rows, count], words of each row's own tokens; grid (rows, ceil(count / LANES))."""
    row = tl.program_id(0).to(tl.int64)
    at = tl.program_id(1) * LANES + tl.arange(0, LANES)
    token = tl.load(tokens + row * token_stride + at, mask=at < count, other=0).to(tl.uint32) & 0xFFFFFF
    n0, n1, n2 = _nonce(windows, row, window_stride, H)
    key = _key(keys, which, coins, row, STREAM, STREAMS)
    words = _blocks(key, n0, n1, n2, ((token >> 8) << 4) | (token & 15))
    index = (token >> 4) & 15
    word = words[0]
    for i in tl.static_range(1, 16):
        word = tl.where(index == i, words[i], word)
    tl.store(out + row * count + at, word.to(tl.int32, bitcast=True), mask=at < count)


@triton.jit
def gumbel_chunks(
    keys,
    which,
    coins,
    windows,
    window_stride,
    open,
    logits,
    logit_stride,
    vocab,
    values,
    tokens,
    faults,
    chunks,
    H: tl.constexpr,
    STREAM: tl.constexpr,
    STREAMS: tl.constexpr,
    LANES: tl.constexpr,
):
    """Each chunk's best token, its logit + noise in 64 bits, and its fault, to [rows, chunks]; grid (rows, chunks)."""
    row = tl.program_id(0).to(tl.int64)
    chunk = tl.program_id(1)
    if _is_open(open, row):
        logits += row * logit_stride
        peak, fault = _peak_and_fault(logits, chunk, vocab, LANES)
        place = row * chunks + chunk
        tl.store(faults + place, fault)
        tl.store(values + place, float("-inf"))
        tl.store(tokens + place, 0)
        if peak > float("-inf"):
            n0, n1, n2 = _nonce(windows, row, window_stride, H)
            key = _key(keys, which, coins, row, STREAM, STREAMS)
            words = _blocks(key, n0, n1, n2, _counters(chunk, LANES))
            first = _first_tokens(chunk, LANES)
            best = tl.full((LANES,), float("-inf"), tl.float32)
            best_token = first
            best_word = words[0]
            for i in tl.static_range(16):
                token = first + i * 16
                x = tl.load(logits + token, mask=token < vocab, other=float("-inf")).to(tl.float32)
                # Less the peak, so that the sum's rounding does not grow with the logits.
                value = (x - peak) + _gumbel32(words[i])
                is_better = value > best
                best = tl.where(is_better, value, best)
                best_token = tl.where(is_better, token, best_token)
                best_word = tl.where(is_better, words[i], best_word)
            top = tl.max(best, axis=0)
            token = tl.min(tl.where(best == top, best_token, NO_TOKEN), axis=0)
            if token < vocab:
                is_top = best_token == token
                word = tl.sum(tl.where(is_top, best_word, 0).to(tl.int64), axis=0)
                u = (word.to(tl.float64) + 0.5) * 2.3283064365386963e-10
                logit = tl.load(logits + token).to(tl.float64)
                tl.store(values + place, logit - tl.log(-tl.log(u)))
                tl.store(tokens + place, token)


@triton.jit
def gumbel_rows(open, values, tokens, faults, chunks, out, row_faults, CHUNKS: tl.constexpr):
    """Each row's token and fault from its chunks' best; grid (rows,)."""
    row = tl.program_id(0).to(tl.int64)
    token = tl.full((), -1, tl.int64)
    fault = tl.full((), 0, tl.int32)
    if _is_open(open, row):
        value = _row_of(values, row, chunks, CHUNKS, float("-inf"))
        top = tl.max(value, axis=0)
        fault = tl.max(_row_of(faults, row, chunks, CHUNKS, 0), axis=0)
        fault = tl.where((fault == 0) & (top == float("-inf")), MASKED, fault)
        mine = tl.where(value == top, _row_of(tokens, row, chunks, CHUNKS, NO_TOKEN), NO_TOKEN)
        token = tl.where(fault == 0, tl.min(mine, axis=0).to(tl.int64), -1)
    tl.store(out + row, token)
    tl.store(row_faults + row, fault)


@triton.jit
def scan_chunks(open, logits, logit_stride, vocab, peaks, faults, chunks, LANES: tl.constexpr):
    """Each chunk's peak and fault, to [rows, chunks]; grid (rows, chunks)."""
    row = tl.program_id(0).to(tl.int64)
    chunk = tl.program_id(1)
    if _is_open(open, row):
        peak, fault = _peak_and_fault(logits + row * logit_stride, chunk, vocab, LANES)
        tl.store(peaks + row * chunks + chunk, peak)
        tl.store(faults + row * chunks + chunk, fault)


@triton.jit
def scan_rows(open, peaks, faults, chunks, row_peaks, row_faults, CHUNKS: tl.constexpr):
    """Each row's peak and fault; the peak of a row that is not open or not usable is -inf. Grid (rows,)."""
    row = tl.program_id(0).to(tl.int64)
    peak = tl.full((), float("-inf"), tl.float32)
    fault = tl.full((), 0, tl.int32)
    if _is_open(open, row):
        peak = tl.max(_row_of(peaks, row, chunks, CHUNKS, float("-inf")), axis=0)
        fault = tl.max(_row_of(faults, row, chunks, CHUNKS, 0), axis=0)
        fault = tl.where((fault == 0) & (peak == float("-inf")), MASKED, fault)
        peak = tl.where(fault == 0, peak, float("-inf"))
    tl.store(row_peaks + row, peak)
    tl.store(row_faults + row, fault)


@triton.jit
def green_chunks(
    keys,
    which,
    windows,
    window_stride,
    logits,
    logit_stride,
    vocab,
    threshold,
    delta,
    peaks,
    row_peaks,
    chunks,
    H: tl.constexpr,
    LANES: tl.constexpr,
):
    """Adds delta to the logits of tokens whose word is below the threshold, in usable rows; grid (rows, chunks).

    threshold: int32 [1], the bits of an unsigned word. delta: a number, in nats.
    """
    row = tl.program_id(0).to(tl.int64)
    chunk = tl.program_id(1)
    if tl.load(row_peaks + row) > float("-inf"):
        if tl.load(peaks + row * chunks + chunk) > float("-inf"):
            logits += row * logit_stride
            limit = tl.load(threshold).to(tl.uint32, bitcast=True)
            n0, n1, n2 = _nonce(windows, row, window_stride, H)
            words = _blocks(_key(keys, which, None, row, 0, 1), n0, n1, n2, _counters(chunk, LANES))
            first = _first_tokens(chunk, LANES)
            for i in tl.static_range(16):
                token = first + i * 16
                is_green = (token < vocab) & (words[i] < limit)
                x = tl.load(logits + token, mask=is_green, other=0.0).to(tl.float32)
                tl.store(logits + token, (x + delta).to(logits.dtype.element_ty), mask=is_green)


@triton.jit
def weigh_chunks(
    keys,
    which,
    windows,
    window_stride,
    logits,
    logit_stride,
    vocab,
    peaks,
    row_peaks,
    weights,
    words_out,
    totals,
    ones,
    chunks,
    H: tl.constexpr,
    WITH_WORDS: tl.constexpr,
    LANES: tl.constexpr,
):
    """exp(logit - peak) of each token of a usable row, its word where asked, and the chunk's sums; grid (rows, chunks).

    weights float32 and words_out int32 [rows, vocab]; totals and ones, of all weights and of those whose bit 0 is
    set, float64 [rows, chunks]. A chunk whose total is 0 writes no weights, and is not read again.
    """
    row = tl.program_id(0).to(tl.int64)
    chunk = tl.program_id(1)
    place = row * chunks + chunk
    peak = tl.load(row_peaks + row)
    total = tl.full((), 0.0, tl.float64)
    total_ones = tl.full((), 0.0, tl.float64)
    if peak > float("-inf"):
        if tl.load(peaks + place) > float("-inf"):
            first = _first_tokens(chunk, LANES)
            sums = tl.full((LANES,), 0.0, tl.float32)
            sums_ones = tl.full((LANES,), 0.0, tl.float32)
            if WITH_WORDS:
                n0, n1, n2 = _nonce(windows, row, window_stride, H)
                words = _blocks(_key(keys, which, None, row, 0, 1), n0, n1, n2, _counters(chunk, LANES))
            for i in tl.static_range(16):
                token = first + i * 16
                x = tl.load(logits + row * logit_stride + token, mask=token < vocab, other=float("-inf"))
                weight = tl.exp(x.to(tl.float32) - peak)
                tl.store(weights + row * vocab + token, weight, mask=token < vocab)
                sums += weight
                if WITH_WORDS:
                    tl.store(words_out + row * vocab + token, words[i].to(tl.int32, bitcast=True), mask=token < vocab)
                    sums_ones += tl.where((words[i] & 1) == 1, weight, 0.0)
            total = tl.sum(sums, axis=0).to(tl.float64)
            total_ones = tl.sum(sums_ones, axis=0).to(tl.float64)
    tl.store(totals + place, total)
    tl.store(ones + place, total_ones)


@triton.jit(do_not_specialize=["layer"])
def tournament_layer(
    weights,
    words,
    vocab,
    layer,
    totals,
    ones,
    next_totals,
    next_ones,
    chunks,
    CHUNKS: tl.constexpr,
    SIZE: tl.constexpr,
):
    """One layer of the two-leaf tournament: p becomes p (1 + g - sum of p g), g being bit `layer` of the words.

    (Dathathri et al. 2024, Nature 634, eq. 5.) Sums before the layer come in totals and ones, those for the next one
    go to next_totals and next_ones; the next layer's bit of a last layer is not used. Chunks are of SIZE tokens; grid
    (rows, chunks).
    """
    row = tl.program_id(0).to(tl.int64)
    chunk = tl.program_id(1)
    place = row * chunks + chunk
    total = tl.full((), 0.0, tl.float64)
    total_ones = tl.full((), 0.0, tl.float64)
    if tl.load(totals + place) > 0.0:
        row_total = tl.sum(_row_of(totals, row, chunks, CHUNKS, 0.0), axis=0)
        row_ones = tl.sum(_row_of(ones, row, chunks, CHUNKS, 0.0), axis=0)
        base = tl.maximum(1.0 - row_ones / row_total, 0.0).to(tl.float32)
        token = chunk * SIZE + tl.arange(0, SIZE)
        at = row * vocab + token
        weight = tl.load(weights + at, mask=token < vocab, other=0.0)
        word = tl.load(words + at, mask=token < vocab, other=0).to(tl.uint32, bitcast=True)
        weight = weight * (base + ((word >> layer) & 1).to(tl.float32))
        tl.store(weights + at, weight, mask=token < vocab)
        total = tl.sum(weight, axis=0).to(tl.float64)
        following = (layer + 1) & 31
        total_ones = tl.sum(tl.where(((word >> following) & 1) == 1, weight, 0.0), axis=0).to(tl.float64)
    tl.store(next_totals + place, total)
    tl.store(next_ones + place, total_ones)


@triton.jit
def draw_rows(weights, vocab, totals, chunks, uniforms, row_peaks, out, CHUNKS: tl.constexpr, SIZE: tl.constexpr):
    """The token that each row's uniform falls on, weights laid end to end; -1 in unusable rows. Grid (rows,)."""
    row = tl.program_id(0).to(tl.int64)
    chosen = tl.full((), -1, tl.int64)
    if tl.load(row_peaks + row) > float("-inf"):
        total = _row_of(totals, row, chunks, CHUNKS, 0.0)
        ends = tl.cumsum(total, axis=0)
        left = tl.load(uniforms + row) * tl.sum(total, axis=0)
        at = tl.arange(0, CHUNKS)
        # Rounding may put the uniform at the end of all: then the last chunk and token of any weight have it.
        last = tl.max(tl.where(total > 0.0, at, 0), axis=0)
        chunk = tl.minimum(tl.min(tl.where((ends > left) & (total > 0.0), at, CHUNKS), axis=0), last)
        left = left - tl.sum(tl.where(at < chunk, total, 0.0), axis=0)
        token = chunk * SIZE + tl.arange(0, SIZE)
        weight = tl.load(weights + row * vocab + token, mask=token < vocab, other=0.0)
        ends = tl.cumsum(weight.to(tl.float64), axis=0)
        last = tl.max(tl.where(weight > 0.0, token, 0), axis=0)
        mine = tl.min(tl.where((ends > left) & (weight > 0.0), token, NO_TOKEN), axis=0)
        chosen = tl.minimum(mine, last).to(tl.int64)
    tl.store(out + row, chosen)
