# SPDX-License-Identifier: MIT
"""The calls of one program on two systems, held against each other.

Processes are matched by name (strace_text.names), the calls of each aligned by name and path, and what differs classed:
  missing, extra    a call that only Linux, only this system has
  errno, result     the same call ended otherwise
  value             an argument or what was written to memory differs
  noise             addresses, process numbers, times, and structures that only one side shows: counted, not listed
"""
import collections
import difflib
import re

import strace_text

CLASSES = ("missing", "extra", "errno", "result", "value", "noise")
ADDRESS = re.compile(r"0x[0-9a-f]{5,}$")
# Their results are moments, numbers of processes or memory.
VARYING = frozenset(("time", "times", "clock_gettime", "gettimeofday", "getpid", "gettid", "getppid", "getpgrp", "getpgid", "getsid", "fork", "vfork",
                     "clone", "clone3", "set_tid_address", "brk", "mmap", "mremap", "shmat", "wait4", "getrandom", "sysinfo"))
# strace shows these arguments in an order or with names of its own.
UNLIKE = frozenset(("clone", "clone3", "rt_sigreturn", "arch_prctl"))

Difference = collections.namedtuple("Difference", "kind process linux lichen what")


def show(call):
    if call is None:
        return None
    return f"{call.name}({', '.join(call.arguments)}) = {call.result}{' ' + call.error if call.error else ''}"


def _key(call):
    path = next((part for part in call.arguments[:2] if part.startswith('"')), "")
    return call.name, path if call.name not in ("read", "write") else ""


def _opaque(part):
    """An address, or a structure that is shown in place of one."""
    return bool(ADDRESS.match(part)) or part[:1] in "{[" or part.startswith("~[")


def _same_text(one, other):
    return sorted(one.split("|")) == sorted(other.split("|"))


class Comparison:
    """The differences of two lists of calls: `differences`, and how much was compared."""

    def __init__(self, linux, lichen):
        self.differences, self.compared, self.noise = [], 0, collections.Counter()
        self.sides = [strace_text.from_exec(calls) for calls in (linux, lichen)]
        self.names = [strace_text.names(calls) for calls in self.sides]
        streams = [self._streams(side) for side in (0, 1)]
        for process in sorted(streams[0].keys() | streams[1].keys()):
            self._process(process, *(stream.get(process, []) for stream in streams))

    def _streams(self, side):
        found = collections.defaultdict(list)
        for call in sorted(self.sides[side], key=lambda call: call.time):
            found[self.names[side][call.pid]].append(call)
        return found

    def _process(self, process, linux, lichen):
        matcher = difflib.SequenceMatcher(None, [_key(call) for call in linux], [_key(call) for call in lichen], autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                for one, other in zip(linux[a:b], lichen[c:d]):
                    self._pair(process, one, other)
                continue
            self.differences += [Difference("missing", process, show(call), None, "only on Linux") for call in linux[a:b]]
            self.differences += [Difference("extra", process, None, show(call), "only here") for call in lichen[c:d]]

    def _pair(self, process, linux, lichen):
        self.compared += 1
        kind, what = self._ending(linux, lichen)
        if kind is None:
            kind, what = self._arguments(linux, lichen)
        if kind:
            self.differences.append(Difference(kind, process, show(linux), show(lichen), what))

    def _ending(self, linux, lichen):
        if linux.error != lichen.error:
            return "errno", f"{linux.error or 'success'} on Linux, {lichen.error or 'success'} here"
        if linux.result != lichen.result:
            if linux.name in VARYING or self._is_pid(linux.result, lichen.result) or ADDRESS.match(linux.result):
                self.noise["results"] += 1
            else:
                return "result", f"{linux.result} on Linux, {lichen.result} here"
        return None, None

    def _is_pid(self, linux, lichen):
        pids = [int(text) if text.isdigit() else -1 for text in (linux, lichen)]
        names = [table.get(pid) for table, pid in zip(self.names, pids)]
        return names[0] is not None and names[0] == names[1]

    def _arguments(self, linux, lichen):
        if linux.name in UNLIKE:
            self.noise["arguments not compared"] += 1
            return None, None
        for index, (one, other) in enumerate(zip(linux.arguments, lichen.arguments)):
            one = re.sub(r" */\*.*\*/$", "", one)
            if _same_text(one, other) or self._is_pid(one, other):
                continue
            if _opaque(one) or _opaque(other):
                self.noise["addresses and structures"] += 1
                continue
            return "value", f"argument {index + 1}: {one} on Linux, {other} here"
        return None, None

    def as_json(self):
        counts = collections.Counter(difference.kind for difference in self.differences)
        return {"compared": self.compared, "counts": {kind: counts[kind] for kind in CLASSES[:-1]}, "noise": dict(self.noise),
                "differences": [difference._asdict() for difference in self.differences]}
