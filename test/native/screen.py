# SPDX-License-Identifier: MIT
"""screen.py BUILD-DIRECTORY CASE: boots the screen's test program from an ISO, types on the keyboard by QMP, and judges what
the screen shows: VGA text by the characters in its memory, a linear framebuffer by comparing its pixels with the font.

Cases: text-pc, text-q35 (with a random device), linear-q35, none-q35 (by PVH, without a screen).
"""
import functools
import gzip
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts" / "lib"))
BUILD = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
os.environ["LICHEN_BUILD"] = str(BUILD)
import cpio  # noqa: E402
import iso  # noqa: E402
import qmp  # noqa: E402
import screen_text  # noqa: E402

BOOT_SECONDS, KEY_SECONDS, DRAW_SECONDS = 60, 15, 5
COLUMNS, ROWS = 80, 25
DRIVERS = ("keyboard", "power", "screen", "virtio-rng")
# What is typed, and what the program must get: one line of the log each.
KEYS = {
    "a": "61", "shift-z": "5a", "9": "39", "shift-1": "21", "ret": "0d", "backspace": "7f", "tab": "09", "esc": "1b",
    "ctrl-c": "03", "ctrl-backslash": "1c", "alt-x": "1b 78", "up": "1b 5b 41", "left": "1b 5b 44", "home": "1b 5b 31 7e",
    "delete": "1b 5b 33 7e", "pgdn": "1b 5b 36 7e", "f1": "1b 5b 5b 41", "f5": "1b 5b 5b 45", "f12": "1b 5b 32 34 7e",
    "kp_enter": "0d", "slash": "2f", "caps_lock": None, "b": "42", "shift-c": "63", "ctrl-d": "04",
}
PAGE = {0: "Lichen on its screen", 1: "green red reverse under", 2: "┌─┐", 3: "└─┘", 4: "grüß e �|", 5: "┌─┐ dec",
        9: "> ", 19: " " * 10 + "at 20,11"}


def write_archive(path):
    files = {f"lichen/drivers/{name}": BUILD / "root-lichen" / "lichen" / "drivers" / name for name in DRIVERS}
    files["lichen/policy/manifest.lua"] = HERE / "screen.lua"
    files["lichen/test/screen-test"] = BUILD / "test" / "native" / "screen-test"
    with open(path, "wb") as file:
        writer = cpio.Writer(file)
        for number, name in enumerate(sorted(files), 2):
            writer.entry(name.encode(), number, 0o100755, data=files[name].read_bytes())
        writer.finish()


def start(case, scratch):
    mode, machine = case.split("-")
    command = ["qemu-system-x86_64", "-machine", machine, "-accel", "tcg", "-m", "128", "-display", "none", "-no-reboot",
               "-debugcon", f"file:{scratch}/log", "-qmp", f"unix:{scratch}/qmp,server=on,wait=off"]
    write_archive(scratch / "root.cpio")
    if mode == "none":
        command += ["-kernel", BUILD / "microkernel" / "lichen-kernel", "-initrd", scratch / "root.cpio"]
    else:
        if mode == "linear":
            iso.CONFIG = iso.CONFIG.replace("gfxpayload=text", "gfxpayload=auto")
        iso.make(scratch / "test.iso", scratch / "root.cpio", [])
        command += ["-cdrom", scratch / "test.iso"]
    if machine == "q35":
        command += ["-device", "virtio-rng-pci"]
    return subprocess.Popen([str(word) for word in command])


class Log:
    def __init__(self, path):
        self.path = path

    def text(self):
        return self.path.read_text(errors="replace") if self.path.exists() else ""

    def lines(self, pattern):
        return re.findall(pattern + r"[ ]*(.*)", self.text())

    def wait(self, pattern, seconds, count=1):
        end = time.monotonic() + seconds
        while len(self.lines(pattern)) < count:
            assert time.monotonic() < end, f"'{pattern}' was not logged {count} times"
            assert "panic" not in self.text(), "the kernel panicked"
            time.sleep(0.05)
        return self.lines(pattern)


def check_keys(monitor, log):
    count = len(log.lines("SCREEN key"))
    for keys, sent in KEYS.items():
        monitor.press(*keys.split("-"))
        if sent is None:
            time.sleep(0.3)
            continue
        count += 1
        got = log.wait("SCREEN key", KEY_SECONDS, count)[count - 1]
        assert got == sent, f"key {keys} sent '{got}', not '{sent}'"


