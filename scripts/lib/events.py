# SPDX-License-Identifier: MIT
"""Recordings of events as /proc/lichen/recording gives them (microkernel/abi/events.h, servers/linux-personality/system/events.h).

A stay outside of the guest is one event there; here it is two, EXIT when it began and ENTER when it ended, so that all is in order of time.
What was recorded is not trusted: one of an unknown kind is kept as it is.
"""
import collections
import re
import struct

import tree

HEADER = struct.Struct("<8sIIQQQQQQ")
EVENT = struct.Struct("<QIIQQ")
MAGIC, VERSION = b"LICHENEV", 1
KIND_SHIFT = 56
NO_CALL = 0xffffffff

# kind: a name of the table in abi/events.h, or ENTER and EXIT. Of EXIT `first` is the call's number, None: it was no call; of ENTER `second`
# is what the guest finds in rax.
Event = collections.namedtuple("Event", "time kind thread cause first second")
Recording = collections.namedtuple("Recording", "events lost")


def kinds():
    """Number: name of each kind, from the contract."""
    text = (tree.TOP / "microkernel/abi/events.h").read_text()
    return {int(number): name for number, name in re.findall(r"\bE\((\d+), (\w+), \"", text)}


def cause_of(start):
    return (start >> 4) & 0xffffffff


def _decoded(data, names):
    for word, thread, cause, first, second in EVENT.iter_unpack(data):
        time, kind = word & ((1 << KIND_SHIFT) - 1), names.get(word >> KIND_SHIFT, word >> KIND_SHIFT)
        if kind != "GUEST":
            yield Event(time, kind, thread, cause, first, second)
            continue
        if first:  # 0: it was never outside, or that was before the kernel knew
            yield Event(first, "EXIT", thread, cause_of(first), None if cause == NO_CALL else cause, 0)
        yield Event(time, "ENTER", thread, cause_of(first), 0, second)


def read(data):
    """The events in order of time, and how many older ones are lost. A Failure where it is no recording."""
    if len(data) < HEADER.size or data[:8] != MAGIC:
        raise tree.Failure("this is no recording of events")
    _, version, size, _, first, end, started, _, _ = HEADER.unpack_from(data)
    if version != VERSION or size != EVENT.size:
        raise tree.Failure(f"a recording of version {version}, not {VERSION}")
    body = data[HEADER.size:HEADER.size + (end - first) * size]
    if len(body) < (end - first) * size:
        raise tree.Failure("a recording that is cut")
    return Recording(sorted(_decoded(body, kinds()), key=lambda event: (event.time, event.kind != "EXIT")), max(first - started, 0))
