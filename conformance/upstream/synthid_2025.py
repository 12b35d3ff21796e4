"""SynthID-Text as its authors' repository makes it since June 2025. No package has it.

`run-upstream --synthid-text DIR` says where a checkout lies; without it, this part is left out.
"""

import hashlib
import os
import pathlib
import sys

import torch

from .loading import NotThere
from .synthid_authors import Version


def _modules(folder):
    """The checkout's modules beside the release's, which have the same names."""
    for name in [name for name in sys.modules if name.split(".")[0] == "synthid_text"]:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    try:
        from synthid_text import detector_mean, logits_processing
    finally:
        sys.path.remove(str(folder))
    return logits_processing, detector_mean


def _version():
    checkout = os.environ.get("SYNTHID_TEXT_CHECKOUT")
    if not checkout:
        raise NotThere("no checkout of synthid-text was given (--synthid-text DIR)")
    folder = pathlib.Path(checkout) / "src"
    digest = hashlib.sha256((folder / "synthid_text/logits_processing.py").read_bytes())
    logits_processing, detector_mean = _modules(folder)
    upstream = f"synthid-text checkout (logits_processing.py {digest.hexdigest()[:12]})"
    return Version(
        "synthid-2025",
        "synthid-2025",
        "synthid-rounds",
        f"{upstream}, torch {torch.__version__}, CPU",
        logits_processing,
        detector_mean,
        {},
    )


_VERSION = _version()
vectors, marks = _VERSION.vectors, _VERSION.marks
