"""SGLang: marks what a server samples, by a sampling backend named `hallmark`.

    HALLMARK_SERVING=serving.toml python -m hallmark_lm.sglang --model-path MODEL

starts SGLang's own server with the backend, in every scheduler process. From Python it is
`hallmark_lm.sglang.engine()(model_path=MODEL, sampling_backend="hallmark")`. A package of your own may also name
`hallmark_lm.sglang:install` in the entry-point group `sglang.srt.plugins`.

A request says what it wants in `custom_params` of its sampling parameters: `hallmark` (true or false),
`hallmark_cohort` (a label) and `hallmark_answer`. Keys stay with the server. `--enable-custom-logit-processor`, which
runs code that clients send, is not needed.

Where it sits. The runner has applied penalties, grammar and logit bias when the backend is called; the backend
applies custom logit processors, then marks each open row, then leaves temperature, truncation and the draw to
SGLang's `pytorch` backend, whose order (top-k and top-p of the whole distribution, then min-p) the mark follows.
Greedy rows (top-k 1) are left alone by marks that choose. Returned log-probabilities are of the logits before the
mark.

A step waits once for the device: the windows of a mark are kept on the host. The overlap scheduler samples a step
before it has read the one before; the token that is missing then is taken from the backend's own last result.

Speculative decoding does not pass through a sampling backend, so the backend refuses to start with it.
"""

from __future__ import annotations

import hashlib
import weakref
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from hallmark_lm import HallmarkError

from .engine import Ask, Live, Roster, Row, mark
from .engine.settings import admission, serving

if TYPE_CHECKING:
    import torch

BACKEND = "hallmark"
ROWS = "hallmark_rows"
"""The attribute of a SamplingBatchInfo that holds its requests, row by row."""


@lru_cache(maxsize=1)
def install() -> None:
    """Registers the backend in this process, once. Must run in each scheduler process before its model is loaded.

    Keys are loaded and the ledger is opened where a sampler is made, which is in scheduler processes only.
    Raises HallmarkError where there is no serving file.
    """
    from sglang.srt.layers.sampler import register_sampler_backend

    admission()
    _follow_batches()
    register_sampler_backend(BACKEND, lambda: sampler()())


def _follow_batches() -> None:
    """Makes SGLang's batches keep their requests beside their rows, by the methods that it leaves for others to
    override."""
    from sglang.srt.sampling.sampling_batch_info import SamplingBatchInfo as Info

    def before(name: str, follow: Callable[..., None]) -> None:
        theirs = getattr(Info, name)

        def method(self: Any, *args: Any) -> Any:
            follow(self, *args)
            return theirs(self, *args)

        setattr(Info, name, method)

    def made(self: Any, batch: Any, vocab_size: int) -> None:
        setattr(self, ROWS, list(batch.reqs))
        for request in batch.reqs:
            _admit(request)

    def filtered(self: Any, keep: Sequence[int], keep_on_device: Any) -> None:
        rows = getattr(self, ROWS, None)
        if rows is not None:
            setattr(self, ROWS, [rows[index] for index in keep])

    def merged(self: Any, other: Any) -> None:
        setattr(self, ROWS, getattr(self, ROWS, []) + getattr(other, ROWS, []))

    before("adjusted_from_schedule_batch", made)
    before("adjusted_filter_batch", filtered)
    before("adjusted_merge_batch", merged)

    copied = Info.copy_for_forward

    def copy_for_forward(self: Any) -> Any:
        copy = copied(self)
        setattr(copy, ROWS, list(getattr(self, ROWS, [])))
        return copy

    Info.copy_for_forward = copy_for_forward


class _Answer:
    """An answer and its request, which is not kept alive for it."""

    def __init__(self, live: Live, request: Any) -> None:
        self.live = live
        self.tokens = request.output_ids
        self.prompt_length = len(request.origin_input_ids)
        params = request.sampling_params
        self.top_k, self.top_p, self.min_p = params.top_k, params.top_p, params.min_p
        self.temperature = params.temperature
        self.limit, self.stops = params.max_new_tokens, _stops(request)
        # What the backend itself sampled last: the place in the answer, and where the token is on the device.
        self.sampled: tuple[int, Any, int] | None = None

    def catch_up(self, count: int) -> bool:
        """Brings the answer to its first `count` tokens; False where one of them is not known."""
        have = len(self.tokens)
        if have >= count:
            return self.live.catch_up(self.tokens, count)
        if have != count - 1 or self.sampled is None or self.sampled[0] != have:
            return False
        _, tokens, row = self.sampled
        if not self.live.catch_up(self.tokens, have):
            return False
        self.live.take([int(tokens[row])], have)
        return True


_ANSWERS: "weakref.WeakKeyDictionary[Any, _Answer]" = weakref.WeakKeyDictionary()


