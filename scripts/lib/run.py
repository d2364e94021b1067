# SPDX-License-Identifier: MIT
"""scripts/run: boot Lichen, or with --linux Debian's own kernel, in QEMU; to the login or for one command.

With a COMMAND nothing but its own output goes to standard output and error; what this program has to say goes into the log.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import archive
import channel
import qemu
import run_notes
import session
import system
import tree

LOGS_KEPT = 20
EPILOG = """
With COMMAND: runs it with /bin/sh -c as root in the guest, prints exactly its output, exits with its status (128+n for a
signal, 124 on time-out, 125 when the system itself failed) and powers off. Without: boots to the login on this terminal
(Ctrl-A X ends QEMU).
The command's standard input is /dev/null. --timeout counts from QEMU's start, building aside.
GUESTPATH is seen from /, and one that ends in / is the folder to add to; the default is /. --add FOLDER:/ merges the folder
into the root. --log FILE: beside the kernel's log FILE lie FILE.console, what the serial console showed, and FILE.notes, what
this command did; with --linux the console is the log. Only with --linux for now: --disk, --forward, --root IMAGE, and more than
one CPU (--smp N boots on one here).
Environment: LICHEN_BUILD, LICHEN_CACHE (directories), LICHEN_ACCEL (tcg or kvm), LICHEN_BUILT (set: do not look whether
the build is up to date).
"""


def parser():
    result = tree.Parser(prog="run", usage="run [options] [-- COMMAND...]", epilog=EPILOG,
                                     description="Boot in QEMU, to the login or to run one command.",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = result.add_argument
    add("--boot", choices=("iso", "direct"), help="through GRUB, or straight by QEMU (default: direct with COMMAND, else iso)")
    add("--init", choices=("openrc", "command"), help="what PID 1 is (default: command with COMMAND, else openrc)")
    add("--add", action="append", default=[], metavar="HOSTPATH[:GUESTPATH]", help="put a file or folder into the guest")
    add("--root", type=Path, metavar="DIR|IMAGE", help="another root file system")
    add("--disk", type=Path, action="append", default=[], metavar="IMAGE", help="attach a raw image as a virtio disk (with --linux)")
    add("--smp", type=int, default=1, metavar="N", help="number of CPUs (default 1)")
    add("--memory", default="512", metavar="M", help="memory in MB (default 512)")
    add("--append", action="append", default=[], metavar="WORDS", help="words for the kernel command line")
    add("--forward", action="append", default=[], metavar="[tcp:|udp:]HOST:GUEST", help="forward a host port (with --linux)")
    add("--timeout", type=float, metavar="S", help="end the guest S seconds after QEMU started, status 124")
    add("--log", type=tree.output_file, metavar="FILE", help="where the boot log goes (default: build/log/)")
    add("--linux", action="store_true", help="the same on Debian's own Linux kernel")
    return result


def _forward(text):
    match = re.fullmatch(r"(?:(tcp|udp):)?(\d+):(\d+)", text)
    if not match:
        raise tree.Failure(f"--forward {text}: expected [tcp:|udp:]HOST:GUEST")
    return match.group(1) or "tcp", int(match.group(2)), int(match.group(3))


def parse(arguments):
    command = None
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, words = arguments[:cut], arguments[cut + 1:]
        if not words:
            raise tree.Failure("no COMMAND after --")
        command = " ".join(words)
    options = parser().parse_args(arguments)
    options.command = command
    options.boot = options.boot or ("direct" if command is not None or options.linux else "iso")
    options.init = options.init or ("command" if command is not None else "openrc")
    if options.init == "command" and command is None:
        raise tree.Failure("--init command needs a COMMAND")
    options.forward = [_forward(text) for text in options.forward]
    options.append = " ".join(options.append).split()
    options.add = [archive.parse_addition(text) for text in options.add]
    _check(options)
    return options


def _check(options):
    for path in [*options.disk, *([options.root] if options.root else [])]:
        if not path.exists():
            raise tree.Failure(f"{path}: no such file or folder")
    for image in options.disk:
        if image.is_dir():
            raise tree.Failure(f"{image}: is a folder, not a disk image")
    if not 1 <= options.smp <= 255:
        raise tree.Failure("--smp: expected 1 to 255")
    if not re.fullmatch(r"[1-9]\d*[MG]?", options.memory):
        raise tree.Failure("--memory: expected a number of megabytes")
    if options.timeout is not None and options.timeout <= 0:
        raise tree.Failure("--timeout: expected a positive number of seconds")
    qemu.check_installed()


def log_path(options, name="run"):
    if options.log:
        return options.log.resolve()
    directory = tree.build_dir("log")
    old = sorted(directory.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime)
    for path in old[:-LOGS_KEPT]:
        path.unlink(missing_ok=True)
    return directory / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"


Logs = collections.namedtuple("Logs", "kernel console notes")


def _logs(options, target):
    """The boot log proper is the kernel's (on Linux that is the console); what else there is lies beside it."""
    path = log_path(options)
    for old in (path, Path(f"{path}.console"), Path(f"{path}.notes")):
        old.unlink(missing_ok=True)
    notes = Path(f"{path}.notes")
    run_notes.write(notes, options)
    return Logs(path, path if target.log_is_console else Path(f"{path}.console"), notes)


def machine_arguments(options, target, logs, scratch):
    accel = qemu.accelerator()
    tree.progress(f"booting {target.name} in QEMU ({accel}), {options.memory} MB, {options.smp} CPU(s)")
    arguments = qemu.machine(options.memory, options.smp, accel) + target.boot_arguments(scratch)
    if not target.log_is_console:
        arguments += qemu.debug_log(logs.kernel) + qemu.debug_exit()
    arguments += qemu.console_file(logs.console) if options.command is not None else qemu.console_terminal()
    for number, image in enumerate(target.disks()):
        arguments += qemu.disk(image, number)
    return arguments + (qemu.network(options.forward) if options.forward else ["-nic", "none"])


def run_command(options, target, scratch, protocol=channel.Protocol):
    """`protocol`: what serves the command channel."""
    logs = _logs(options, target)
    with open(logs.notes, "a") as notes:
        if not sys.stderr.isatty():
            tree.progress_quiet(notes)
        try:
            arguments = machine_arguments(options, target, logs, scratch)
            return session.run(arguments, options, logs, target.panic_marks, scratch, protocol)
        except tree.Failure as failure:
            where = next((str(path) for path in (logs.kernel, logs.console) if path.exists()), None)
            known = f" (boot log: {where})" if where and where not in str(failure) else ""
            raise tree.Failure(f"{failure}{known}", failure.status) from None


def run_terminal(options, target, scratch):
    logs = _logs(options, target)
    process = qemu.start(machine_arguments(options, target, logs, scratch))
    try:
        code = process.wait(options.timeout)
    except subprocess.TimeoutExpired:
        raise tree.Failure("time-out", 124) from None
    finally:
        qemu.stop(process)
    if code:
        raise tree.Failure(f"QEMU ended with status {code}")
    return 0


def command(arguments):
    options = parse(arguments)
    target = system.Linux(options) if options.linux else system.Lichen(options)
    with tempfile.TemporaryDirectory(prefix="lichen-run-") as scratch:
        runner = run_terminal if options.command is None else run_command
        return runner(options, target, Path(scratch))


if __name__ == "__main__":
    tree.main(command, "run")
