# SPDX-License-Identifier: MIT
"""From a recording of a boot to what boot_picture draws: times of the kernel, its servers, OpenRC's services and all processes.

A service's bar is the life of the first process of OpenRC's interpreter that was started for it. A server is ready when it
says so on the kernel log, the personality when the first program runs.
"""
import re

import boot_picture
import trace_build

BUCKETS = 160
COMM_BYTES = 15
LOG_LINE = re.compile(r"^\[\s*(\d+\.\d+)\] (?:<(\d+)> )?(\w[\w.-]*): (.*)$", re.M)
LEVEL = re.compile(r"^(?:Dynamic )?Runlevel: (\S+)$")
SERVICE = re.compile(r"^ (\S+)\s+\[\s*(\w+)")
NANO = 1e9


def services(text):
    """[(name, runlevel, state)] of what rc-status printed, each service once."""
    found, level = {}, ""
    for line in text.splitlines():
        if match := LEVEL.match(line):
            level = match.group(1)
        elif match := SERVICE.match(line):
            found.setdefault(match.group(1), (match.group(1), level, match.group(2)))
    return list(found.values())


def _log_times(text):
    """{program: time of its first line} and when the supervisor was made."""
    first, supervisor = {}, 0.0
    for time, domain, name, words in LOG_LINE.findall(text):
        if domain and name != "supervisor":
            first.setdefault(name, float(time))
        elif name == "supervisor" and words.endswith("programs started"):
            first["supervisor"] = float(time)
        elif name == "supervisor" and not domain:
            supervisor = float(time)
    return first, supervisor


def _system(builder, log):
    ready, made = _log_times(log)
    began, personality = {}, trace_build.PERSONALITY
    ready.pop(personality, None)
    for program, in_guest, start, _, _ in builder.spans:
        if program and not in_guest:
            began.setdefault(program, start / NANO)
        if in_guest:
            ready.setdefault(personality, start / NANO)
            break
    kernel_end = made or began.get("supervisor", 0.0)
    bars = [boot_picture.Bar("kernel", 0.0, kernel_end, "kernel")]
    for name, start in sorted(began.items(), key=lambda item: item[1]):
        bars.append(boot_picture.Bar(name, start, max(ready.get(name, start), start)))
    return bars


def _login(builder):
    """When the login was there: the last thing that the first getty did before it waited."""
    times = [process.end for process in builder.processes.values() if process.names and process.names[-1][1] == "getty"]
    return min(times) if times else builder.model.last


def _service_bars(builder, listed, end):
    """One bar for each service that is not stopped; one without a process is drawn at the end and said."""
    first = {}
    for process in sorted(builder.processes.values(), key=lambda process: process.start):
        for time, name in process.names:
            first.setdefault(name, (time, process.end))
    bars, notes = [], []
    for name, level, state in listed:
        if state == "stopped":
            continue
        start, stop = first.get(name[:COMM_BYTES], (end, end))
        if name[:COMM_BYTES] not in first:
            notes.append(f"no process of service {name} was seen")
        note = "" if state == "started" else state
        bars.append(boot_picture.Bar(name, start / NANO, min(stop, end) / NANO, level, note=note))
    return sorted(bars, key=lambda bar: (bar.start, bar.name)), notes


def _process_bars(builder, end):
    busy = {}
    for _, _, start, stop, pid in builder.spans:
        if pid:
            busy.setdefault(pid, []).append((start / NANO, stop / NANO))
    bars = []
    for process in builder.processes.values():
        if process.start < end:
            name = process.names[-1][1] if process.names else str(process.pid)
            bars.append(boot_picture.Bar(name, process.start / NANO, min(process.end, end) / NANO, busy=busy.get(process.pid, ())))
    return bars


def _shares(builder, end):
    """{what ran: share of each bucket's time}."""
    length = end / BUCKETS
    found = {name: [0.0] * BUCKETS for name, _ in boot_picture.USES}
    for program, in_guest, start, stop, _ in builder.spans:
        kind = "programs" if in_guest else "personality" if program == trace_build.PERSONALITY else "servers"
        while start < min(stop, end):
            bucket = min(int(start / length), BUCKETS - 1)
            upto = min(stop, end, (bucket + 1) * length)
            if upto <= start:
                break
            found[kind][bucket] += (upto - start) / length
            start = upto
    return found


def _rates(times, end):
    counts = [0] * BUCKETS
    for time in times:
        if time < end:
            counts[int(time / end * BUCKETS)] += 1
    return counts


def boot(builder, log, listed, machine):
    """`log`: the kernel's; `listed`: what services() gives; `machine`: words for the picture."""
    end = max(1, _login(builder))
    bars, notes = _service_bars(builder, listed, end)
    processes = _process_bars(builder, end)
    faults, calls = ([time for time in times if time < end] for times in (builder.faults, builder.calls))
    subtitle = (f"{machine} · {len(processes)} processes, {len(calls):,} calls forwarded, {len(faults):,} page faults")
    return boot_picture.Boot(f"Lichen: from reset to login in {end / NANO:.2f} s", subtitle, end / NANO, _shares(builder, end),
                             _rates(faults, end), _rates(calls, end), _system(builder, log), bars, processes,
                             notes + list(builder.model.notes))
