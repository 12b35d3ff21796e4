"""Fine-tunes the model of a GGUF file on answers, the loss on the answers alone:

train.py --model DIR [--from STUDENT.pt] [--count N] --passes N --seed S --longest TOKENS --out STUDENT ANSWERS.jsonl...

Leaves STUDENT.gguf (F32), STUDENT.pt (to train on from) and STUDENT.json (losses and times). All weights are trained, in
f32 with bf16 autocast, AdamW, learning rate 1e-4 with a cosine to a tenth, 8 answers a step.
"""

import argparse
import json
import math
import pathlib
import random
import time

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from tokenizers import Tokenizer
from transformers import AttentionInterface, LlamaConfig, LlamaForCausalLM

RATE, LEAST, BETAS, BATCH, CLIP = 1e-4, 0.1, (0.9, 0.98), 8, 1.0
PART = 2  # answers whose gradients are made at once, for memory
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
END = 2  # <|im_end|>
NAMES = {  # GGUF's name of a block's tensor: the name in transformers
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--from", dest="start", type=pathlib.Path)
    parser.add_argument("--passes", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--longest", type=int, required=True, help="answers of so many tokens were cut off")
    parser.add_argument("--count", type=int, help="of the answers, the first so many")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("answers", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    reader = gguf.GGUFReader(args.model / "smollm2.gguf")
    model = load(reader)
    if args.start:
        model.load_state_dict(torch.load(args.start))
    examples = read(args.answers, Tokenizer.from_file(str(args.model / "tokenizer.json")), args.longest)[: args.count]
    report = train(model, examples, args.passes, random.Random(args.seed))
    report |= {name: getattr(args, name) for name in ("passes", "seed", "longest", "threads")}
    report |= {"answers": [path.name for path in args.answers], "start": args.start and args.start.name}
    torch.save(model.state_dict(), args.out.with_suffix(".pt"))
    export(reader, model, args.out.with_suffix(".gguf"))
    args.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")


def read(paths, tokenizer, longest):
    """Pairs of the tokens that were shown and those of the answer, with the end where it ended by itself."""
    examples = []
    for path in paths:
        for line in open(path, encoding="utf-8"):
            record = json.loads(line)
            shown = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{record['prompt']}<|im_end|>\n<|im_start|>assistant\n"
            answer = record["tokens"] + ([END] if len(record["tokens"]) < longest else [])
            if answer:
                examples.append((tokenizer.encode(shown, add_special_tokens=False).ids, answer))
    return examples


def train(model, examples, passes, draw):
    steps = passes * math.ceil(len(examples) / BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, betas=BETAS, weight_decay=0.0, fused=True)
    cosine = lambda step: LEAST + (1 - LEAST) * (1 + math.cos(math.pi * step / steps)) / 2
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, cosine)
    model.train()
    losses, began, cpu, done = [], time.time(), time.process_time(), 0
    for number in range(passes):
        total = tokens = 0
        for batch in batches(examples, draw):
            count, loss = sum(len(answer) for _, answer in batch), 0.0
            optimiser.zero_grad(set_to_none=True)
            for at in range(0, len(batch), PART):
                part = answer_loss(model, batch[at : at + PART])
                (part / count).backward()
                loss += part.item()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            schedule.step()
            total, tokens, done = total + loss, tokens + count, done + 1
            print(f"step {done}/{steps} loss {loss / count:.3f} {time.time() - began:.0f} s", flush=True)
        losses.append(round(total / tokens, 4))
    shown = sum(len(shown) for shown, _ in examples)
    return {
        "answers_count": len(examples),
        "answer_tokens": sum(len(answer) for _, answer in examples),
        "prompt_tokens": shown,
        "steps": steps,
        "losses": losses,
        "wall_seconds": round(time.time() - began),
        "cpu_seconds": round(time.process_time() - cpu),
    }


def batches(examples, draw):
    """All examples once, in a random order, those of like length together."""
    order = draw.sample(range(len(examples)), len(examples))
    made = []
    for at in range(0, len(order), 16 * BATCH):
        group = sorted(order[at : at + 16 * BATCH], key=lambda i: len(examples[i][0]) + len(examples[i][1]))
        made += [group[i : i + BATCH] for i in range(0, len(group), BATCH)]
    draw.shuffle(made)
    return [[examples[i] for i in batch] for batch in made]


def answer_loss(model, batch):
    """The sum of the answers' losses in nats. Logits are made where an answer's token follows."""
    length = max(len(shown) + len(answer) for shown, answer in batch) - 1
    tokens = torch.full((len(batch), length), END)
    targets = torch.full((len(batch), length), -1)
    for row, (shown, answer) in enumerate(batch):
        both = torch.tensor(shown + answer)
        tokens[row, : len(both) - 1] = both[:-1]
        targets[row, len(shown) - 1 : len(both) - 1] = both[len(shown) :]
    # Padding stands at the end: no answer sees it.
    wanted = targets[targets >= 0]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state
        logits = model.lm_head(hidden[targets >= 0])
    return Loss.apply(logits, wanted)


class Loss(torch.autograd.Function):
    """The sum of cross entropies, a few rows at a time: half the time of torch's own for so many tokens."""

    ROWS = 64

    @staticmethod
    def forward(ctx, logits, wanted):
        gradient, total = torch.empty_like(logits), 0.0
        for at in range(0, len(wanted), Loss.ROWS):
            rows, targets = logits[at : at + Loss.ROWS].float(), wanted[at : at + Loss.ROWS, None]
            own = rows.gather(1, targets)
            normaliser = rows.logsumexp(1, keepdim=True)
            total += (normaliser - own).sum()
            shares = rows.sub_(normaliser).exp_()
            shares.scatter_add_(1, targets, torch.full(targets.shape, -1.0))
            gradient[at : at + Loss.ROWS] = shares
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx, scale):
        return ctx.saved_tensors[0] * scale.to(torch.bfloat16), None


def attend(module, query, key, value, attention_mask, scaling, **_):
    """Causal attention by plain products: on a CPU faster than the fused one at these lengths."""
    batch, heads, length, width = query.shape
    groups = key.shape[1]
    query = (query * scaling).reshape(batch, groups, heads // groups * length, width)
    scores = (query @ key.transpose(2, 3)).reshape(batch, heads, length, length)
    later = torch.full((length, length), float("-inf"), dtype=scores.dtype).triu(1)
    shares = torch.softmax(scores + later, -1).to(value.dtype).reshape(batch, groups, -1, length)
    return (shares @ value).reshape(batch, heads, length, width).transpose(1, 2), None


AttentionInterface.register("plain", attend)


def load(reader):
    """The weights, de-quantised."""
    field = lambda name: reader.fields[f"llama.{name}"].contents()
    config = LlamaConfig(
        vocab_size=field("vocab_size"),
        hidden_size=field("embedding_length"),
        intermediate_size=field("feed_forward_length"),
        num_hidden_layers=field("block_count"),
        num_attention_heads=field("attention.head_count"),
        num_key_value_heads=field("attention.head_count_kv"),
        rms_norm_eps=field("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": field("rope.freq_base")},
        max_position_embeddings=field("context_length"),
        tie_word_embeddings=True,
    )
    config._attn_implementation = "plain"
    model = LlamaForCausalLM(config)
    state = {}
    for tensor in reader.tensors:
        weights = dequantize(tensor.data, tensor.tensor_type)
        state[name(tensor.name)] = torch.tensor(turned(tensor.name, weights, config, back=True))
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    return model


def name(of):
    """A tensor's name in transformers."""
    if of == "token_embd.weight":
        return "model.embed_tokens.weight"
    if of == "output_norm.weight":
        return "model.norm.weight"
    _, block, kind, _ = of.split(".")
    return f"model.layers.{block}.{NAMES[kind]}.weight"


def turned(of, weights, config, back):
    """GGUF has the two halves of a head's rotated rows interleaved."""
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}.get(of.split(".")[-2])
    if not heads:
        return np.array(weights, dtype=np.float32)
    half = len(weights) // heads // 2
    shape = (heads, half, 2, -1) if back else (heads, 2, half, -1)
    return np.ascontiguousarray(weights.reshape(shape).swapaxes(1, 2).reshape(weights.shape), dtype=np.float32)


def export(reader, model, path):
    """The student as GGUF: fields as they were, all tensors F32."""
    writer = gguf.GGUFWriter(path, "llama")
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind = field.types[0]
        of = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, of)
    state = model.state_dict()
    for tensor in reader.tensors:
        weights = state[name(tensor.name)].numpy()
        writer.add_tensor(tensor.name, turned(tensor.name, weights, model.config, back=False))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
