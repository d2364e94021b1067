# SPDX-License-Identifier: MIT
"""What is told of calls is what Debian's strace tells of them on Linux: told.c, run on both, line by line.

Each process's lines are compared in their order; lines of several are not, for who runs first is nobody's promise. Addresses, numbers of
processes, times that a process used and what a machine has are not compared.
"""
import collections
import functools
import re

import diff_linux
import guest
import strace_text

BOOTS = True
GROUPS = ("files", "descriptors", "memory", "time", "signals", "waiting", "sockets", "system", "terminal", "processes",
          "interrupted", "stopped", "threads", "ipc", "rest", "names")
START = "umask(022)"
LINUX = "strace -f -ttt -o /tmp/lines told {group}"
LICHEN = """sh -c 'echo "$$ +children" >/proc/lichen/trace && exec told {group}'; cat /proc/lichen/strace >/tmp/lines"""
GROUP = "echo GROUP {group}; mkdir /tmp/{group}; cd /tmp/{group}; echo 0123456789abcdef >file; {traced}; cat /tmp/lines"
# Of the numbers of processes those places that have one; what its own lines differ in says nothing of how they are told: which times a
# file has, and that two kinds of ioctl have one number.
MAKERS = r"^(?:getpid|fork|vfork|clone3?|wait4|getpgid|getppid|set_tid_address|rt_sigreturn)\(.*\) = "
VARYING = tuple((re.compile(pattern), instead) for pattern, instead in (
    (r"(si_pid=|\{pid=|l_pid=|P_PID, |parent_tid=\[|^(?:kill|wait4|rt_sigqueueinfo|tgkill)\()[1-9]\d*\b", r"\1PID"),
    (rf"({MAKERS}|^tgkill\(PID, |^times\(.* = |FUTEX_CLOCK_REALTIME, )[1-9]\d*\b", r"\1PID"),
    (r"0x[0-9a-f]{5,}", "ADDRESS"), (r"si_[us]time=\d+(?: /\*.*?\*/)?", "si_time"), (r"f_fsid=\{.*?\}", "f_fsid"),
    (r"(?<=[=\[ ])\d+(?=[,\]}].*mem_unit)", "N"), (r"STATX_ALL\b", "STATX_BASIC_STATS"), (r"SNDCTL_\w+ or ", "")))


def _scrubbed(text):
    text = re.sub(r" +(?== )", " ", text)
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return text


def _processes(lines):
    """The lines of each process from where the program's own begin, in the order in which the processes appear."""
    found = collections.OrderedDict()
    for pid, _, text in strace_text._whole_lines(lines):
        found.setdefault(pid, []).append(_scrubbed(text))
    first = next(iter(found.values()))
    del first[:next(index for index, text in enumerate(first) if text.startswith(START)) + 1]
    return list(found.values())


@functools.cache
def told(linux):
    """{group: lines of each process}"""
    add = [(guest.program("told", "told.c", *(str(guest.HERE / name) for name in ("told_files.c", "told_names.c", "told_rest.c"))), "/bin/")]
    if linux:
        add += [tuple(map(str, addition)) for addition in diff_linux._strace_files()]
    script = "\n".join(GROUP.format(group=group, traced=(LINUX if linux else LICHEN).format(group=group)) for group in GROUPS)
    output, _ = guest.run(script, add=add, linux=linux)
    parts = re.split(r"^GROUP (\w+)\n", output, flags=re.M)[1:]
    return {group: _processes(lines) for group, lines in zip(parts[::2], parts[1::2])}


def _compare(group):
    linux, lichen = told(True)[group], told(False)[group]
    different = [f"{one}\n{other}" for one, other in zip(sum(linux, []), sum(lichen, [])) if one != other]
    assert linux == lichen, "\n".join(different)[:3000] or f"{list(map(len, linux))} lines on Linux, {list(map(len, lichen))} here"


for _group in GROUPS:
    globals()[f"test_{_group}_are_told_as_strace_does"] = functools.partial(_compare, _group)
