"""What both versions of the authors' SynthID-Text have in common: top-k first, then the tournament."""

import jax.numpy as jnp
import torch

from .draw import Draw
from .mark import judge, record
from .source import Source, generate, plain, prompts, sample
from .synthid import g_values, parameters, synthid_mark


class Version:
    """One version: its processor and detector modules, and how a profile names it."""

    def __init__(self, name, scheme, prf, upstream, logits_processing, detector_mean, options):
        self.name, self.scheme, self.prf, self.upstream = name, scheme, prf, upstream
        self.logits_processing, self.detector_mean = logits_processing, detector_mean
        self.options = options

    def vectors(self, seed):
        for number in range(4):
            draw = Draw(seed, f"vectors/{self.name}/{number}")
            keys, ngram_len = parameters(draw)
            processor = self._processor(keys, ngram_len, 2)
            yield g_values(draw, processor, self.scheme, self.upstream, keys, ngram_len)

    def marks(self, seed, out, size):
        for number in range(2):
            draw = Draw(seed, f"texts/{self.name}/{number}")
            yield self._marked_texts(draw, f"{self.name}-{number + 1}", out, size)

    def _processor(self, keys, ngram_len, top_k):
        return self.logits_processing.SynthIDLogitsProcessor(
            ngram_len=ngram_len,
            keys=keys,
            temperature=1.0,
            top_k=top_k,
            device=torch.device("cpu"),
            context_history_size=1024,
            **self.options,
        )

    def _marked_texts(self, draw, name, out, size):
        keys, ngram_len = parameters(draw)
        vocab_size = draw.vocab_size(50_000)
        source = Source(vocab_size, draw.bits(32))
        processor = self._processor(keys, ngram_len, draw.whole(50, 200))

        def step(logits, ids):
            scores, indices, _ = processor.watermarked_call(ids, logits)
            return indices.gather(1, sample(scores).view(-1, 1)).squeeze(1)

        marked = generate(source, prompts(source, size.texts, 8), size.length, step)
        unmarked = plain(source, size.texts, size.length)
        mark = synthid_mark(
            draw, name, self.scheme, self.prf, vocab_size, keys, ngram_len, self.upstream
        )
        mark.write(out, marked, unmarked)
        verdict = judge(
            "detector_mean.mean_score",
            "mean g",
            lambda tokens: self._mean_score(processor, tokens),
            marked,
            unmarked,
        )
        return record(mark, marked, unmarked, verdict)

    def _mean_score(self, processor, tokens):
        tensor = torch.tensor([tokens])
        g = processor.compute_g_values(tensor)
        mask = processor.compute_context_repetition_mask(tensor)
        [score] = self.detector_mean.mean_score(jnp.asarray(g.numpy()), jnp.asarray(mask.numpy()))
        return float(score)

