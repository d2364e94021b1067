# SPDX-License-Identifier: MIT
"""Lines in strace's manner, `PID TIME name(arguments) = result`, of Linux's strace and of this system's told calls.

A call that strace cut in two (unfinished, resumed) is put together again. Processes are named by how they were made, not by number: "0"
is the first, "0.2" the second child of it; so the processes of two runs can be held against each other.
"""
import collections
import re

LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
UNFINISHED = re.compile(r"(.*?),? *<unfinished \.\.\.>$")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(?: ([A-Z][A-Z0-9_]+))?(?: .*)?$")
BIRTHS = ("fork", "vfork", "clone", "clone3")
OPENING, CLOSING = "{[(", ")]}"

Call = collections.namedtuple("Call", "pid time name arguments result error")


def split_arguments(text):
    """Arguments at the top level: commas within quotes and brackets are not between two."""
    parts, depth, quoted, start, at = [], 0, False, 0, 0
    while at < len(text):
        letter = text[at]
        if quoted:
            at += letter == "\\"
            quoted = letter != '"'
        elif letter == '"':
            quoted = True
        elif letter in OPENING or letter in CLOSING:
            depth += 1 if letter in OPENING else -1
        elif letter == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    return [*parts, text[start:].strip()] if text.strip() else []


def _joint(first, second):
    """What strace left out between two halves of a call."""
    if second[:1] in ("", ")", ",") or first.endswith("("):
        return ""
    return " " if second.lstrip().startswith("=>") else ", "


def _whole_lines(text):
    """(pid, time, text) with halves joined; a call counts from where it began."""
    halves = {}
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        pid, time, rest = int(found[1]), float(found[2]), found[3]
        if half := UNFINISHED.match(rest):
            halves[pid] = time, half[1]
            continue
        if second := RESUMED.match(rest):
            time, first = halves.pop(pid, (time, f"{second[1]}("))
            rest = first + _joint(first, second[2]) + second[2].lstrip()
        yield pid, time, rest


def parse(text):
    """The calls in the order of their lines; what is no call (signals, ends) is left out."""
    calls = []
    for pid, time, rest in _whole_lines(text):
        if found := CALL.match(rest):
            calls.append(Call(pid, time, found[1], split_arguments(found[2]), found[3], found[4]))
    return calls


def from_exec(calls):
    """Without what the tracer's own shell did before it became the command."""
    for index, call in enumerate(calls):
        if call.name == "execve" and call.result == "0":
            return calls[index:]
    return calls


def names(calls):
    """{pid: name} of all processes and threads, by the order in which their makers made them."""
    found, children = {}, collections.Counter()
    if calls:
        found[calls[0].pid] = "0"
    made = {int(call.result): call.pid for call in calls if call.name in BIRTHS and call.result.isdigit() and call.result != "0"}

    def name_of(pid):
        if pid not in found:
            maker = made.get(pid)
            if maker is None or maker == pid:
                found[pid] = f"?{pid}"
            else:
                base = name_of(maker)
                children[maker] += 1
                found[pid] = f"{base}.{children[maker]}"
        return found[pid]
    for pid in [*made, *(call.pid for call in calls)]:
        name_of(pid)
    return found
