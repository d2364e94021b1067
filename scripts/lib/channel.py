# SPDX-License-Identifier: MIT
"""The host's end of the command channel (boot/agent/README.md): feeds the command, sorts the guest's frames.

Bytes from the guest are not trusted: an unknown frame type or an absurd length ends the run as a failure of the system.
"""
import os
import struct

import tree

PROTOCOL_VERSION = 1
FRAME_MAX = 1 << 20
COMMAND_MAX = 131071


class Protocol:
    """Turns the byte stream into events; `reply` sends bytes to the guest, `outputs` are descriptors for O and E."""

    def __init__(self, command, reply, outputs):
        text = command.encode(errors="surrogateescape")
        if len(text) > COMMAND_MAX:
            raise tree.Failure("the command is longer than 128 KiB")
        if b"\0" in text:
            raise tree.Failure("the command holds a NUL byte")
        self.request = struct.pack("<I", len(text)) + text
        self.reply, self.outputs = reply, outputs
        self.pending = bytearray()
        self.hello = False
        self.wait_status = None

    def feed(self, data):
        self.pending += data
        start = 0
        while self.wait_status is None and len(self.pending) - start >= 5:
            kind, size = chr(self.pending[start]), struct.unpack_from("<I", self.pending, start + 1)[0]
            if kind not in "HGOEXF" or size > FRAME_MAX:
                raise tree.Failure("the guest sent a damaged frame on the command channel")
            if len(self.pending) - start - 5 < size:
                break
            self._frame(kind, bytes(self.pending[start + 5:start + 5 + size]))
            start += 5 + size
        del self.pending[:start]

    def _frame(self, kind, payload):
        if kind in "OE":
            self._output(self.outputs[kind], payload)
        elif kind == "H":
            if payload != bytes([PROTOCOL_VERSION]):
                raise tree.Failure("the guest's agent speaks another protocol version")
            self.hello = True
        elif kind == "F":
            raise tree.Failure(f"the guest could not run the command: {payload.decode(errors='replace')}")
        elif len(payload) != 4:
            raise tree.Failure("the guest sent a damaged frame on the command channel")
        elif kind == "G":
            count = struct.unpack("<I", payload)[0]
            self.reply(self.request[:count])
            self.request = self.request[count:]
        else:
            self.wait_status = struct.unpack("<I", payload)[0]

    def _output(self, descriptor, payload):
        view = memoryview(payload)
        while view:
            view = view[os.write(descriptor, view):]

    def exit_status(self):
        return exit_status(self.wait_status)


def exit_status(wait_status):
    """A wait status as a shell reports it: 128+n for a signal."""
    signal_number = wait_status & 0x7F
    return 128 + signal_number if signal_number else wait_status >> 8 & 0xFF
