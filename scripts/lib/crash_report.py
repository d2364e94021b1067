# SPDX-License-Identifier: MIT
"""scripts/crash-report: the reports in a kernel log (docs/reports.md) with names, for people or as JSON.

Root file system and additions are those that the run noted beside its log, unless --root or --add name others. Exit status: 0 reports were found
and all are whole; 1 there are none, or one was cut.
"""
import argparse
import json
import sys
from pathlib import Path

import archive
import crash_facts
import crash_text
import report
import run_notes
import symbolise
import tree

LOG_MOST = 1 << 28


def parser():
    result = tree.Parser(prog="crash-report", description="Find the reports in a kernel log and say what happened.",
                         formatter_class=argparse.RawDescriptionHelpFormatter,
                         epilog="Status 0: reports, all whole; 1: none, or one that was cut; 125: the log cannot be read.")
    add = result.add_argument
    add("log", metavar="LOG", help="a kernel log of scripts/run (build/log/run-*.log), or - for standard input")
    add("--json", action="store_true", help="print JSON: {log, reports, problems}")
    add("--full", action="store_true", help="also print the stack and the maps")
    add("--root", type=Path, metavar="DIR", help="the root file system of that run")
    add("--add", action="append", default=[], metavar="HOSTPATH[:GUESTPATH]", help="what was added in that run")
    return result


def _read(name):
    try:
        data = sys.stdin.buffer.read(LOG_MOST) if name == "-" else Path(name).read_bytes()[:LOG_MOST]
    except OSError as error:
        raise tree.Failure(f"{name}: {error.strerror}") from None
    return data.decode(errors="replace")


def command(arguments):
    options = parser().parse_args(arguments)
    reports = report.find(_read(options.log))
    root, additions = run_notes.read(options.log)
    files = symbolise.Files(options.root or root, [archive.parse_addition(text) for text in options.add] or additions)
    found = [crash_facts.explained(one, files) for one in reports]
    cut = [one for one in found if not one["complete"]]
    problems = [] if found else ["no report in this log"]
    if options.json:
        json.dump({"log": options.log, "reports": found, "problems": problems}, sys.stdout, indent=1)
        print()
    else:
        for one in found:
            print(*crash_text.lines(one, options.full), sep="\n", end="\n\n")
    for problem in problems:
        print(f"crash-report: {options.log}: {problem}", file=sys.stderr)
    if cut:
        print(f"crash-report: {options.log}: {len(cut)} of {len(found)} reports were cut", file=sys.stderr)
    return 1 if problems or cut else 0


if __name__ == "__main__":
    tree.main(command, "crash-report")
