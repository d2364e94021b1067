#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of crash reports, core files, told calls and gaps.

    run.py --build DIR [--quick|--long] [NAME...]

Prints `PASS name` or `FAIL name: why`. A test is a function test_*; files that boot guests say BOOTS and are left out of --quick.
"""
import argparse
import fnmatch
import importlib
import os
import subprocess
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path[:0] = [str(TOP / "scripts" / "lib"), str(HERE)]


def all_tests():
    """Of every file here that is called so."""
    for path in sorted(HERE.glob("*_tests.py")):
        module = importlib.import_module(path.stem)
        for name, function in vars(module).items():
            if name.startswith("test_"):
                yield name.removeprefix("test_"), function, getattr(module, "BOOTS", False)


def run_one(name, function):
    try:
        function()
    except AssertionError as failed:
        line = traceback.extract_tb(failed.__traceback__)[-1]
        why = str(failed) or line.line
        print(f"FAIL {name}: {Path(line.filename).name}:{line.lineno}: {' '.join(why.split())[:300]}", flush=True)
        return False
    except Exception as failed:  # noqa: BLE001  a broken test is a failed one
        print(f"FAIL {name}: {type(failed).__name__}: {' '.join(str(failed).split())[:300]}", flush=True)
        return False
    print(f"PASS {name}", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--list", action="store_true", help="only print the names of the tests chosen")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.environ["LICHEN_BUILD"] = os.path.abspath(options.build)
    failed = 0
    for name, function, boots in all_tests():
        wanted = not options.names or any(fnmatch.fnmatch(name, pattern) for pattern in options.names)
        if wanted and options.list:
            print(name)
        elif wanted and not (boots and options.quick):
            failed += not run_one(name, function)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed}")
