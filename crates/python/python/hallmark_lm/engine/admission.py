"""What the process that admits requests needs of `serving.toml`: labels and policies, and never a key."""

from __future__ import annotations

import os

from hallmark_lm import HallmarkError, Policies

from .ask import Ask


class Admission:
    """The policies of a file, read again when it changes."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Raises HallmarkError where the file cannot be used."""
        self._path = path
        self._policies = Policies.load(path)
        self._modified = os.stat(path).st_mtime_ns

    @property
    def policies(self) -> Policies:
        """Those of the file now; those from before while it cannot be used."""
        try:
            modified = os.stat(self._path).st_mtime_ns
            if modified != self._modified:
                self._policies = Policies.load(self._path)
                self._modified = modified
        except (OSError, HallmarkError):
            pass
        return self._policies

    def check(self, ask: Ask) -> None:
        """Raises HallmarkError for a request that asks for a mark which cannot be had, where the file fails closed."""
        policies = self.policies
        label = ask.cohort or policies.default
        if policies.fail_closed and ask.mark is not False and label is not None and label not in policies.cohorts:
            raise HallmarkError(
                f"no cohort is called {label[:128]!r}, and fail_closed of the serving file refuses requests that "
                "cannot be marked: correct hallmark_cohort, or add the label to [cohorts]"
            )
