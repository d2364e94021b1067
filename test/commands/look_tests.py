# SPDX-License-Identifier: MIT
"""scripts/trace, scripts/bootchart and scripts/crash-report on real runs of this system (each test is a boot or two)."""
import json
import re
import subprocess
import xml.etree.ElementTree

import boot_tests
import png
import trace_check
import tree

BOOTS = True
SERVICE = re.compile(r"^ (\S+)\s+\[\s*started", re.M)


def script(name, *arguments, timeout=300):
    command = [str(tree.TOP / "scripts" / name), *map(str, arguments)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)


def traced(scratch, command, *options):
    """(what scripts/trace printed, the trace), sound by the schema."""
    done = script("trace", "--output", scratch / "trace.json", *options, "--", command)
    assert done.returncode == 0, done.stderr.decode()
    trace = json.loads((scratch / "trace.json").read_text())
    assert trace_check.check(trace) == []
    return done, trace


def group_names(trace):
    return {event["pid"]: event["args"]["name"] for event in trace["traceEvents"] if event.get("name") == "process_name"}


def chains(trace):
    """The arrows as pairs of ((group, slice), (group, slice)), by cause: {cause: set of pairs}."""
    names, last, ends = group_names(trace), {}, {}
    for event in trace["traceEvents"]:
        place = event["pid"], event["tid"]
        if event["ph"] == "B":
            last[place] = names[event["pid"]], event["name"]
        elif event["ph"] in "sf":
            ends.setdefault((event["args"]["cause"], event["id"]), {})[event["ph"]] = last[place]
    found = {}
    for (cause, _), pair in ends.items():
        found.setdefault(cause, set()).add((pair["s"], pair["f"]))
    return found


def durations(trace, name):
    """Of the slices with that name, in microseconds."""
    open_ones, found = {}, []
    for event in trace["traceEvents"]:
        stack = open_ones.setdefault((event["pid"], event["tid"]), [])
        if event["ph"] == "B":
            stack.append(event)
        elif event["ph"] == "E" and (begun := stack.pop())["name"] == name:
            found.append(event["ts"] - begun["ts"])
    return found


def test_trace_of_a_pipeline_shows_a_read_from_guest_to_vfs(scratch):
    done, trace = traced(scratch, "sh -c 'ls / | wc -l >/dev/null'; head -n 1 /etc/hostname")
    assert done.stdout == b"lichen\n", done.stdout
    assert {"ls", "wc", "head", "vfs", "linux-personality", "CPUs"} <= set(group_names(trace).values())
    whole = [cause for cause, pairs in chains(trace).items()
             if (("head", "read"), ("linux-personality", "read")) in pairs
             and any(start[0] == "linux-personality" and end[0] == "vfs" and start[1] == end[1] and end[1].startswith("vfs.") for start, end in pairs)]
    assert whole, "no read of head leads through the personality to vfs"
    assert any(event["ph"] == "C" and event["name"].startswith("messages at") for event in trace["traceEvents"])
    assert sum(took > 0.05 for took in durations(trace, "page fault")) > 50, "page faults take their time"
    assert any(event["ph"] == "C" and event["name"] == "free memory" for event in trace["traceEvents"])


def test_trace_keeps_status_and_says_what_a_wrapped_ring_lost(scratch):
    done = script("trace", "--output", scratch / "trace.json", "--ring", 1, "--", "i=0; while [ $i -lt 300 ]; do i=$((i+1)); ls / >/dev/null; done; exit 3")
    assert done.returncode == 3, done.stderr.decode()
    trace = json.loads((scratch / "trace.json").read_text())
    assert trace_check.check(trace) == []
    assert trace["otherData"]["lost"] > 0 and b"are lost" in done.stderr, done.stderr.decode()


def test_trace_prints_calls_like_strace(_scratch):
    done = script("trace", "--strace", "--", "echo one >/tmp/file; cat /tmp/file")
    assert done.returncode == 0 and done.stdout == b"one\n", done.stderr.decode()
    text = done.stderr.decode()
    assert re.search(r'write\(1, "one\\n", 4\)\s*= 4', text) and re.search(r'open(at)?\(.*"/tmp/file".*\)\s*= \d', text), text[-1000:]


def test_bootchart_has_a_bar_for_each_service(scratch):
    done = script("bootchart", "--output", scratch / "boot.svg")
    assert done.returncode == 0, done.stderr.decode()
    listed = set(SERVICE.findall(script("run", "--init", "openrc", "--", "rc-status -a").stdout.decode()))
    root = xml.etree.ElementTree.parse(scratch / "boot.svg").getroot()
    bars = boot_tests.bars(root, "service")
    drawn = [bar[0].text.split(":")[0] for bar in bars]
    assert len(listed) > 5 and sorted(drawn) == sorted(listed), (drawn, listed)
    assert not boot_tests.outside(root), boot_tests.outside(root)[:3]
    subprocess.run(["rsvg-convert", "-o", scratch / "boot.png", scratch / "boot.svg"], check=True)
    picture = png.Png((scratch / "boot.png").read_bytes())
    assert (picture.width, picture.height) == (int(root.get("width")), int(float(root.get("height"))))
    for bar in bars:
        x, y, width, height = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
        colour = "#%02x%02x%02x" % picture.pixel(int(x + width / 2), int(y + height / 2))
        assert colour == bar.get("fill") or width < 3, (bar[0].text, colour)


def test_crash_report_of_a_real_death(scratch):
    log = scratch / "log"
    assert script("run", "--log", log, "--", "sh -c 'kill -SEGV $$'").returncode == 139
    done = script("crash-report", log, "--json")
    (found,) = json.loads(done.stdout)["reports"]
    assert done.returncode == 0 and (found["cause"], found["signal"], found["process"]["name"]) == ("signal-sent", "SIGSEGV", "sh"), found["why"]
