"""A cheap stand-in for a language model: random logits that depend on the token before."""

import torch


class Source:
    """Logits are scale times a unit normal, low rank, and a function of the previous token alone.

    With scale s over V tokens the entropy of a step is about ln V - s^2/2 nats: high, so that a few
    hundred tokens show any mark.
    """

    RANK = 16

    def __init__(self, vocab_size, seed, scale=1.5):
        generator = torch.Generator().manual_seed(seed % 2**32)
        self.vocab_size = vocab_size
        self.rows_of = torch.randn(vocab_size, self.RANK, generator=generator)
        self.rows_of *= scale / self.rows_of.norm(dim=1, keepdim=True)
        self.columns = torch.randn(self.RANK, vocab_size, generator=generator)

    def logits(self, previous):
        """One row of logits for each of the tokens `previous`."""
        return self.rows_of[previous] @ self.columns


def sample(logits):
    """One token for each row, by torch's own generator."""
    return torch.multinomial(torch.softmax(logits, dim=-1), 1).squeeze(-1)


def prompts(source, count, length):
    return torch.randint(0, source.vocab_size, (count, length))


def generate(source, prompt, length, step):
    """`length` tokens after each row of `prompt`; `step(logits, ids)` picks the next tokens.

    `ids` are prompt and generated tokens so far, one row for each text.
    """
    ids = prompt
    with torch.inference_mode():
        for _ in range(length):
            chosen = step(source.logits(ids[:, -1]), ids)
            ids = torch.cat([ids, chosen.reshape(-1, 1)], dim=1)
    return ids[:, prompt.shape[1] :].tolist()


def plain(source, count, length):
    """Texts without a mark."""
    return generate(source, prompts(source, count, 8), length, lambda logits, _: sample(logits))
