# SPDX-License-Identifier: MIT
"""The calls of one program on two systems, held against each other.

Processes are matched by name (strace_text.names), the calls of each aligned by name and path, and what differs classed:
  missing, extra    a call that only Linux, only this system has
  order             the same calls, one before another on one system and after it on the other
  errno, result     the same call ended otherwise
  value             an argument or what was written to memory differs
  noise             addresses, process numbers, times, and structures that only one side shows: counted, not listed
What is known to differ with reason (known_differences.py) is counted by its reason.
"""
import collections
import difflib
import re

import known_differences
import strace_text

CLASSES = ("missing", "extra", "order", "errno", "result", "value")
ADDRESS = re.compile(r"0x[0-9a-f]{5,}$")
# Their results are moments, numbers of processes or memory.
VARYING = frozenset(("time", "times", "clock_gettime", "gettimeofday", "getpid", "gettid", "getppid", "getpgrp", "getpgid", "getsid", "fork", "vfork",
                     "clone", "clone3", "set_tid_address", "brk", "mmap", "mremap", "shmat", "wait4", "getrandom", "sysinfo", "rt_sigreturn"))
# What they move is no name to align by.
TRANSFERS = frozenset(("read", "write", "pread64", "pwrite64", "getrandom"))
# A signal comes at a moment of its own: its end is no place in the order of the other calls.
SIGNALLED = ("rt_sigreturn", "restart_syscall")
WAITS = ("wait4", "waitid")
# Files below these hold what a system says of itself.
TELLING = ('"/proc/', '"/sys/')
# Fields that tell a moment, an address, or a number that a system gives.
VARYING_FIELDS = frozenset(("tv_sec", "tv_nsec", "tv_usec", "st_ino", "st_dev", "stx_ino", "f_bfree", "f_bavail", "f_ffree", "f_blocks", "f_files",
                            "f_fsid", "ru_utime", "ru_stime", "si_pid", "pid", "uptime", "loads", "totalram", "freeram", "sharedram",
                            "bufferram", "procs", "release", "version", "child_tid", "parent_tid", "tls", "stack", "stack_size"))
KINDS_OF_SIZE = ("st_size", "stx_size")
COMMENT = re.compile(r" */\*.*?\*/")

Difference = collections.namedtuple("Difference", "kind process linux lichen what")


def show(call):
    if call is None:
        return None
    return f"{call.name}({', '.join(call.arguments)}) = {call.result}{' ' + call.error if call.error else ''}"


def _key(call):
    path = next((part for part in call.arguments[:2] if part.startswith('"')), "")
    return call.name, path if call.name not in TRANSFERS else ""


def _bracketed(part):
    return len(part) > 1 and part[0] in "{[" and part[-1] in "}]"


def _opaque(part):
    """An address, or a structure that is shown in place of one."""
    return bool(ADDRESS.match(part)) or _bracketed(part) or part.startswith("~[")


def _field(part):
    """(name, value) of `name=value` within a structure; the name of a bare value is empty."""
    found = re.match(r"([a-z_0-9]+)=(.*)$", part, re.S)
    return (found[1], found[2]) if found else ("", part)


def _open_files(calls):
    """{index of a call: the path it works on} for descriptors that the process itself opened by path."""
    paths, found = {}, {}
    for index, call in enumerate(calls):
        first = call.arguments[0] if call.arguments else ""
        if call.name in ("open", "openat") and call.error is None:
            paths[call.result] = call.arguments[call.name == "openat"]
        elif first in paths:
            found[index] = paths[first]
            if call.name == "close":
                del paths[first]
    return found


def _programs(calls):
    """The programs that a process became, with their arguments, as text."""
    return "; ".join(call.arguments[1] for call in calls if call.name == "execve" and call.result == "0")