@lru_cache(maxsize=1)
def _roster() -> Roster:
    import torch
    from sglang.srt.layers.sampler import get_server_args

    ranks = getattr(get_server_args(), "tp_size", 1)
    return Roster(serving(), on_device=torch.cuda.is_available(), groups=ranks == 1)


def _admit(request: Any) -> None:
    """Begins the answer of a request that is scheduled for the first time, or ends the request where the file says
    so."""
    params = request.sampling_params
    # A request for no tokens only fills the prefix cache, before the n answers to its prompt.
    if request in _ANSWERS or params.max_new_tokens == 0:
        return
    greedy = params.top_k <= 1
    try:
        wishes = Ask.parse(params.custom_params if isinstance(params.custom_params, Mapping) else None)
        live = _roster().enter(
            wishes,
            request.origin_input_ids,
            (),
            greedy=greedy,
            settings=(params.temperature, params.top_p, params.top_k, params.min_p, params.max_new_tokens),
            capacity=params.max_new_tokens or 0,
            seed=_seed(request),
        )
    except HallmarkError as error:
        from sglang.srt.managers.schedule_batch import FINISH_ABORT

        # The request is in its batch already; it ends with this reason after the step, and nothing of it is sent.
        request.to_finish = FINISH_ABORT(str(error), status_code=HTTPStatus.BAD_REQUEST, err_type="BadRequestError")
        return
    answer = _Answer(live, request)
    _ANSWERS[request] = answer
    # SGLang drops a request when it is done; its tokens live on with the answer.
    weakref.finalize(request, _end, answer)


def _seed(request: Any) -> int:
    """The seed of a request's ordinary randomness: all ranks that sample its rows have the same, from its own name."""
    if request.sampling_params.sampling_seed is not None:
        return int(request.sampling_params.sampling_seed) % 2**64
    return int.from_bytes(hashlib.sha256(str(request.rid).encode()).digest()[:8], "little")


def _end(answer: _Answer) -> None:
    answer.live.catch_up(answer.tokens)
    done = answer.live.last in answer.stops
    length = answer.limit is not None and len(answer.tokens) >= answer.limit
    _roster().leave(answer.live, "stop" if done else "length" if length else "gone")
    _roster().settle()


def _stops(request: Any) -> set[int]:
    params = request.sampling_params
    if params.ignore_eos:
        return set()
    return set(params.stop_token_ids or ()) | set(request.eos_token_ids or ())


@lru_cache(maxsize=1)
def sampler() -> type:
    """The backend's class, a subclass of SGLang's Sampler. It is made on the first call, when SGLang is imported."""
    from sglang.srt.layers import sampler as theirs

    class HallmarkSampler(theirs.Sampler):
        """SGLang's sampler, with the mark put on its rows before the draw."""

        def __init__(self) -> None:
            super().__init__()
            algorithm = getattr(theirs.get_server_args(), "speculative_algorithm", None)
            if algorithm is not None:
                raise HallmarkError(
                    f"speculative decoding ({algorithm}) draws its tokens outside of the sampling backend, so they "
                    "would go unmarked; start the server without it"
                )
            # A server never starts without its mark.
            serving()
            self._step: tuple[Any, Any] | None = None

        def forward(
            self,
            logits_output: Any,
            sampling_info: Any,
            return_logprob: bool,
            top_logprobs_nums: list[int],
            token_ids_logprobs: list[list[int]],
            positions: Any,
            *,
            logprob_logits: Any = None,
        ) -> Any:
            logits = logits_output.next_token_logits
            rows = self._open_rows(sampling_info, positions, logits.shape[0])
            if rows and return_logprob and logprob_logits is None:
                logprob_logits = logits.clone()
            self._step = (logits, rows)
            keywords = {} if logprob_logits is None else {"logprob_logits": logprob_logits}
            try:
                sampled = super().forward(
                    logits_output,
                    sampling_info,
                    return_logprob,
                    top_logprobs_nums,
                    token_ids_logprobs,
                    positions,
                    **keywords,
                )
            finally:
                self._step = None
            self._remember(sampling_info, positions, sampled)
            return sampled

        def _preprocess_logits(self, logits: Any, sampling_info: Any) -> Any:
            logits = super()._preprocess_logits(logits, sampling_info)
            # Called again for the logits that log-probabilities are taken from, which stay unmarked.
            if self._step is not None and logits is self._step[0] and self._step[1]:
                _mark(logits, self._step[1])
            return logits

        def _sample_from_probs(self, probs: Any, sampling_info: Any, positions: Any, simple_sampling_case: bool) -> Any:
            if simple_sampling_case:
                return super()._sample_from_probs(probs, sampling_info, positions, simple_sampling_case)
            if sampling_info.sampling_mask_batch_indices is not None:
                raise HallmarkError("return_sampling_mask is not supported by the hallmark backend; leave it out")
            tokens = theirs.top_k_top_p_min_p_sampling_from_probs_torch(
                probs,
                sampling_info.top_ks,
                sampling_info.top_ps,
                sampling_info.min_ps,
                sampling_info.need_min_p_sampling,
                sampling_info.sampling_seed,
                positions,
                max_top_k=sampling_info.max_top_k,
            )
            return tokens, None

        def _open_rows(self, sampling_info: Any, positions: Any, count: int) -> list[tuple[int, _Answer]]:
            requests = getattr(sampling_info, ROWS, None)
            if not requests:
                return []
            found = []
            # The position of a row's last token; the next one's place in the answer follows from it.
            for row, (request, position) in enumerate(zip(requests[:count], positions[:count].tolist())):
                answer = _ANSWERS.get(request)
                if answer is None:
                    continue
                place = position + 1 - answer.prompt_length
                # A request that is taken back to its start gets a new list.
                answer.tokens = request.output_ids
                # Below 0 the prompt is still being read, and what is sampled is thrown away.
                if place < 0 or not answer.catch_up(place) or not answer.live.is_open:
                    continue
                if answer.live.greedy and not serving().is_bias:
                    continue
                found.append((row, answer))
            return found

        def _remember(self, sampling_info: Any, positions: Any, sampled: "torch.Tensor") -> None:
            for row, request in enumerate(getattr(sampling_info, ROWS, None) or []):
                answer = _ANSWERS.get(request)
                if answer is not None and row < len(sampled):
                    answer.sampled = (answer.live.taken, sampled, row)

    return HallmarkSampler


