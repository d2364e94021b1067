# SPDX-License-Identifier: MIT
"""Whose symbols gdb has loaded: the kernel's always, and beside them those of what was stopped.

Servers are all linked to one address and guests lie where they like, so only one program's symbols, or one process's files, are
loaded at a time. Breakpoints are set by address and do not care.
"""
import contextlib
import re

import gdb

from memory import quietly
from tree import TOP

_state = {"kernel": None, "shown": ()}


def start(kernel):
    _state["kernel"] = kernel
    _load([(kernel, 0)])


def _load(files):
    quietly("symbol-file")
    for path, bias in files:
        if path == _state["kernel"]:
            quietly(f"symbol-file {path}")
        else:
            quietly(f"add-symbol-file {path} -o {bias:#x}")


def show(files):
    """Load these (path, bias) beside the kernel's; nothing happens when they are."""
    files = tuple(files)
    if files != _state["shown"]:
        _load([(_state["kernel"], 0), *files])
        _state["shown"] = files


@contextlib.contextmanager
def only(path):
    """Nothing but one program's symbols meanwhile, so that its names and structures are meant."""
    _load([(path, 0)])
    try:
        yield
    finally:
        _load([(_state["kernel"], 0), *_state["shown"]])


def name(address):
    """symbol+offset, or None."""
    text = quietly(f"info symbol {address:#x}")
    match = re.match(r"(\S+)(?: \+ (\d+))? in section", text)
    if not match:
        return None
    return match.group(1) + (f"+{int(match.group(2)):#x}" if match.group(2) else "")


def source(line):
    """FILE:LINE of gdb's place in a source file, below the tree where it is; or None."""
    return f"{line.symtab.filename.removeprefix(f'{TOP}/')}:{line.line}" if line and line.symtab else None
