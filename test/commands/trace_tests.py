# SPDX-License-Identifier: MIT
"""scripts/trace on the host: made-up events through the model, the writer and the schema check."""
import json
import types

import trace_build
import trace_check
import trace_json
import trace_names

DOMAINS = """program             domain  state           restarts
supervisor          2       running         0
serial.com1         33      running         0
vfs                 118     running         0
linux-personality   128     running         0
"""
HANDLES = """program             kind            rights  origin   badge   object  detail
serial.com1         endpoint        r----   granted  0       14      0x0 0x0
vfs                 endpoint        r----   granted  0       28      0x0 0x0
linux-personality   endpoint        -w--t   granted  9       28      0x0 0x0
linux-personality   thread          rwxmt   created  0       152     0x0 0x0
"""
GUEST, OTHER, VFS = 200, 201, 120
PID, OTHER_PID = 7, 9


def names():
    return trace_names.Names(DOMAINS, HANDLES, calls={0: "read", 15: "rt_sigreturn", 57: "fork", 61: "wait4"},
                             messages={"vfs": {9: "read"}, "console": {1: "write"}})


def event(time, kind, thread, first=0, second=0, cause=0, cpu=0):
    return types.SimpleNamespace(time=time, kind=kind, thread=thread, cause=cause, first=first, second=second, cpu=cpu)


def task(time, thread, pid, comm):
    word = int.from_bytes(comm.encode().ljust(8, b"\0"), "little")
    return [event(time, "task", thread, thread, pid << 32 | pid), event(time, "name", thread, word, 0)]


def exchange():
    """One read of a guest that asks vfs, between two switches."""
    return [*task(10, GUEST, PID, "cat"), event(20, "guest_enter", GUEST, 0x400000, 0),
            event(100, "guest_exit", GUEST, 1 | 0 << 32, 0x400010, cause=5), event(110, "call", GUEST, 28, 9, cause=5),
            event(111, "switch", GUEST, VFS, GUEST, cause=5), event(115, "page_fault", VFS, 0x5000, 3 << 32 | 6 << 16, cause=5),
            event(120, "reply", VFS, GUEST, 0, cause=5), event(121, "switch", VFS, GUEST, VFS),
            event(130, "guest_enter", GUEST, 0x400010, 42, cause=5)]


def built(events):
    return trace_build.Builder(names()).build(events)


def written(model, scratch):
    trace_json.write(model, scratch / "trace.json", {"command": "made up"})
    return json.loads((scratch / "trace.json").read_text())


def slices(model, name):
    return [slice_ for slice_ in model.slices if slice_.name == name]


def group_of(slice_):
    return slice_.track.group.name


def test_trace_follows_a_read_to_vfs(scratch):
    model = built(exchange())
    guest, work = slices(model, "read")
    sent, served = slices(model, "vfs.read")
    assert [group_of(slice_) for slice_ in (guest, work, sent, served)] == ["cat", "linux-personality", "linux-personality", "vfs"]
    assert (guest.start, guest.end, guest.details["result"]) == (100, 130, "42")
    assert (sent.start, sent.end, served.start, served.end) == (110, 120, 111, 120)
    fault, = slices(model, "page fault")
    assert (fault.start, fault.end, fault.details["result"]) == (112, 115, "resolved") and group_of(fault) == "vfs"
    assert [(arrow.start, arrow.end, arrow.cause) for arrow in model.arrows] == [(guest, work, 5), (sent, served, 5)]
    assert trace_check.check(written(model, scratch)) == []


def test_trace_counts_messages_that_wait(scratch):
    events = [*task(10, GUEST, PID, "cat"), *task(11, OTHER, OTHER_PID, "ls"),
              event(100, "call", GUEST, 28, 9, cause=5), event(105, "call", OTHER, 28, 9, cause=6),
              event(120, "reply", VFS, GUEST, 0, cause=5), event(140, "reply", VFS, OTHER, 0, cause=6)]
    model = built(events)
    (rows,) = model.counters.values()
    assert [(time, values["messages"]) for time, values in rows] == [(100, 1), (105, 2), (120, 1), (140, 0)]
    first, second = [slice_ for slice_ in slices(model, "vfs.read") if slice_.category == "serve"]
    assert (first.start, first.end, second.start, second.end) == (100, 120, 120, 140), "the second waits for the first"
    assert trace_check.check(written(model, scratch)) == []


def test_trace_that_begins_and_ends_anywhere_is_sound(scratch):
    events = exchange()
    for start in range(len(events)):
        for end in range(start + 1, len(events) + 1):
            model = built(events[start:end])
            if model.tracks:
                assert trace_check.check(written(model, scratch)) == [], (start, end)


def test_trace_of_nonsense_is_sound(scratch):
    """Any order of any events: what the reader of a damaged ring may see."""
    import random
    chance = random.Random(7)
    kinds = ["switch", "guest_enter", "guest_exit", "page_fault", "exception", "interrupt", "call", "reply", "signal", "task", "name"]
    for _ in range(30):
        events = [event(chance.randrange(1000), chance.choice(kinds), chance.randrange(4), chance.randrange(40), chance.randrange(1 << 35),
                        chance.randrange(3), chance.randrange(2)) for _ in range(150)]
        assert trace_check.check(written(built(events), scratch)) == []


def test_trace_shows_signal_handlers(scratch):
    events = [*task(10, GUEST, PID, "sh"), event(100, "guest_exit", GUEST, 1 | 61 << 32, 0x10), event(110, "signal", GUEST, 17, 0x4321),
              event(120, "guest_enter", GUEST, 0x4321, 0), event(130, "guest_exit", GUEST, 1 | 15 << 32, 0x4330),
              event(140, "guest_enter", GUEST, 0x10, 99)]
    model = built(events)
    (handler,) = slices(model, "handler of SIGCHLD")
    assert (handler.start, handler.end, handler.details["handler"]) == (120, 140, "0x4321")
    assert trace_check.check(written(model, scratch)) == []


def test_trace_check_finds_what_is_wrong(scratch):
    trace = written(built(exchange()), scratch)
    rows = trace["traceEvents"]

    def findings(change):
        copy = [dict(row) for row in rows]
        change(copy)
        return trace_check.check({"traceEvents": copy})

    def first(copy, phase):
        return next(row for row in copy if row["ph"] == phase)

    def drop(copy, phase):
        copy.remove(first(copy, phase))

    changes = {"unknown phase": lambda copy: first(copy, "B").update(ph="Q"),
               "time goes back": lambda copy: copy[-1].update(ts=-1),
               "have no end": lambda copy: drop(copy, "E"),
               "an end without": lambda copy: drop(copy, "B"),
               "only one end": lambda copy: drop(copy, "f"),
               "without args": lambda copy: first(copy, "B").pop("args"),
               "has no name": lambda copy: [copy.remove(row) for row in list(copy) if row["ph"] == "M"],
               "outside of a slice": lambda copy: first(copy, "s").update(tid=99999)}
    for text, change in changes.items():
        found = findings(change)
        assert any(text in finding for finding in found), (text, found)
    assert trace_check.check({}) and trace_check.check([]) and trace_check.check({"traceEvents": [1]})
