# SPDX-License-Identifier: MIT
"""Recordings of events (microkernel/abi/events.h), read back from a guest: their form, and one call followed through all servers."""
import collections
import struct
import subprocess

import tree

BOOTS = True
HEADER = struct.Struct("<8sIIQQQQQQ")
EVENT = struct.Struct("<QIIQQ")
ENTER, EXIT, CALL, REPLY, THREAD, TASK, NAME = 2, 3, 7, 8, 9, 64, 65
SYSCALL, OPENERS = 1, {2, 257}

Event = collections.namedtuple("Event", "time kind thread cause first second")


def _recording(megabytes, script):
    script = f"lichenctl domains; lichenctl record start {megabytes}; {script}; lichenctl record stop; echo ====; cat /proc/lichen/recording"
    done = subprocess.run([str(tree.TOP / "scripts" / "run"), "--timeout", "60", "--", script], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=200, check=False)
    assert done.returncode == 0 and not done.stderr, done
    text, data = done.stdout.split(b"====\n", 1)
    magic, version, size, cpus, first, end, started, capacity, _ = HEADER.unpack_from(data)
    assert (magic, version, size, cpus) == (b"LICHENEV", 1, EVENT.size, 1) and len(data) == HEADER.size + (end - first) * size, data[:64]
    assert started <= first <= end <= first + capacity, (started, first, end, capacity)
    events = [Event(time >> 8, time & 255, *rest) for time, *rest in EVENT.iter_unpack(data[HEADER.size:])]
    domains = {row.split()[0]: int(row.split()[1]) for row in text.decode().splitlines()[1:] if len(row.split()) == 4}
    return events, first - started, domains


def _tasks(events):
    """Names by the thread that says them: a TASK, then its NAME."""
    tasks, said = {}, {}
    for event in events:
        if event.kind == TASK:
            said[event.thread] = event.first & 0xffffffff
        elif event.kind == NAME:
            tasks[said[event.thread]] = struct.pack("<QQ", event.first, event.second).rstrip(b"\0").decode()
    return tasks


def test_events_follow_a_call_through_the_servers(_scratch):
    events, lost, domains = _recording(8, "cat /etc/inittab >/dev/null")
    assert not lost and all(before.time <= after.time for before, after in zip(events, events[1:])), lost
    cats = {thread for thread, name in _tasks(events).items() if name == "cat"}
    owners = {event.first & 0xffffffff: event.second for event in events if event.kind == THREAD}
    chains = 0
    for start in events:
        if start.kind == EXIT and start.thread in cats and start.first & 0xff == SYSCALL and start.first >> 32 in OPENERS:
            chain = [event for event in events if event.cause == start.cause]
            vfs = any(owners.get(event.thread) == domains["vfs"] for event in chain)
            ends = [(event.kind, event.thread) for event in (chain[0], chain[-1])]
            chains += vfs and ends == [(EXIT, start.thread), (ENTER, start.thread)] and {CALL, REPLY} <= {event.kind for event in chain}
    assert chains, "no open of cat's went through vfs and back under one id"


def test_events_a_full_ring_says_what_is_lost(_scratch):
    events, lost, _ = _recording(1, "i=0; while [ $i -lt 4000 ]; do stat /nothing$i 2>/dev/null; i=$((i+1)); [ -e /none ]; done; true")
    assert lost > 0 and len(events) == (1 << 20) // EVENT.size, (lost, len(events))
    assert all(before.time <= after.time for before, after in zip(events, events[1:]))


def test_events_orders_that_make_no_sense(_scratch):
    script = ("for order in 'start' 'start 0' 'start x' 'start 5000' 'begin' 'stop' 'stop it'; do "
              "echo \"$order\" > /proc/lichen/record && echo taken; done; lichenctl record stop; echo $?")
    done = subprocess.run([str(tree.TOP / "scripts" / "run"), "--timeout", "60", "--", script], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout == "1\n" and done.stderr.count("Invalid argument") == 6 and done.stderr.count("No such process") == 2, done
