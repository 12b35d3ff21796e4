"""SynthID-Text as its authors' package synthid-text makes it."""

from importlib.metadata import version

import torch
from synthid_text import detector_mean, logits_processing

from .synthid import PRF, SCHEME
from .synthid_authors import Version

_VERSION = Version(
    "synthid-text",
    SCHEME,
    PRF,
    f"synthid-text {version('synthid-text')}, torch {torch.__version__}, CPU",
    logits_processing,
    detector_mean,
    {"sampling_table_size": 2**16, "sampling_table_seed": 0},
)
vectors, marks = _VERSION.vectors, _VERSION.marks
