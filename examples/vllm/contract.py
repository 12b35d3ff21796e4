"""Are the stand-ins of the tests (`crates/python/tests/fakes`) still like the vLLM that is installed? contract.py

Compares classes, fields and signatures, says which differ, and loads both classes by vLLM's own loaders. Needs vLLM and
hallmark-lm; exit status 1 where something differs.
"""

import dataclasses
import inspect
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "crates/python/tests"))

import vllm.v1.sample.logits_processor as first  # noqa: E402
import vllm.v1.worker.gpu.sample.logits_processor as second  # noqa: E402
from fakes import vllm_v1, vllm_v2  # noqa: E402
from vllm import SamplingParams, __version__  # noqa: E402
from vllm.v1.sample.ops.topk_topp_sampler import apply_top_k_top_p  # noqa: E402
from vllm.v1.worker.gpu.sample.logits_processor.loader import _load_v2_logitsprocs_by_fqcns  # noqa: E402

DIFFERENT: list[str] = []


def compare(what: str, theirs: object, ours: object) -> None:
    if theirs != ours:
        DIFFERENT.append(f"{what}: vLLM has {theirs}, the stand-in {ours}")


def signature(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def main() -> int:
    for name, theirs, ours in (("V1", first.LogitsProcessor, vllm_v1), ("V2", second.LogitsProcessor, vllm_v2)):
        stand_in = ours.LogitsProcessor
        compare(f"{name} abstract methods", theirs.__abstractmethods__, stand_in.__abstractmethods__)
        for method in (
            "__init__",
            "validate_params",
            "apply",
            "update_state",
            "is_argmax_invariant",
            "add_request",
            "apply_staged_writes",
        ):
            compare(f"{name} has {method}", hasattr(theirs, method), hasattr(stand_in, method))
            if hasattr(theirs, method):
                compare(f"{name}.{method}", signature(getattr(theirs, method)), signature(getattr(stand_in, method)))
    fields = lambda kind: [field.name for field in dataclasses.fields(kind)]  # noqa: E731
    compare("BatchUpdate", fields(first.BatchUpdate), fields(vllm_v1.BatchUpdate))
    compare("LogitsContext", fields(second.LogitsContext), fields(vllm_v2.LogitsContext))
    compare("LogitsProcRequestState", fields(second.LogitsProcRequestState), fields(vllm_v2.LogitsProcRequestState))
    compare(
        "MoveDirectionality", list(first.MoveDirectionality.__members__), list(vllm_v1.MoveDirectionality.__members__)
    )
    compare("apply_top_k_top_p", signature(apply_top_k_top_p)[:3], signature(vllm_v1.apply_top_k_top_p))
    params = SamplingParams()
    for field in fields(vllm_v1.SamplingParams) + ["all_stop_token_ids"]:
        if field != "allowed":  # the stand-in's own
            compare(f"SamplingParams has {field}", hasattr(params, field), True)
    by_v1, by_v2 = first._load_logitsprocs_by_fqcns, _load_v2_logitsprocs_by_fqcns
    for name, own, other in (("V1", by_v1, by_v2), ("V2", by_v2, by_v1)):
        path = f"hallmark_lm.vllm:{name}"
        compare(f"the loader of {path}", [each.__name__ for each in own([path])], [name])
        try:
            other([path])
            DIFFERENT.append(f"the other runner's loader takes {path}")
        except ValueError:
            pass
    print(
        f"vLLM {__version__}:",
        "; ".join(DIFFERENT) or "the stand-ins of the tests have its interfaces, and its loaders take V1 and V2",
    )
    return 1 if DIFFERENT else 0


sys.exit(main())
