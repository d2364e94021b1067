# SPDX-License-Identifier: MIT
"""A recording (events.py) as trace_build takes it: kinds in small letters, a guest's exit with its reason and the number of its call."""
import collections

import events

Found = collections.namedtuple("Found", "events lost")  # lost: {CPU: how many}
Event = collections.namedtuple("Event", "time kind thread cause first second cpu")

REASON_CALL = 1
KINDS = {"ENTER": "guest_enter", "EXIT": "guest_exit", "SIGNAL_BUILT": "signal"}


def _word(event):
    """What `first` says: of an exit for a call the reason below its number."""
    return REASON_CALL | event.first << 32 if event.kind == "EXIT" else event.first


def read(data):
    recording = events.read(data)
    # Another exit than for a call has an event of its own that says why.
    taken = [event for event in recording.events if event.kind != "EXIT" or event.first is not None]
    return Found([Event(event.time, KINDS.get(event.kind, str(event.kind).lower()), event.thread, event.cause, _word(event), event.second, 0)
                  for event in taken], {0: recording.lost} if recording.lost else {})
