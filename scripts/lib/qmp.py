# SPDX-License-Identifier: MIT
"""QEMU's machine protocol as a test uses it: commands, keys that are pressed, and the picture of the screen.

Keys go by name of QEMU's list, several joined by `-` are pressed together; text goes as a US keyboard would give it.
"""
import json
import socket
import time

CONNECT_SECONDS = 10
KEYS = {" ": "spc", "\n": "ret", "\t": "tab", "-": "minus", "=": "equal", "[": "bracket_left", "]": "bracket_right",
        ";": "semicolon", "'": "apostrophe", "`": "grave_accent", "\\": "backslash", ",": "comma", ".": "dot", "/": "slash"}
SHIFTED = dict(zip('_+{}:"~|<>?!@#$%^&*()', "-=[];'`\\,./1234567890"))


def keys_of(character):
    """The keys to press together for a character."""
    if character in SHIFTED:
        return ["shift", *keys_of(SHIFTED[character])]
    if character.isupper():
        return ["shift", character.lower()]
    return [KEYS.get(character, character)]


class Monitor:
    """One connection to the socket of `-qmp unix:PATH,server=on,wait=off`."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self._connect(str(path))
        self.stream = self.socket.makefile("rw")
        self.stream.readline()
        self.command("qmp_capabilities")

    def _connect(self, path):
        end = time.monotonic() + CONNECT_SECONDS
        while True:
            try:
                return self.socket.connect(path)
            except OSError:
                assert time.monotonic() < end, "QEMU's monitor does not answer"
                time.sleep(0.02)

    def command(self, name, **arguments):
        self.stream.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:
            line = self.stream.readline()
            assert line, f"{name}: QEMU has ended"
            answer = json.loads(line)
            assert "error" not in answer, f"{name}: {answer['error']['desc']}"
            if "return" in answer:
                return answer["return"]

    def press(self, *keys):
        self.command("send-key", keys=[{"type": "qcode", "data": key} for key in keys])

    def type(self, text, pause=0.0):
        for character in text:
            self.press(*keys_of(character))
            time.sleep(pause)

    def memory(self, address, count, scratch):
        """Physical memory, through a file in the scratch directory."""
        self.command("pmemsave", val=address, size=count, filename=str(scratch / "memory"))
        return (scratch / "memory").read_bytes()

    def picture(self, scratch):
        """The screen as a portable pixmap's bytes."""
        self.command("screendump", filename=str(scratch / "screen.ppm"))
        return (scratch / "screen.ppm").read_bytes()