def _mark(logits: "torch.Tensor", found: Sequence[tuple[int, _Answer]]) -> None:
    import torch

    places = torch.tensor([row for row, _ in found], device=logits.device)
    before = logits.index_select(0, places)
    temperatures = torch.tensor([answer.temperature for _, answer in found], device=logits.device).unsqueeze(1)
    rows = before.float() / temperatures
    is_bias = serving().is_bias
    if not is_bias:
        _truncate(rows, [answer for _, answer in found])
    unmarked = rows.clone() if is_bias else None
    mark(rows, [Row(place, answer.live) for place, (_, answer) in enumerate(found)], is_bias=is_bias)
    if unmarked is not None:
        moved = torch.where(rows != unmarked, rows * temperatures, before.float())
    else:
        # What the mark left alone, for a fault of the row, stays the engine's own.
        chosen = (rows > -torch.inf).sum(dim=-1, keepdim=True) == 1
        moved = torch.where(chosen, rows, before.float())
    logits.index_copy_(0, places, moved.to(logits.dtype))


def _truncate(rows: "torch.Tensor", answers: Sequence[_Answer]) -> None:
    """SGLang's truncation, in place: top-k and top-p of the whole distribution, then min-p of its largest
    probability."""
    import torch

    if all(a.top_k >= rows.shape[-1] and a.top_p >= 1.0 and a.min_p <= 0.0 for a in answers):
        return
    probabilities, order = rows.softmax(dim=-1).sort(dim=-1, descending=True)
    column = torch.tensor([[a.top_k, a.top_p, a.min_p] for a in answers], device=rows.device, dtype=torch.float64)
    top_k, top_p, min_p = column.T.unsqueeze(-1)
    out = torch.arange(rows.shape[-1], device=rows.device) >= top_k
    out |= probabilities.cumsum(dim=-1) - probabilities > top_p
    out |= probabilities < probabilities[:, :1] * min_p
    rows.masked_fill_(torch.zeros_like(out).scatter_(1, order, out), -torch.inf)


def run_scheduler_process(*args: Any, **keywords: Any) -> Any:
    """SGLang's scheduler process, with the backend."""
    install()
    from sglang.srt.managers.scheduler import run_scheduler_process as theirs

    return theirs(*args, **keywords)


def engine() -> type:
    """SGLang's Engine, whose schedulers have the backend."""
    import sglang

    install()
    return type("HallmarkEngine", (sglang.Engine,), {"run_scheduler_process_func": staticmethod(run_scheduler_process)})


def main() -> None:
    """`python -m hallmark_lm.sglang`: SGLang's server under the mark. Takes SGLang's own arguments."""
    import sys

    from sglang.srt.entrypoints.http_server import launch_server
    from sglang.srt.server_args import prepare_server_args

    # By this name other processes find them; this module is __main__ here.
    from hallmark_lm.sglang import install as register
    from hallmark_lm.sglang import run_scheduler_process as ours

    register()

    arguments = sys.argv[1:]
    if "--sampling-backend" not in arguments:
        arguments = [*arguments, "--sampling-backend", BACKEND]
    launch_server(prepare_server_args(arguments), run_scheduler_process_func=ours)


if __name__ == "__main__":
    main()
