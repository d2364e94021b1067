# SPDX-License-Identifier: MIT
"""Differences between the calls of a program on Linux and here that are known and right, each with its reason.

A row: (kinds of difference, name of the call, text in what is shown of it, text in the arguments of the program that made it, reason).
A row is as narrow as its reason. One that is a mistake of this system has no place here: it is repaired.
"""
import re

ROWS = (
    (("order", "missing", "extra"), "rt_sigreturn|wait4|restart_syscall", "", "", "a signal, a child's end comes at a moment of its own"),
    (("missing", "extra"), "futex", "FUTEX_WAIT", "", "a thread that is waited for was done before, or was not"),
    (("result", "value"), "write", "OpenRC .* is starting up", "", "OpenRC's greeting names the kernel's release"),
    (("value",), "read|writev", r'"[0-9a-f]{32}"\.\.\..* = 53$', "", "md5sum of an environment with a process number in it"),
    (("missing", "extra"), "mmap|munmap", "NULL, 4096|, 4096\\)", "/proc/|/sys/", "memory for lines that tell of another system"),
    (("value",), "exit_group", "", "grep.*cgroup2?.*/proc/filesystems", "there are no control groups here (docs/open-work.md)"),
)


def reason(difference, call, program):
    """The reason of the first row that the difference fits, or None. program: what the process had become, with its arguments."""
    shown = f"{difference.linux} {difference.lichen}"
    for kinds, name, text, made_by, why in ROWS:
        if difference.kind in kinds and re.fullmatch(name, call.name) and re.search(text, shown) and re.search(made_by, program):
            return why
    return None
