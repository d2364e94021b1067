# SPDX-License-Identifier: MIT
"""Beside the log of a run: which files the guest had, so that what its log says can be given names later."""
import json
from pathlib import Path

MARK = "-- files: "


def write(path, options):
    root = str(options.root.resolve()) if options.root else None
    with open(path, "w") as file:
        print(MARK + json.dumps({"root": root, "add": [[str(host.resolve()), guest] for host, guest in options.add]}), file=file)


def read(log):
    """(root or None, [(host, guest)]) of the run that wrote a log; of one that left no notes, the plain root."""
    try:
        lines = Path(f"{log}.notes").read_text(errors="replace").splitlines()
        known = json.loads(next(line for line in lines if line.startswith(MARK)).removeprefix(MARK))
        return known["root"] and Path(known["root"]), [(Path(host), guest) for host, guest in known["add"]]
    except (OSError, StopIteration, ValueError, KeyError, TypeError):
        return None, []
