"""Mark a language model's text while it is sampled, and test whether a model was trained on marked text.

    import hallmark_lm as hl

    mark = hl.Mark(hl.Profile.load("profile.toml"), hl.Key.load("cohort.key"))
    request = mark.request()                       # one answer in the making
    token = request.choose_row(logits).token       # logits: a float32 row, whose index is the token
    request.accept(token)

    print(hl.detect(texts, profile=profile, key=key))
    print(hl.examine(answers, prompts=prompts, profile=profile, keys=[key]))

Engines have modules of their own, which import the engine when they are imported: `hallmark_lm.hf`, `hallmark_lm.vllm`,
`hallmark_lm.sglang`, `hallmark_lm.llama_cpp`; `hallmark_lm.device` has kernels for GPUs.
"""

from ._hallmark import (
    Choice,
    DeviceKey,
    HallmarkError,
    Key,
    Mark,
    Policies,
    Profile,
    Request,
    Sampling,
    Serving,
    __version__,
    choose_rows,
    mark_rows,
    open_windows,
    set_threads,
    sync_rows,
)
from .detector import detect, examine, power, scan

__all__ = [
    "Choice",
    "DeviceKey",
    "HallmarkError",
    "Key",
    "Mark",
    "Policies",
    "Profile",
    "Request",
    "Sampling",
    "Serving",
    "__version__",
    "choose_rows",
    "detect",
    "examine",
    "mark_rows",
    "open_windows",
    "power",
    "scan",
    "set_threads",
    "sync_rows",
]
