# SPDX-License-Identifier: MIT
"""A run that brings back files from the guest beside its command's output: what scripts/trace and scripts/bootchart record.

The command channel has one stream for output. What the guest sends behind a marker that no command knows is not output: sections, each
a line `NAME LENGTH` and then that many bytes, packed by gzip, for the channel is slow. A section that is cut short is missing.
"""
import gzip
import os
import shlex
import sys
import tempfile
import zlib
from pathlib import Path

import channel
import run
import system
import tree

SECTION_MAX = 1 << 28
# Packs a file of the guest's and sends it as a section; a file that is not there is left out.
SEND = """send() {
	[ -e "$2" ] || return 0
	gzip -1 <"$2" >/tmp/.section 2>/dev/null || return 0
	echo "$1 $(wc -c </tmp/.section)"
	cat /tmp/.section
	rm -f /tmp/.section
}
"""


class Splitter:
    """Bytes before the marker go to `sink`, those behind it into `kept`."""

    def __init__(self, marker, sink):
        self.marker, self.sink = marker, sink
        self.held, self.kept = b"", None

    def feed(self, data):
        if self.kept is not None:
            self.kept += data
            return
        data = self.held + data
        at = data.find(self.marker)
        if at >= 0:
            self.sink(data[:at])
            self.held, self.kept = b"", bytearray(data[at + len(self.marker):])
            return
        sizes = range(min(len(self.marker) - 1, len(data)), 0, -1)
        keep = next((size for size in sizes if self.marker.startswith(data[-size:])), 0)
        self.sink(data[:len(data) - keep])
        self.held = data[len(data) - keep:]

    def end(self):
        self.sink(self.held)


def sections(data):
    """{name: bytes} of what came behind the marker."""
    found, at = {}, 0
    while (end := data.find(b"\n", at)) >= 0:
        name, _, length = data[at:end].decode(errors="replace").partition(" ")
        if not length.isdigit() or end + 1 + int(length) > len(data):
            break
        packed = bytes(data[end + 1:end + 1 + int(length)])
        at = end + 1 + int(length)
        try:
            found[name] = gzip.decompress(packed)
        except (OSError, EOFError, zlib.error):
            break
    return found


def _write_out(file):
    """A sink that writes to the descriptor of an open file, past its buffer."""
    def write(data):
        view = memoryview(data)
        while view:
            view = view[os.write(file.fileno(), view):]
    return write


def _protocol(splitter):
    class Protocol(channel.Protocol):
        def _output(self, descriptor, payload):
            if descriptor == 1:
                splitter.feed(payload)
            else:
                super()._output(descriptor, payload)
    return Protocol


def guest_script(marker, before, command, after, files):
    """The shell script that runs `command` between two others and then sends the files, (name, path) pairs."""
    sends = "\n".join(f"send {shlex.quote(name)} {shlex.quote(path)}" for name, path in files)
    return f"{SEND}{before}\nsh -c {shlex.quote(command)}\nstatus=$?\n{after}\nprintf %s {shlex.quote(marker)}\n{sends}\nexit $status"


def record(options, before, after, files, output=sys.stdout):
    """Run options.command in the guest, its output to `output`; (exit status, {name: bytes of the guest's files})."""
    marker = f"<{os.urandom(12).hex()}>"
    splitter = Splitter(marker.encode(), _write_out(output))
    options.command = guest_script(marker, before, options.command, after, files)
    target = system.Linux(options) if options.linux else system.Lichen(options)
    with tempfile.TemporaryDirectory(prefix="lichen-record-") as scratch:
        try:
            status = run.run_command(options, target, Path(scratch), _protocol(splitter))
        finally:
            splitter.end()
    if splitter.kept is None:
        raise tree.Failure("the guest ended before it sent what was recorded")
    return status, sections(splitter.kept)
