# SPDX-License-Identifier: MIT
"""Recordings of events (microkernel/abi/events.h), read back from a guest: their form, and one call followed through all servers."""
import collections
import re
import struct
import subprocess

import archive
import build
import events
import qemu
import tree

BOOTS = True
OPENERS = {2, 257}


def _recording(megabytes, script):
    script = f"lichenctl domains; lichenctl record start {megabytes}; {script}; lichenctl record stop; echo ====; cat /proc/lichen/recording"
    done = subprocess.run([str(tree.TOP / "scripts" / "run"), "--timeout", "60", "--", script], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=200, check=False)
    assert done.returncode == 0 and not done.stderr, done
    text, data = done.stdout.split(b"====\n", 1)
    recording = events.read(data)
    assert all(event.kind in {*events.kinds().values(), "ENTER", "EXIT"} for event in recording.events)
    domains = {row.split()[0]: int(row.split()[1]) for row in text.decode().splitlines()[1:] if len(row.split()) == 4}
    return recording, domains


def _tasks(recorded):
    """Names by the thread that says them: a TASK, then its NAME."""
    tasks, said = {}, {}
    for event in recorded:
        if event.kind == "TASK":
            said[event.thread] = event.first & 0xffffffff
        elif event.kind == "NAME":
            tasks[said[event.thread]] = struct.pack("<QQ", event.first, event.second).rstrip(b"\0").decode()
    return tasks


def test_events_follow_a_call_through_the_servers(_scratch):
    recording, domains = _recording(8, "cat /etc/inittab >/dev/null")
    assert not recording.lost
    cats = {thread for thread, name in _tasks(recording.events).items() if name == "cat"}
    owners = {event.first & 0xffffffff: event.second for event in recording.events if event.kind == "THREAD"}
    chains = 0
    for start in recording.events:
        if start.kind == "EXIT" and start.thread in cats and start.first in OPENERS:
            chain = [event for event in recording.events if event.cause == start.cause]
            vfs = any(owners.get(event.thread) == domains["vfs"] for event in chain)
            ends = [(event.kind, event.thread) for event in (chain[0], chain[-1])]
            chains += vfs and ends == [("EXIT", start.thread), ("ENTER", start.thread)] and {"CALL", "REPLY"} <= {event.kind for event in chain}
    assert chains, "no open of cat's went through vfs and back under one id"


def test_events_a_full_ring_says_what_is_lost(_scratch):
    recording, _ = _recording(1, "i=0; while [ $i -lt 9000 ]; do i=$((i+1)); [ -e /none$i ]; done; true")
    assert recording.lost > 0 and len(recording.events) >= (1 << 20) // events.EVENT.size, recording.lost


def test_events_orders_that_make_no_sense(_scratch):
    script = ("for order in 'start' 'start 0' 'start x' 'start 5000' 'begin' 'stop' 'stop it'; do "
              "echo \"$order\" > /proc/lichen/record && echo taken; done; lichenctl record stop; echo $?")
    done = subprocess.run([str(tree.TOP / "scripts" / "run"), "--timeout", "60", "--", script], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout == "1\n" and done.stderr.count("Invalid argument") == 6 and done.stderr.count("No such process") == 2, done


FORWARDED_CALLS = 100000
COST_MOST = 0.05
# Under -icount shift=0 an instruction takes a nanosecond of the guest's clock.
COST_PROGRAM = r"""
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static long long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ll + t.tv_nsec; }
static long long calls(long count) { long long start = now(); for (long i = 0; i < count; i++) syscall(SYS_getppid); return now() - start; }
int main(void) { calls(1000); printf("instructions %lld\n", calls(CALLS)); return 0; }
"""


def _boot(kernel, scratch, calls):
    """(instructions, page-table switches): of the forwarded calls, the program's loop included; of the whole run, as QEMU logs them."""
    log, switches = scratch / kernel.name, scratch / "switches"
    program = scratch / f"cost-{calls}"
    tree.tool(["musl-gcc", "-static", "-O2", f"-DCALLS={calls}", "-o", str(program), str(scratch / "cost.c")], "compiling")
    archive.write(archive.guest_tree(), [(program, "cost")], scratch / "archive")
    words = "panic=exit lichen.routes=off init=/cost"
    process = qemu.start([qemu.BINARY, "-machine", "q35", "-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", qemu.CPU["tcg"], "-m", "256",
                          "-nodefaults", "-display", "none", "-no-reboot", "-kernel", str(kernel), "-initrd", str(scratch / "archive"),
                          "-d", "mmu", "-D", str(switches), "-append", words, *qemu.console_file(log), *qemu.debug_exit()],
                         stdin=subprocess.DEVNULL)
    try:
        process.wait(120)
    finally:
        qemu.stop(process)
    found = re.search(r"instructions (\d+)", log.read_text(errors="replace"))
    assert found, log.read_text(errors="replace")[-300:]
    return int(found[1]), switches.read_bytes().count(b"CR3 update")


def _cost(kernel, scratch):
    """Instructions and page-table switches of a forwarded call; the boot's switches are those of a run without calls."""
    _, boot = _boot(kernel, scratch, 0)
    instructions, switches = _boot(kernel, scratch, FORWARDED_CALLS)
    return instructions / FORWARDED_CALLS, (switches - boot) / FORWARDED_CALLS


def test_events_cost_little(scratch):
    """With the rings and with a kernel that was built without them."""
    (scratch / "cost.c").write_text(COST_PROGRAM)
    build.target("build-lichen-kernel-without-events")
    kernel = build.kernel_file()
    without = _cost(kernel.with_name("lichen-kernel-without-events"), scratch)
    with_them = _cost(kernel, scratch)
    cost = [mine / bare - 1 for mine, bare in zip(with_them, without)]
    print(f"     a forwarded call: {with_them[0]:.0f} instructions, {without[0]:.0f} without events: {cost[0]:+.1%}; "
          f"page-table switches: {with_them[1]:.3f}, {without[1]:.3f}: {cost[1]:+.1%}", flush=True)
    assert without[1] >= 2, "a forwarded call switches to the personality and back"
    assert 0 < cost[0] < COST_MOST and cost[1] < COST_MOST, (with_them, without)
