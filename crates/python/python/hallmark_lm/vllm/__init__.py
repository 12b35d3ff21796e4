"""vLLM: marks what a server samples, by a custom logits processor that is named by its import path.

    HALLMARK_SERVING=serving.toml vllm serve MODEL --logits-processors hallmark_lm.vllm:V1

`V1` is for vLLM's first model runner (`vllm.v1.sample.logits_processor`), `V2` for Model Runner V2
(`vllm.v1.worker.gpu.sample.logits_processor`), which vLLM takes where the platform allows it, unless
`VLLM_USE_V2_MODEL_RUNNER=0`. Each refuses to load under the other runner. Neither is an entry point: vLLM would load
it into every engine of the environment, and Model Runner V2 refuses to start where it finds one of `V1`'s kind.

A request says what it wants in `SamplingParams.extra_args`, over HTTP in `vllm_xargs`: `hallmark` (true or false, 1
or 0), `hallmark_cohort` (a label) and `hallmark_answer` (which of several answers to a prompt). Keys stay with the
server.

vLLM itself is imported when `V1` or `V2` is, and not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .v1 import V1
    from .v2 import V2

__all__ = ["V1", "V2"]


def __getattr__(name: str) -> Any:
    if name == "V1":
        from .v1 import V1

        return V1
    if name == "V2":
        from .v2 import V2

        return V2
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
