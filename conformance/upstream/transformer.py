"""A small language model: a decoder-only transformer, its training, and its answers to prompts."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention

LAYERS, WIDTH, HEADS = 4, 128, 4


class Transformer(nn.Module):
    """Norms before each half-block, learned positions, and an embedding that is also the output matrix."""

    def __init__(self, vocab_size, context):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.position = nn.Embedding(context, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, past=None):
        """Logits after each of `ids`, and every block's keys and values, which as `past` let one token follow."""
        past = past or [None] * LAYERS
        start = past[0][0].shape[2] if past[0] else 0
        x = self.embedding(ids) + self.position.weight[start : start + ids.shape[1]]
        present = []
        for block, before in zip(self.blocks, past):
            x, cached = block(x, before)
            present.append(cached)
        return self.norm(x) @ self.embedding.weight.T, present


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_norm, self.expansion_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.packed = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.mixed = nn.Linear(WIDTH, WIDTH, bias=False)
        self.expand = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.contract = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x, past):
        packed = self.packed(self.attention_norm(x)).unflatten(-1, (3, HEADS, -1))
        query, key, value = packed.permute(2, 0, 3, 1, 4)
        if past:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        attended = scaled_dot_product_attention(query, key, value, is_causal=past is None)
        x = x + self.mixed(attended.transpose(1, 2).flatten(2))
        return x + self.contract(gelu(self.expand(self.expansion_norm(x)))), (key, value)


def loss(model, ids, start):
    """Mean loss of the tokens from place `start` on, in nats."""
    logits, _ = model(ids[:, :-1])
    return cross_entropy(logits[:, start - 1 :].flatten(0, 1), ids[:, start:].flatten())


def train(model, batches, rate, start):
    """One AdamW step for each batch: `rate` is reached after a twentieth of them, then falls along a cosine."""
    optimizer = torch.optim.AdamW(model.parameters(), rate, betas=(0.9, 0.95))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=len(batches), pct_start=0.05, cycle_momentum=False
    )
    for batch in batches:
        optimizer.zero_grad()
        loss(model, batch, start).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return model


def answer(model, prompts, length, choose):
    """`length` tokens after each row of `prompts`; `choose(logits, answers)` picks the next token of each."""
    answers, ids, past = prompts[:, :0], prompts, None
    with torch.inference_mode():
        for _ in range(length):
            logits, past = model(ids, past)
            ids = choose(logits[:, -1], answers).reshape(-1, 1)
            answers = torch.cat([answers, ids], dim=1)
    return answers
