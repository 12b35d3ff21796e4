"""`hallmark_lm.detect` of 10 million ids in a numpy array, beside the same from the command line's own format of ids in Rust.

    python benches/detect.py RUST

RUST is the built example `detect_ids` of benches/ (cargo build --release --example detect_ids), which times the Rust call on the same ids.
Prints seconds, best of five in turns, and their ratio."""

import subprocess
import sys
import tempfile
import time

import numpy as np

import hallmark_lm as hl

COUNT = 10_000_000
VOCABULARY = 50_000


def main() -> None:
    noise = np.random.default_rng(1)
    ids = (noise.zipf(1.3, COUNT) % VOCABULARY).astype("uint32")
    profile = hl.Profile.new("gumbel", window=2, vocab_size=VOCABULARY)
    key = hl.Key.generate()
    with tempfile.TemporaryDirectory() as folder:
        key.save(f"{folder}/k")
        with open(f"{folder}/p", "w") as file:
            file.write(profile.to_toml())
        ids.tofile(f"{folder}/ids")
        here, there = [], []
        for _ in range(5):
            start = time.perf_counter()
            found = hl.detect(ids, profile=profile, key=key)
            here.append(time.perf_counter() - start)
            said = subprocess.run([sys.argv[1], f"{folder}/k", f"{folder}/p", f"{folder}/ids"], capture_output=True, text=True, check=True)
            seconds, scored, log10_p = said.stdout.split()
            assert (int(scored), float(log10_p)) == (found.pooled.scored, found.pooled.log10_p)
            there.append(float(seconds))
    print(f"python {min(here):.3f} s, rust {min(there):.3f} s, ratio {min(here) / min(there):.3f}")


main()
