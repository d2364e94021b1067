# SPDX-License-Identifier: MIT
"""scripts/bootchart: boot to the login with OpenRC, recording from reset, and draw what happened.

The kernel records from its first moment (lichen.record=MB on its command line); the agent, which OpenRC starts beside the login, stops
the recording once the login waits and sends it. The events themselves can be kept too, for Perfetto.
"""
import sys
import tempfile
from pathlib import Path

import boot_data
import boot_picture
import qemu
import recording
import run
import trace
import trace_json
import tree

RING_MB = 32
# The login is there a moment after the agent; rc-status would be in the picture if it ran before the end of the recording.
WAIT = "for i in 1 2 3 4 5 6 7 8 9 10; do pidof getty >/dev/null && break; sleep 0.2; done; sleep 0.5; "
COMMAND = WAIT + "echo stop >/proc/lichen/record; rc-status -a >/tmp/.services 2>/dev/null"
FILES = (*trace.EVENTS, ("services", "/tmp/.services"))


def parser():
    result = tree.Parser(prog="bootchart", usage="bootchart --output FILE [options]",
                         description="Boot to the login and draw the boot as SVG.",
                         epilog="Other options (--memory, --add, --append, ...) are those of scripts/run.")
    result.add_argument("--output", type=Path, required=True, metavar="FILE", help="where the picture goes (SVG)")
    result.add_argument("--trace", type=Path, metavar="FILE", help="also write the trace, as scripts/trace does")
    return result


def _settings(rest, scratch):
    if "--" in rest:
        raise tree.Failure("a boot chart runs no COMMAND")
    settings = run.parse(["--init", "openrc", *rest, "--", COMMAND])
    if settings.linux:
        raise tree.Failure("--linux has no such recording")
    settings.append.append(f"lichen.record={RING_MB}")
    settings.log = settings.log or scratch / "kernel.log"
    return settings


def command(arguments):
    options, rest = parser().parse_known_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lichen-bootchart-") as scratch:
        settings = _settings(rest, Path(scratch))
        status, fetched = recording.record(settings, "", "", FILES)
        if status or "events" not in fetched:
            raise tree.Failure("the guest sent no events: is it built with them (LICHEN_EVENTS)?")
        log = settings.log.read_text(errors="replace")
    builder, found = trace.model_of(fetched)
    listed = boot_data.services(fetched.get("services", b"").decode(errors="replace"))
    machine = f"{settings.memory} MB, {settings.smp} CPU{'s' if settings.smp > 1 else ''}, QEMU {qemu.accelerator()}"
    picture = boot_data.boot(builder, log, listed, machine)
    boot_picture.draw(picture, options.output)
    if options.trace:
        trace_json.write(builder.model, options.trace, {"command": "boot", "events": len(found.events)})
    print(f"bootchart: {options.output}: {picture.title}; {len(picture.services)} services", file=sys.stderr)
    return 0


if __name__ == "__main__":
    tree.main(command, "bootchart")
