#!/usr/bin/env python3
"""Logits of SmolLM2-135M-Instruct for a few prompts, by numpy alone: make_gguf_logits.py MODEL.gguf > FILE

Written from the papers (Touvron et al. 2023; Su et al. 2021; Shazeer 2020), one sequence at a time, in float64, over
the weights that the PyPI package `gguf` (0.19) dequantises. Needs that package and numpy. Lines of the output: `prompt`
and its token ids; then, for three of its positions, `logit POSITION TOKEN VALUE` of the largest, and `mean` and `rms`
(root mean square) of all, as `mean POSITION VALUE`.
"""

import sys

import gguf
import numpy as np

PROMPTS = [
    # "The capital of France is"
    [504, 3575, 282, 4649, 314],
    # <|im_start|>user\nWrite a story about a fox.<|im_end|>\n<|im_start|>assistant\n
    [1, 4093, 198, 19161, 253, 1977, 563, 253, 26742, 30, 2, 198, 1, 520, 9531, 198],
    # Forty ids without sense, so that positions are far apart and nothing is easy.
    [(7919 * i * i + 104729 * i + 17) % 49152 for i in range(40)],
]
TOP = 8


def main():
    reader = gguf.GGUFReader(sys.argv[1])
    fields = {name: field.contents() for name, field in reader.fields.items() if name.startswith("llama.")}
    weights = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float64) for t in reader.tensors}
    for tokens in PROMPTS:
        logits = forward(fields, weights, tokens)
        print("prompt", *tokens)
        for position in sorted({0, len(tokens) // 2, len(tokens) - 1}):
            row = logits[position]
            for token in np.argsort(-row)[:TOP]:
                print(f"logit {position} {token} {row[token]:.5f}")
            print(f"mean {position} {row.mean():.6f}")
            print(f"rms {position} {np.sqrt((row**2).mean()):.6f}")


def forward(fields, weights, tokens):
    heads, groups = fields["llama.attention.head_count"], fields["llama.attention.head_count_kv"]
    epsilon = fields["llama.attention.layer_norm_rms_epsilon"]
    head = fields["llama.rope.dimension_count"]
    length = len(tokens)
    angles = np.outer(np.arange(length), fields["llama.rope.freq_base"] ** (-np.arange(0, head, 2) / head))
    turn = np.exp(1j * angles)

    def norm(x, name):
        return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + epsilon) * weights[name + ".weight"]

    def split(x, count):
        return x.reshape(length, count, head).transpose(1, 0, 2)

    def rotate(x):
        pairs = (x[..., 0::2] + 1j * x[..., 1::2]) * turn
        return np.stack([pairs.real, pairs.imag], axis=-1).reshape(x.shape)

    x = weights["token_embd.weight"][tokens]
    hidden_future = np.triu(np.full((length, length), -np.inf), 1)
    for layer in range(fields["llama.block_count"]):
        block = f"blk.{layer}."
        y = norm(x, block + "attn_norm")
        q = rotate(split(y @ weights[block + "attn_q.weight"].T, heads))
        k = rotate(split(y @ weights[block + "attn_k.weight"].T, groups))
        v = split(y @ weights[block + "attn_v.weight"].T, groups)
        k, v = (np.repeat(a, heads // groups, axis=0) for a in (k, v))
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(head) + hidden_future
        share = np.exp(scores - scores.max(axis=-1, keepdims=True))
        share /= share.sum(axis=-1, keepdims=True)
        mixed = (share @ v).transpose(1, 0, 2).reshape(length, heads * head)
        x = x + mixed @ weights[block + "attn_output.weight"].T
        y = norm(x, block + "ffn_norm")
        gate = y @ weights[block + "ffn_gate.weight"].T
        up = y @ weights[block + "ffn_up.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * up) @ weights[block + "ffn_down.weight"].T
    output = weights.get("output.weight", weights["token_embd.weight"])
    return norm(x, "output_norm") @ output.T


if __name__ == "__main__":
    main()
