"""Unpacks the files of a wheel whose names start with one of the given prefixes.

    python unpack.py WHEEL FOLDER PREFIX...
"""

import sys
import zipfile


def main():
    wheel, folder, *prefixes = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(tuple(prefixes))]
        names += [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        archive.extractall(folder, names)
    if len(names) < 2:
        sys.exit(f"{wheel} holds none of {prefixes}")


if __name__ == "__main__":
    main()
