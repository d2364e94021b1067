# SPDX-License-Identifier: MIT
"""Whose symbols gdb has loaded: the kernel's always, and beside them for a while those of what was stopped.

Servers are all linked to one address and guests lie where they like, so only one program's symbols, or one process's files, are
loaded at a time. Breakpoints are set by address and do not care.

gdb keeps, from a stop until the guest runs again, pointers to the inlined functions that it stopped at the start of; they dangle when
their symbols are unloaded. So (1) the guest runs with the kernel's symbols alone: hide() before; (2) after only() at a stop nothing
asks for frames or their source lines until the guest has run.
"""
import contextlib
import os
import re

import gdb

from memory import quietly
from tree import TOP

_state = {"kernel": None, "shown": ()}


def start(kernel):
    _state["kernel"] = kernel
    quietly(f"symbol-file {kernel}")


def _add(files):
    for path, bias in files:
        quietly(f"add-symbol-file {path} -o {bias:#x}")


def show(files):
    """Load these (path, bias) beside the kernel's; nothing happens when they are."""
    files = tuple((os.path.realpath(path), bias) for path, bias in files)  # as gdb calls them when they are removed
    if files != _state["shown"]:
        hide()
        _add(files)
        _state["shown"] = files


def hide():
    for path, _ in _state["shown"]:
        quietly(f"remove-symbol-file {path}")
    _state["shown"] = ()


@contextlib.contextmanager
def only(path):
    """Nothing but one program's symbols meanwhile, so that its names and structures are meant."""
    shown = _state["shown"]
    quietly("symbol-file")
    _add([(path, 0)])
    try:
        yield
    finally:
        quietly("symbol-file")
        quietly(f"symbol-file {_state['kernel']}")
        _add(shown)


def with_statics(expression, elf):
    """The same expression where static variables that the linker renamed (LTO) are found at their places."""
    for word in set(re.findall(r"(?<![\w.>$])[A-Za-z_]\w*", expression)):
        places = [place for symbol, place in elf.symbols.items() if re.fullmatch(rf"{word}\.lto_priv\.\d+", symbol)]
        if places and word not in elf.symbols:
            kind = gdb.parse_and_eval(word).type.pointer()
            gdb.set_convenience_variable(f"lichen_{word}", gdb.Value(places[0][0]).cast(kind))
            expression = re.sub(rf"(?<![\w.>$]){word}\b", f"(*$lichen_{word})", expression)
    return expression


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
