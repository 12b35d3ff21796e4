"""Parts of large packages, loaded without the rest of them.

`run-upstream` unpacks the wheels it needs only a few files of into one folder each, under the folder
that the variable UPSTREAM_SOURCES names.
"""

import os
import pathlib
import sys
import types


class NotThere(Exception):
    """An upstream that could not be obtained, or was not asked for."""


def source(name):
    """The folder of an unpacked wheel."""
    folder = pathlib.Path(os.environ["UPSTREAM_SOURCES"]) / name
    if not folder.is_dir():
        raise NotThere(f"no package {name} was unpacked")
    return folder


def version(name):
    [info] = source(name).glob("*.dist-info")
    return info.name.removesuffix(".dist-info").split("-")[1]


def package(name, folder):
    """Stands for a package whose own __init__ would load too much; submodules are found in `folder`."""
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


def module(name, **attributes):
    """Stands for a module of which only these names are asked for."""
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(attributes)
