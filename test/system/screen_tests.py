# SPDX-License-Identifier: MIT
"""The ISO in a plain QEMU as somebody at a PC meets it: boot to the login on the screen, type on the keyboard, read the picture.

The machine is `qemu-system-x86_64 -m N -cdrom FILE` and nothing else but the display's absence and QEMU's control socket: the default
CPU (no XSAVE, RDRAND, RDTSCP) and no random device. What the screen shows is read off its picture with the font in the card.
"""
import contextlib
import re
import subprocess
import tempfile
import time
from pathlib import Path

import console
import qemu
import qmp
import screen_text
import tree

DISPLAY_CLASS, TEXT_CELL, TEXT_SIZE = 0x300, 9, (720, 400)
POWER_OFF_SECONDS = 120
POLL_SECONDS = 0.3


class Screen:
    """A running machine; lines() is what its screen shows now."""

    def __init__(self, process, scratch):
        self.process, self.scratch = process, scratch
        self.monitor = qmp.Monitor(scratch / "qmp")

    def _card_memory(self):
        devices = [device for bus in self.monitor.command("query-pci") for device in bus["devices"]]
        card = next(device for device in devices if device["class_info"]["class"] == DISPLAY_CLASS)
        return next(region["address"] for region in card["regions"] if region["bar"] == 0)

    def lines(self):
        data = self.monitor.picture(self.scratch)
        picture = screen_text.Picture(data)
        if (picture.width, picture.height) != TEXT_SIZE:
            return []
        font = screen_text.vga_font(self.monitor.memory(self._card_memory(), 256 * 32 * 4, self.scratch))
        # The cursor makes a cell of its own kind.
        return [line.rstrip(screen_text.UNKNOWN + "_") for line in screen_text.text_lines(data, font, TEXT_CELL)]

    def wait(self, pattern, seconds=console.ANSWER_SECONDS):
        """Until a whole line matches; the lines."""
        end = time.monotonic() + seconds
        while True:
            lines = self.lines()
            if any(re.fullmatch(pattern, line) for line in lines):
                return lines
            shown = " / ".join(line for line in lines if line.strip())
            if self.process.poll() is not None:
                raise console.Lost(f"QEMU ended with status {self.process.returncode}; the screen: {shown[-250:]}")
            if time.monotonic() >= end:
                raise console.Lost(f"no line {pattern!r} on the screen: {shown[-250:]}")
            time.sleep(POLL_SECONDS)

    def enter(self, text):
        self.monitor.type(text + "\n", 0.02)


@contextlib.contextmanager
def plain_machine(machine, memory):
    with tempfile.TemporaryDirectory(prefix="lichen-screen-") as name:
        scratch = Path(name)
        tree.tool([str(tree.TOP / "scripts" / "iso"), "--output", str(scratch / "lichen.iso")], "making the ISO")
        process = qemu.start([qemu.BINARY, "-machine", machine, "-m", str(memory), "-cdrom", str(scratch / "lichen.iso"),
                              "-display", "none", "-qmp", f"unix:{scratch}/qmp,server=on,wait=off"], stdin=subprocess.DEVNULL)
        try:
            yield Screen(process, scratch)
        finally:
            qemu.stop(process)


def _log_in(screen):
    screen.wait(r"\S+ login: ?", console.BOOT_SECONDS)
    screen.enter("root")
    screen.wait(r"[Pp]assword: ?")
    screen.enter("lichen")
    screen.wait(r".*# ?")


def _power_off(screen):
    screen.enter("poweroff")
    try:
        status = screen.process.wait(POWER_OFF_SECONDS)
    except subprocess.TimeoutExpired:
        raise console.Lost("the machine does not switch off") from None
    assert status == 0, f"QEMU's status is {status}"


def _session(machine, memory):
    with plain_machine(machine, memory) as screen:
        _log_in(screen)
        screen.enter("echo $((6*7))x `uname -m | tr a-z A-Z`")
        lines = screen.wait(r"42x X86_64")
        assert any(line.endswith("# echo $((6*7))x `uname -m | tr a-z A-Z`") for line in lines), f"what was typed is not there: {lines}"
        assert not any("lichen" in line for line in lines if "assword" in line), "the password was shown"
        _power_off(screen)


def test_screen_login_pc(_):
    _session("pc", 256)


def test_screen_login_q35(_):
    _session("q35", 256)


def test_screen_login_in_64_mb(_):
    _session("pc", 64)


def test_screen_reboot(_):
    """The machine starts anew through firmware and GRUB: what lay in memory is gone."""
    with plain_machine("q35", 256) as screen:
        _log_in(screen)
        screen.enter("echo kept > /var/tmp/before; cat /var/tmp/before; reboot")
        screen.wait("kept")
        _log_in(screen)
        screen.enter("cat /var/tmp/before")
        screen.wait("cat: .*/var/tmp/before.*: No such file or directory")
        _power_off(screen)