class Comparison:
    """The differences of two lists of calls: `differences`, how much was compared, what was noise, what is known."""

    def __init__(self, linux, lichen):
        self.differences, self.compared = [], 0
        self.noise, self.known = collections.Counter(), collections.Counter()
        self.sides = [strace_text.from_exec(calls) for calls in (linux, lichen)]
        self.names = [strace_text.names(calls) for calls in self.sides]
        streams = [self._streams(side) for side in (0, 1)]
        self.telling = {id(stream[index]) for side in streams for stream in side.values()
                        for index, path in _open_files(stream).items() if path.startswith(TELLING)}
        self.programs = {process: _programs(calls) for process, calls in streams[0].items()}
        for process in sorted(streams[0].keys() | streams[1].keys()):
            self._process(process, *(stream.get(process, []) for stream in streams))

    def _streams(self, side):
        found = collections.defaultdict(list)
        for call in self.sides[side]:
            found[self.names[side][call.pid]].append(call)
        return found

    def _note(self, kind, process, linux, lichen, what):
        difference = Difference(kind, process, show(linux), show(lichen), what)
        if reason := known_differences.reason(difference, linux or lichen, self.programs.get(process, "")):
            self.known[reason] += 1
        else:
            self.differences.append(difference)

    def _process(self, process, linux, lichen):
        for signalled in (False, True):
            self._align(process, *([call for call in side if (call.name in SIGNALLED) == signalled] for side in (linux, lichen)))

    def _align(self, process, linux, lichen):
        matcher = difflib.SequenceMatcher(None, [_key(call) for call in linux], [_key(call) for call in lichen], autojunk=False)
        missing, extra = [], []
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                for one, other in zip(linux[a:b], lichen[c:d]):
                    self._pair(process, one, other)
            else:
                missing += linux[a:b]
                extra += lichen[c:d]
        self._left_over(process, missing, extra, any(call.name == "getdents64" for call in linux))

    def _left_over(self, process, missing, extra, listing):
        """Calls that the alignment left: those both sides have were made in another order, the others by one side alone."""
        waiting = collections.defaultdict(list)
        for call in extra:
            waiting[_key(call)].append(call)
        for call in missing:
            other = waiting[_key(call)].pop(0) if waiting[_key(call)] else None
            if other is None:
                self._alone("missing", process, call, None, "only on Linux")
                continue
            self._pair(process, call, other)
            if listing:
                self.noise["order of a directory's names"] += 1
            elif id(call) not in self.telling:
                self._note("order", process, call, other, "made at another place in the order")
        for call in sum(waiting.values(), []):
            self._alone("extra", process, None, call, "only here")

    def _alone(self, kind, process, linux, lichen, what):
        if id(linux or lichen) in self.telling:
            self.noise["contents of /proc and /sys"] += 1
        else:
            self._note(kind, process, linux, lichen, what)

    def _pair(self, process, linux, lichen):
        self.compared += 1
        if id(linux) in self.telling and id(lichen) in self.telling and linux.error == lichen.error:
            self.noise["contents of /proc and /sys"] += 1
            return
        kind, what = self._ending(linux, lichen)
        if kind is None:
            kind, what = self._arguments(linux, lichen)
        if kind:
            self._note(kind, process, linux, lichen, what)

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
        if linux.name in WAITS and self._is_pid(linux.result, lichen.result):
            if linux.arguments[1] != lichen.arguments[1]:
                self.noise["ends of children, which their own calls show"] += 1
            return None, None
        pairs = zip(linux.arguments, lichen.arguments) if linux.name != "getrandom" else ()
        for index, (one, other) in enumerate(pairs):
            if what := self._value(one, other):
                return "value", f"argument {index + 1}: {what}"
        return None, None

    def _value(self, one, other):
        """What differs between two shown values, or None; noise is counted."""
        one, other = (COMMENT.sub("", part) for part in (one, other))
        if sorted(one.split("|")) == sorted(other.split("|")) or self._is_pid(one, other):
            return None
        names = _field(one)[0], _field(other)[0]
        if names[0] and names[0] == names[1]:
            return self._named(names[0], _field(one)[1], _field(other)[1])
        if _bracketed(one) and _bracketed(other):
            return self._structure(one, other)
        if _opaque(one) or _opaque(other):
            self.noise["addresses and structures"] += 1
            return None
        return f"{one} on Linux, {other} here"

    def _named(self, name, one, other):
        if name in VARYING_FIELDS:
            self.noise["moments and numbers in structures"] += 1
            return None
        what = self._value(one, other)
        return f"{name}: {what}" if what else None

    def _structure(self, one, other):
        parts = [strace_text.split_arguments(text[1:-1]) for text in (one, other)]
        if len(parts[0]) != len(parts[1]):
            return f"{one} on Linux, {other} here"
        if parts[0] and "S_IFDIR" in parts[0][0]:
            parts = [[part for part in side if _field(part)[0] not in KINDS_OF_SIZE] for side in parts]
            self.noise["sizes of directories"] += 1
        return next((what for what in map(self._value, *parts) if what), None)

    def as_json(self):
        counts = collections.Counter(difference.kind for difference in self.differences)
        return {"compared": self.compared, "counts": {kind: counts[kind] for kind in CLASSES}, "noise": dict(self.noise),
                "known": dict(self.known), "differences": [difference._asdict() for difference in self.differences]}
