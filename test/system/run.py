#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""System tests: whole boots to the OpenRC login, driven over the serial console as a person would.

    run.py --build DIR [--quick|--long] [--routes off] [--linux] [NAME...]

Prints `PASS name` or `FAIL name: why`. With --linux the same sessions are held with Debian's kernel: a test that fails there is
wrong itself. --routes off forwards every call in the sessions over the serial console; screens and bad boots have no such run.
"""
import argparse
import fnmatch
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "scripts" / "lib"), str(HERE)]

import bad_boot_tests  # noqa: E402
import boot_tests  # noqa: E402
import console  # noqa: E402
import login_tests  # noqa: E402
import memory_tests  # noqa: E402
import report_tests  # noqa: E402
import screen_tests  # noqa: E402
import tree  # noqa: E402


def all_tests(which):
    """Names and functions; the screen is that of this system's ISO, bad boots are of its archive and servers."""
    for module in (login_tests, boot_tests, memory_tests) + ((screen_tests, bad_boot_tests, report_tests) if which == "lichen" else ()):
        for name, function in vars(module).items():
            if name.startswith("test_"):
                yield name.removeprefix("test_"), function


def run_one(name, function, which):
    try:
        function(which)
    except (AssertionError, console.Lost, tree.Failure) as failed:
        print(f"FAIL {name}: {re.sub(r'[^ -~]+', ' ', str(failed))[:300]}", flush=True)
        return False
    print(f"PASS {name}", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--routes", choices=("on", "off"), default="on", help="off: every call is forwarded")
    parser.add_argument("--list", action="store_true", help="only print the names of the tests chosen")
    parser.add_argument("--linux", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.environ["LICHEN_BUILD"] = os.path.abspath(options.build)
    which = "linux" if options.linux else "lichen"
    if options.routes == "off" and not options.linux:
        console.append += ["--append", "lichen.routes=off"]
    failed = 0
    for name, function in all_tests(which):
        wanted = not options.names or any(fnmatch.fnmatch(name, pattern) for pattern in options.names)
        if wanted and options.list:
            print(name)
        elif wanted:
            failed += not run_one(name, function, which)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
