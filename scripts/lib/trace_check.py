# SPDX-License-Identifier: MIT
"""The schema of the traces that scripts/trace writes. Also a command: trace_check.py FILE prints what is wrong, status 1.

 - every event's phase is known and has the fields of its phase;
 - on each track times never go back, and every B has its E;
 - every arrow has one beginning and one end, each inside of a slice, and does not go back in time;
 - every track and every process that has events has a name.
"""
import json
import sys

import tree

# Phase: fields beside ph, pid, tid and (M excepted) ts.
PHASES = {"B": {"name", "cat", "args"}, "E": set(), "i": {"name", "cat", "s", "args"}, "C": {"name", "args"},
          "M": {"name", "args"}, "s": {"name", "cat", "id", "args"}, "f": {"name", "cat", "id", "bp", "args"}}
MOST_FINDINGS = 50


class Checker:
    def __init__(self):
        self.findings, self.stacks, self.times = [], {}, {}
        self.starts, self.arrivals, self.named = {}, {}, set()

    def find(self, number, text):
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(f"event {number}: {text}")

    def event(self, number, event):
        phase = event.get("ph")
        if phase not in PHASES:
            return self.find(number, f"unknown phase {phase!r}")
        missing = (PHASES[phase] | {"pid", "tid"} | (set() if phase == "M" else {"ts"})) - event.keys()
        if missing:
            return self.find(number, f"phase {phase} without {' '.join(sorted(missing))}")
        if phase == "M":
            return self.named.add((event["name"], event["pid"], event["tid"]))
        self._timed(number, event, phase, (event["pid"], event["tid"], event["name"] if phase == "C" else None))
        return None

    def _timed(self, number, event, phase, track):
        if event["ts"] < self.times.get(track, 0):
            self.find(number, f"time goes back on track {track}")
        self.times[track] = max(event["ts"], self.times.get(track, 0))
        stack = self.stacks.setdefault(track, [])
        if phase == "B":
            stack.append(event["name"])
        elif phase == "E" and not stack:
            self.find(number, f"an end without a beginning on track {track}")
        elif phase == "E":
            stack.pop()
        elif phase in "sf":
            self._arrow(number, event, phase, stack)

    def _arrow(self, number, event, phase, stack):
        name = event["id"]
        if not stack:
            self.find(number, f"arrow {name} {'begins' if phase == 's' else 'ends'} outside of a slice")
        known = self.starts if phase == "s" else self.arrivals
        if name in known:
            self.find(number, f"arrow {name} {'begins' if phase == 's' else 'ends'} twice")
        known[name] = event["ts"]

    def end(self):
        for track, stack in self.stacks.items():
            if stack:
                self.find("last", f"{len(stack)} slices of track {track} have no end, {stack[-1]} at least")
            kind, place = ("process_name", (track[0], 0)) if track[2] else ("thread_name", track[:2])
            if (kind, *place) not in self.named:
                self.find("last", f"track {track} has no name")
        for name in self.starts.keys() ^ self.arrivals.keys():
            self.find("last", f"arrow {name} has only one end")
        for name in self.starts.keys() & self.arrivals.keys():
            if self.arrivals[name] < self.starts[name]:
                self.find("last", f"arrow {name} goes back in time")
        return self.findings


def check(trace):
    """What is wrong with a trace that json.load gave, as texts; none if it is sound."""
    events = trace.get("traceEvents") if isinstance(trace, dict) else None
    if not isinstance(events, list) or not events:
        return ["no events"]
    checker = Checker()
    for number, event in enumerate(events):
        if isinstance(event, dict):
            checker.event(number, event)
        else:
            checker.find(number, "not an object")
    return checker.end()


def command(arguments):
    if len(arguments) != 1:
        raise tree.Failure("one trace is needed")
    try:
        with open(arguments[0], encoding="utf-8") as file:
            findings = check(json.load(file))
    except ValueError as error:
        raise tree.Failure(f"{arguments[0]}: not JSON: {error}") from None
    print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    tree.main(command, "trace-check")
