# SPDX-License-Identifier: MIT
"""Reports of the kernel's own end (docs/reports.md), compared field by field with the file that was booted."""
import json
import re
import subprocess
import tempfile
from pathlib import Path

import build
import qemu
import report
import tree

PANICKED = 2 * 2 + 1  # QEMU's status after the kernel's panic exit


def _crash_log(word):
    """The log of a kernel that ends as test=crash.WORD asks."""
    with tempfile.TemporaryDirectory(prefix="lichen-test-") as scratch:
        log = Path(scratch) / "log"
        process = qemu.start([*qemu.machine(64, 1, "tcg"), "-kernel", str(build.kernel_file()), "-append", f"panic=exit test=crash.{word}",
                              *qemu.debug_log(log), *qemu.debug_exit(), "-nic", "none", "-serial", "null"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            status = process.wait(60)
        finally:
            qemu.stop(process)
        text = log.read_text(errors="replace")
    assert status == PANICKED, (status, text[-300:])
    return text


def _crash(word):
    text = _crash_log(word)
    reports = report.find(text)
    assert len(reports) == 1 and reports[0].kind == "kernel" and reports[0].complete, text[-300:]
    assert re.search(r"^\[ *\d+\.\d+\] panic: ", text, re.M) and text.endswith("Lichen: stopped\n"), text[-100:]
    return reports[0]


def _is_whole(found, function):
    """Which kernel it was, where it stopped, and every event that its ring kept."""
    notes = subprocess.run(["readelf", "-n", build.kernel_file()], capture_output=True, text=True, check=True).stdout
    assert found.first("kernel").raw("build") == re.search(r"Build ID: (\w+)", notes)[1], found.first("kernel")
    names = [frame.text("symbol") for frame in found.all("frame")]
    assert names[0].startswith(function) and any(name.startswith("boot_high_half+") for name in names), names
    assert 1 <= len(found.all("stack")) <= 8, found.all("stack")  # fewer at the top of the stack
    events = found.first("events")
    assert len(found.all("event")) == events.number("end") - events.number("first"), events
    assert all(event.time("time") is not None and event.number("kind") for event in found.all("event"))


def test_report_of_a_kernel_assertion(_which):
    found = _crash("assert")
    _is_whole(found, "crash_assert")
    assert re.fullmatch(r"assertion one == 2 at microkernel/test/crash\.c:\d+", found.first("reason").text("text")), found.first("reason")
    assert not found.first("reason").has("vector")


def _trap(word, function, vector, error, address=None):
    found = _crash(word)
    _is_whole(found, function)
    assert found.first("reason").raw("access") == ("write" if vector == 14 else "-"), found.first("reason")
    reason, registers, code = found.first("reason"), found.registers(), found.first("code")
    assert (reason.number("vector"), reason.number("error")) == (vector, error) and address in (None, reason.number("address")), reason
    assert found.first("frame").number("rip") == registers["rip"] and len(registers) == 20, registers
    assert code.number("start") == registers["rip"] - 32 and len(code.bytes("bytes")) == 64, code
    assert code.bytes("bytes") in build.kernel_file().read_bytes()
    return code.bytes("bytes")[32:]


def test_report_of_a_kernel_null_write(_which):
    _trap("null", "crash_null", 14, 2, 0x18)


def test_report_of_a_kernel_undefined_instruction(_which):
    assert _trap("undefined", "crash_undefined", 6, 0)[:2] == b"\x0f\x0b"


def _told(log):
    """What scripts/crash-report makes of a log: its one report."""
    done = subprocess.run([tree.TOP / "scripts" / "crash-report", "--json", "-"], input=log, capture_output=True, text=True, check=True)
    found, = json.loads(done.stdout)["reports"]
    return found


def test_report_of_a_kernel_is_explained(_which):
    log = _crash_log("null")
    found = _told(log)
    assert found["cause"] == "null-dereference" and found["where"]["symbol"].startswith("crash_null"), found["where"]
    assert found["where"]["source"].startswith("microkernel/test/crash.c:") and not found["problems"], found["problems"]
    other = _told(re.sub(r"kernel build=\w{4}", "kernel build=0000", log))
    assert other["where"]["symbol"] is None and "symbols do not match" in str(other["problems"]), other["problems"]
