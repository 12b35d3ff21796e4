"""Compiles every kernel for a GPU of compute capability 9.0, which needs none."""

from __future__ import annotations

from importlib import import_module
from typing import Any

CONSTANTS = {"H": 2, "STREAM": 0, "STREAMS": 3, "LANES": 128, "CHUNKS": 64, "SIZE": 2048, "WITH_WORDS": True}
POINTERS = {
    "i8": "open",
    "i32": "keys coins out tokens faults row_faults threshold words words_out",
    "i64": "which windows",
    "fp32": "peaks row_peaks weights",
    "fp64": "values totals ones next_totals next_ones uniforms",
    "bf16": "logits",
}
NUMBERS = {"i32": "window_stride vocab logit_stride chunks layer token_stride count", "fp32": "delta"}
KERNELS = (
    "row_words cell_words gumbel_chunks gumbel_rows scan_chunks scan_rows "
    "green_chunks weigh_chunks tournament_layer draw_rows"
)


def compile_all(device: Any) -> dict[str, int]:
    """Bytes of machine code of each kernel, with every optional argument given."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    module = import_module(f"{device.__name__}.triton_kernels")
    types = {name: kind for kind, names in NUMBERS.items() for name in names.split()}
    types |= {name: f"*{kind}" for kind, names in POINTERS.items() for name in names.split()}
    sizes = {}
    for name in KERNELS.split():
        kernel = getattr(module, name)
        signature = {arg: "constexpr" if arg in CONSTANTS else types[arg] for arg in kernel.arg_names}
        if name in ("gumbel_rows", "draw_rows"):
            signature["out"] = "*i64"
        constants = {(i,): CONSTANTS[arg] for i, arg in enumerate(kernel.arg_names) if arg in CONSTANTS}
        source = ASTSource(fn=kernel, signature=signature, constexprs=constants)
        compiled = triton.compile(source, target=GPUTarget("cuda", 90, 32), options={"num_warps": 4})
        sizes[name] = len(compiled.asm["cubin"])
    return sizes
