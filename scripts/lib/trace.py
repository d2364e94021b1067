# SPDX-License-Identifier: MIT
"""scripts/trace: record the whole system while one command runs, as a trace that Perfetto shows, or as its calls in strace's manner.

The guest records into its rings (/proc/lichen/record) from just before the command until just after it; what is fetched then is read,
named and written here. Output and exit status are the command's own; what this program has to say is on standard error.
"""
import shlex
import sys
from pathlib import Path

import recording
import run
import trace_build
import trace_events
import trace_json
import trace_names
import tree

EVENTS = (("events", "/proc/lichen/recording"), ("domains", "/proc/lichen/domains"), ("handles", "/proc/lichen/handles"))
STRACE = (("strace", "/tmp/.strace"),)
RING_MB, RING_MOST_MB = 16, 256
# Those that are traced are the command's shell and what it starts.
STRACED = """sh -c 'echo "$$ +children" >/proc/lichen/trace && exec sh -c "$0"' {command}"""
# The lines wait in a ring of the personality's, which is emptied all the time.
DRAIN = "(while :; do cat /proc/lichen/strace; sleep 0.05; done) >/tmp/.strace & drain=$!"
DRAINED = "kill $drain; wait $drain 2>/dev/null; cat /proc/lichen/strace >>/tmp/.strace"


def parser():
    result = tree.Parser(prog="trace", usage="trace [--output FILE] [--strace] [options] -- COMMAND...",
                         description="Record the system while COMMAND runs in the guest.",
                         epilog="Other options (--memory, --add, --append, ...) are those of scripts/run. Open FILE in ui.perfetto.dev.")
    add = result.add_argument
    add("--output", type=Path, metavar="FILE", help="where the trace goes (Chrome's JSON)")
    add("--strace", action="store_true", help="print the calls of COMMAND's processes on standard error")
    add("--ring", type=int, default=RING_MB, metavar="MB", help=f"memory for events of each CPU (default {RING_MB})")
    return result


def _options(arguments):
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser().parse_known_args(arguments[:cut])
    if not options.output and not options.strace:
        raise tree.Failure("--output FILE or --strace is needed (see --help)")
    if not 1 <= options.ring <= RING_MOST_MB:
        raise tree.Failure(f"--ring: expected 1 to {RING_MOST_MB}")
    settings = run.parse([*rest, *arguments[cut:]])
    if settings.command is None:
        raise tree.Failure("a COMMAND after -- is needed")
    if settings.linux:
        raise tree.Failure("--linux has no such recording")
    return options, settings


def model_of(fetched):
    """The trace of what was fetched from a guest, and how many events it has."""
    found = trace_events.read(fetched["events"])
    texts = [fetched.get(name, b"").decode(errors="replace") for name in ("domains", "handles")]
    builder = trace_build.Builder(trace_names.Names(*texts))
    model = builder.build(found.events)
    for cpu, lost in sorted(found.lost.items()):
        model.notes.append(f"CPU {cpu}: the ring wrapped, {lost} events before the first one here are lost")
    return builder, found


def _write(options, settings, command, fetched):
    if "events" not in fetched:
        raise tree.Failure("the guest sent no events: is it built with them (LICHEN_EVENTS)?")
    builder, found = model_of(fetched)
    model = builder.model
    about = {"command": command, "events": len(found.events), "lost": sum(found.lost.values()), "cpus": settings.smp}
    trace_json.write(model, options.output, about)
    for note in model.notes:
        print(f"trace: {note}", file=sys.stderr)
    print(f"trace: {options.output}: {len(found.events)} events, {len(model.slices)} slices, {len(model.arrows)} arrows", file=sys.stderr)


def command(arguments):
    options, settings = _options(arguments)
    given, before, after, files = settings.command, "", "", ()
    if options.output:
        before, after = f"echo start {options.ring} >/proc/lichen/record || exit 125", "echo stop >/proc/lichen/record"
        files += EVENTS
    if options.strace:
        settings.command = STRACED.format(command=shlex.quote(given))
        before, after = f"{before}\n{DRAIN}", f"{after}\n{DRAINED}"
        files += STRACE
    status, fetched = recording.record(settings, before, after, files)
    if options.strace:
        sys.stderr.write(fetched.get("strace", b"").decode(errors="replace"))
    if options.output:
        _write(options, settings, given, fetched)
    return status


if __name__ == "__main__":
    tree.main(command, "trace")
