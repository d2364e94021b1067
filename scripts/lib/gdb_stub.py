# SPDX-License-Identifier: MIT
"""A machine that waits for gdb: QEMU with its stub on a unix socket, its command served meanwhile; and what gdb must be told first.

QEMU stops at its first instruction until gdb lets it go, and ends with the `with` block. Shared by scripts/debug and
scripts/gdb-investigate.
"""
import contextlib
import json
import socket
import subprocess
import threading
import time
from pathlib import Path

import archive
import build
import channel
import qemu
import run
import system
import tree

START_SECONDS = 30
# What every gdb session here starts with; the Python modules of lib/gdb read the guest's own structures.
PRELUDE = """set pagination off
set confirm off
set width 0
set debuginfod enabled off
set architecture i386:x86-64
set stack-cache off
set code-cache off
set remotetimeout 30
python import sys; sys.path[:0] = [{gdb!r}, {lib!r}]
"""


def settings(arguments):
    """scripts/run's options for a direct boot that gdb can follow."""
    parsed = run.parse(["--boot", "direct", *arguments])
    if parsed.linux:
        raise tree.Failure("--linux cannot be debugged here: its package has no symbols")
    return parsed


def server_files():
    """The native programs of the archive, unstripped as the build made them: {name: path}."""
    staged = archive.staging_dir() / "lichen"
    names = ["supervisor", *sorted(path.name for folder in ("servers", "drivers") for path in (staged / folder).glob("*"))]
    found = {}
    for name in names:
        places = [tree.build_dir() / folder / name / name for folder in ("servers", "drivers")]
        found.update({name: place for place in places if place.is_file()})
    return found


def message_names():
    """{service: {number: name}} of every protocol."""
    found = {}
    for path in (tree.build_dir() / "protocol").glob("*_messages.json"):
        described = json.loads(path.read_text())
        found[described["service"]] = {message["number"]: message["name"] for message in described["messages"]}
    return found


def program_files():
    """What lib/gdb has to know of the build."""
    return {"kernel": str(build.kernel_file()), "servers": {name: str(path) for name, path in server_files().items()},
            "messages": message_names()}


def prelude():
    lib = tree.TOP / "scripts" / "lib"
    return PRELUDE.format(gdb=str(lib / "gdb"), lib=str(lib))


class Machine:
    """`stub`: gdb's socket; `status`: of the guest's command, None while there is none; `log`, `console`: the kernel's and the guest's."""

    def __init__(self, chosen, scratch, name, outputs):
        self.stub, self.chosen, self.scratch, self.process = scratch / "gdb", chosen, scratch, None
        self.log = run.log_path(chosen, name)
        self.console, self.words = Path(f"{self.log}.console"), Path(f"{self.log}.qemu")
        self.protocol, self.outputs = None, outputs

    @property
    def status(self):
        return self.protocol.exit_status() if self.protocol and self.protocol.wait_status is not None else None

    def _serve(self, listener):
        link = listener.accept()[0]
        self.protocol = channel.Protocol(self.chosen.command, link.sendall, self.outputs)
        with contextlib.suppress(tree.Failure, OSError):
            while data := link.recv(65536):
                self.protocol.feed(data)

    def _channel(self):
        if self.chosen.command is None:
            return []
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.scratch / "channel"))
        listener.listen(1)
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        return qemu.channel(self.scratch / "channel")

    def start(self):
        boot = system.Lichen(self.chosen).boot_arguments(self.scratch)
        arguments = [*qemu.machine(self.chosen.memory, self.chosen.smp, "tcg"), *boot, "-nic", "none", "-S",
                     *qemu.debug_log(self.log), *qemu.debug_exit(), *qemu.console_file(self.console), *self._channel(),
                     "-gdb", f"unix:{self.stub},server=on,wait=off"]
        with open(self.words, "wb") as words:
            self.process = qemu.start(arguments, stdin=subprocess.DEVNULL, stderr=words)
        limit = time.monotonic() + START_SECONDS
        while not self.stub.exists():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise tree.Failure(self.last_words() or "QEMU did not start")
            time.sleep(0.02)

    def last_words(self):
        """The last line of a QEMU that did not start, or None."""
        lines = self.words.read_text(errors="replace").strip().splitlines() if self.process.poll() else []
        return f"QEMU ended: {lines[-1]}" if lines else None


@contextlib.contextmanager
def machine(chosen, scratch, name, outputs):
    """`outputs`: descriptors for what the command writes, O and E."""
    waiting = Machine(chosen, scratch, name, outputs)
    try:
        waiting.start()
        yield waiting
    finally:
        if waiting.process:
            qemu.stop(waiting.process)