def text_screen(monitor, log, scratch):
    """The characters of VGA's text memory, and the attributes beside."""
    assert log.lines("SCREEN size") == [f"{COLUMNS} {ROWS}"], f"size {log.lines('SCREEN size')}"
    memory = monitor.memory(0xb8000, COLUMNS * ROWS * 2, scratch)
    lines = [memory[row * COLUMNS * 2:(row + 1) * COLUMNS * 2] for row in range(ROWS)]
    shown = [line[::2].decode("cp437").rstrip() for line in lines]
    colours = (lines[1][1], lines[1][13], lines[1][21])
    assert shown[1] != PAGE[1] or colours == (0x0a, 0x47, 0x70), f"the colours of line 2 are {colours}"
    return shown


@functools.cache
def font():
    """Glyph -> character, of the characters that can be on the page."""
    path = BUILD / "sources/console-setup-linux/usr/share/consolefonts/Uni2-Fixed16.psf.gz"
    data = gzip.decompress(path.read_bytes())
    table, glyphs, glyph = 4 + 512 * 16, {}, 0
    for (value,) in struct.iter_unpack("<H", data[table:]):
        if value == 0xffff:
            glyph += 1
        else:
            glyphs.setdefault(data[4 + glyph * 16:20 + glyph * 16], set()).add(chr(value))
    return glyphs


def linear_line(picture, row, expected):
    """The line as text; where a glyph stands for several characters, the expected one. The underline's row is left out."""
    shown = []
    for column, character in enumerate(expected):
        bits = picture.cell(row, column, 8)
        if bits[14] == 0xff:
            bits = bits[:14] + b"\0" + bits[15:]
        names = screen_text.characters(font(), bits)
        shown.append(character if character in names else min(names))
    return "".join(shown).rstrip()


def linear_screen(monitor, log, scratch):
    picture = screen_text.Picture(monitor.picture(scratch))
    size = f"{picture.width // 8} {picture.height // 16}"
    assert log.lines("SCREEN size") == [size], f"{size}: {log.lines('SCREEN size')}"
    return [linear_line(picture, row, PAGE.get(row, "").ljust(40)) for row in range(ROWS)]


def expected_page(mode):
    page = dict(PAGE)
    if mode == "text":
        page[4] = page[4].replace("�", "?")
    return [page.get(row, "").rstrip() for row in range(ROWS)]


def check_screen(mode, monitor, log, scratch):
    """What was written is drawn soon, but not before the program goes on."""
    show, wanted = text_screen if mode == "text" else linear_screen, expected_page(mode)
    end = time.monotonic() + DRAW_SECONDS
    while (shown := show(monitor, log, scratch)) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    for row, (got, expected) in enumerate(zip(shown, wanted)):
        assert got == expected, f"line {row + 1} shows '{got}', not '{expected}'"


def check_entropy(machine, log):
    readings = log.lines("ENTROPY")
    if machine == "pc":
        assert readings == ["RESTART"] * 3, f"without a device the readings are {readings}"
        return
    assert len(set(readings)) == 3 and all(len(line.split()) == 16 for line in readings), f"readings: {readings}"
    assert "MSI-X" in log.text(), "the random device is not used with interrupts"


def check(case, scratch, log):
    mode, machine = case.split("-")
    monitor = qmp.Monitor(scratch / "qmp")
    log.wait("SCREEN ready", BOOT_SECONDS)
    check_entropy(machine, log)
    if mode == "none":
        assert "screen: there is no such device" in log.text() and "SCREEN is not there" in log.text()
        return
    assert log.lines("SCREEN position") == ["1b 5b 31 30 3b 33 52"], f"position {log.lines('SCREEN position')}"
    check_screen(mode, monitor, log, scratch)
    check_keys(monitor, log)


def main():
    case = sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="lichen-screen-") as name:
        scratch = Path(name)
        log, process = Log(scratch / "log"), start(case, scratch)
        try:
            check(case, scratch, log)
            status = process.wait(KEY_SECONDS)
            assert status == 0, f"QEMU's status is {status}"
        except (AssertionError, subprocess.TimeoutExpired) as failed:
            print(f"{case}: {failed}\n{log.text()[-6000:]}")
            return 1
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
