"""The 18 profiles of other engines' marks as `hallmark detect` is given them, and keys for them."""

import random
from dataclasses import dataclass

SHORT, FULL = "short", "full"
_GREEN = {"green": {"gamma": 0.25, "delta": 2.0}}
_HALF = {"green": {"gamma": 0.5, "delta": 2.0}}
_LAYERS = 30


@dataclass
class Profile:
    """`widths`: bits of a short key, as people choose them, and of a full one."""

    scheme: str
    prf: str
    window: int
    sections: dict
    key_form: str
    widths: tuple

    def toml(self, vocab_size):
        lines = [
            "hallmark = 1",
            f'name = "{self.scheme}"',
            f'scheme = "{self.scheme}"',
            f'prf = "{self.prf}"',
            f"window = {self.window}",
            "",
            "[tokenizer]",
            f"vocab_size = {vocab_size}",
        ]
        sections = dict(self.sections)
        if self.prf == "torch-mt19937":
            sections["torch"] = {"device": '"cpu"'}
        for section, values in sections.items():
            lines += ["", f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
        return "\n".join(lines) + "\n"

    def keys(self, seed, count):
        """Pairs of a width and a key, a list of whole numbers; short and full ones by turns."""
        draw = random.Random(f"{seed}/null keys/{self.scheme}")
        for number in range(count):
            width = (SHORT, FULL)[number % 2]
            yield width, self._key(draw, self.widths[number % 2])

    def _key(self, draw, bits):
        many = {"integers": _LAYERS, "hex pair": 2}.get(self.key_form, 1)
        key = []
        while len(key) < many:
            part = draw.randrange(1, 2**bits)
            if part not in key:
                key.append(part)
        return key

    def key_line(self, key):
        """The key file's line."""
        if self.key_form.startswith("hex"):
            return "hex:" + ",".join(f"{part:x}" for part in key)
        return f"{self.key_form}:" + ",".join(map(str, key))


def _kgw(scheme, window, sections=_GREEN):
    # Upstream's default key has 24 bits; a 64-bit signed product must hold the full one.
    return Profile(scheme, "torch-mt19937", window, sections, "integer", (24, 62))


def _textseal(name, sections):
    return Profile(f"textseal-{name}", "textseal-8191", 2, sections, "integer", (16, 62))


def _synthid(scheme, prf):
    # Upstream's default keys are below 1,024.
    return Profile(scheme, prf, 4, {"tournament": {"layers": _LAYERS}}, "integers", (10, 62))


PROFILES = [
    Profile("vllm-gumbel-v1", "philox4x32-10-v1", 4, {}, "integer", (16, 64)),
    Profile("vllm-dual-v1", "philox4x32-10-v1", 4, {"dual": {"share": 0.1}}, "integer", (16, 64)),
    Profile("sglang-gumbel-v1", "murmur3-v1", 4, {}, "hex", (16, 64)),
    Profile("sglang-dual-v1", "murmur3-v1", 4, {"dual": {"share": 0.5}}, "hex pair", (16, 64)),
    _kgw("hf-kgw-lefthash", 1),
    _kgw("hf-kgw-selfhash", 3),
    _kgw("lm-watermarking-simple-1", 1),
    _kgw("lm-watermarking-selfhash", 3),
    _kgw("lm-watermarking-minhash", 4),
    _kgw("lm-watermarking-skipgram", 5),
    _synthid("hf-synthid", "synthid-table"),
    _synthid("synthid-2025", "synthid-rounds"),
    _textseal("green", _HALF),
    _textseal("gumbel", {}),
    _textseal("dual", {}),
    _kgw("three-bricks-kgw", 2),
    _kgw("three-bricks-gumbel", 2, {}),
    _kgw("unigram", 1),
]
