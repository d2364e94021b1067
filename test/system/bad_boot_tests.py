# SPDX-License-Identifier: MIT
"""Boots that are given something bad: an archive, a command line, a manifest, a program, or too little memory.

Each says in its log what is wrong with what, and ends by itself: whoever is not concerned goes on, and where nothing can go on there
is a panic that names the culprit, scripts/run's status 125. A boot that has to be killed has failed.
"""
import re
import struct
import subprocess
import tempfile
from pathlib import Path

import archive
import build
import iso
import qemu
import tree

BOOT_SECONDS = 60
PANICKED = 2 * 2 + 1  # QEMU's status after the kernel's panic exit
MANIFEST = "lichen/policy/manifest.lua"
WORDS = ["panic=exit", "init=/sbin/lichen-agent"]


def _boot(arguments, scratch):
    """QEMU's exit status and the kernel's log."""
    log = scratch / "log"
    process = qemu.start([*qemu.machine(256, 1, qemu.accelerator()), *arguments, *qemu.debug_log(log), *qemu.debug_exit(),
                          "-nic", "none", "-serial", "null"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        status = process.wait(BOOT_SECONDS)
    except subprocess.TimeoutExpired:
        status = None
    finally:
        qemu.stop(process)
    return status, log.read_text(errors="replace") if log.exists() else ""


def _panics(boot_arguments, *lines):
    """The boot ends in a panic, and the log has these lines. boot_arguments: of the scratch folder."""
    with tempfile.TemporaryDirectory(prefix="lichen-test-") as scratch:
        status, log = _boot(boot_arguments(Path(scratch)), Path(scratch))
    assert status is not None, f"no end; the log's last line: {log.strip().splitlines()[-1:]}"
    assert status == PANICKED, f"QEMU's status {status}; {log[-200:]}"
    _has(log, *lines)


def _has(log, *lines):
    for line in lines:
        assert re.search(line, log, re.M), f"no line {line!r}: {[text for text in log.splitlines() if 'thread' not in text][-6:]}"


def _direct(data):
    """Arguments for QEMU to boot with these bytes as the archive, None: without one."""
    def arguments(scratch):
        (scratch / "archive").write_bytes(data or b"")
        module = [] if data is None else ["-initrd", str(scratch / "archive")]
        return ["-kernel", str(build.kernel_file()), *module, "-append", " ".join(WORDS)]
    return arguments


def _through_grub(scratch):
    """An ISO whose archive is empty."""
    (scratch / "archive").write_bytes(b"")
    iso.make(scratch / "iso", scratch / "archive", WORDS)
    return ["-cdrom", str(scratch / "iso")]


def _good_archive():
    return build.root_archive().read_bytes()


def _entry(data, name):
    """Where the header of a file's entry lies."""
    place = data.find(name.encode() + b"\0") - 110
    assert place > 0 and data[place:place + 6] == b"070701", f"{name} is not in the archive"
    return place


def _run(*arguments, command="echo hi; date +%Y >/dev/null"):
    """Status, output and log of scripts/run."""
    with tempfile.TemporaryDirectory(prefix="lichen-test-") as scratch:
        log = Path(scratch) / "log"
        done = subprocess.run([str(tree.TOP / "scripts" / "run"), "--timeout", str(BOOT_SECONDS), "--log", str(log), *map(str, arguments),
                               "--", command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.stderr.count("\n") == (1 if done.returncode == 125 else 0), done.stderr
        return done.returncode, done.stdout, log.read_text(errors="replace") if log.exists() else done.stderr


def _run_with(files, *options, **more):
    """As _run with files {guest path: bytes} in place of what lies there."""
    with tempfile.TemporaryDirectory(prefix="lichen-test-") as scratch:
        additions = []
        for number, (path, data) in enumerate(files.items()):
            host = Path(scratch) / str(number)
            host.write_bytes(data)
            host.chmod(0o755)
            additions += ["--add", f"{host}:/{path}"]
        return _run(*additions, *options, **more)


def test_bad_archive_with_a_broken_header(_which):
    data = _good_archive()
    place = _entry(data, "usr")
    _panics(_direct(data[:place] + b"XXXXXX" + data[place + 6:]), rf"vfs: error: boot archive: CORRUPT at byte {place}$",
            r"panic: linux-personality: ended, and the system cannot go on without it$")


def test_bad_archive_cut_in_a_header(_which):
    data = _good_archive()
    place = _entry(data, "usr")
    _panics(_direct(data[:place + 50]), rf"vfs: error: boot archive: CORRUPT at byte {place}$", "panic: linux-personality: ended")


def test_bad_archive_cut_in_a_file(_which):
    data = _good_archive()
    place = _entry(data, "lichen/servers/linux-personality")
    _panics(_direct(data[:place + 8192]), r"supervisor: error: linux-personality: /lichen/servers/linux-personality: CORRUPT$",
            r"panic: linux-personality: cannot be started, and the system cannot go on without it$")


def test_bad_archive_empty_or_none(_which):
    for arguments in (_direct(b""), _direct(None), _through_grub):
        _panics(arguments, "boot: no module$", rf"panic: /{MANIFEST}: there is no boot archive$")


def test_bad_archive_of_something_else(_which):
    for data in (bytes(8192), b"\x7fELF" * 3000, b"070701"):
        _panics(_direct(data), rf"panic: /{MANIFEST}: the boot archive is corrupt$")


def test_bad_command_line_too_long(_which):
    status, output, log = _run("--append", "a" * 3000)
    _has(log, r"boot: the command line has no end, or is cut at 2047 bytes$")
    assert (status, output) == (0, "hi\n"), (status, output)


def test_bad_start_information(_which):
    """QEMU lays a command line of this length over the start information."""
    status, output, log = _run("--append", "a" * 9000)
    assert (status, output) == (125, ""), (status, output)
    _has(log, r"panic: boot: ")


def test_bad_manifest_missing(_which):
    data = _good_archive()
    _panics(_direct(data.replace(MANIFEST.encode() + b"\0", MANIFEST.encode()[:-1] + b"x\0")), rf"panic: /{MANIFEST}: NOT_FOUND$")


def test_bad_manifest_stops_with_its_line(_which):
    good = (archive.staging_dir() / MANIFEST).read_text()
    for text, why in (("return {\n  programs = { {\n", r"manifest\.lua:3: .*expected"),
                      ("local a\nreturn a.b", r"manifest\.lua:2: attempt to index a nil value"),
                      (good.replace("vital = true", "vitel = true"), "linux-personality: vitel is no field of a program"),
                      (good.replace("calls = { keyboard =", "calls = { keyboard = 'x', k ="), "screen: x is served by nobody"),
                      ("while true do end", "instruction"),
                      ("local t = {} for i = 1, 1e9 do t[i] = i end", "memory"),
                      ("return { programs = {} }", "the manifest: holds no program that can be started"),
                      ("\x1bLua", "manifest"), ("", "manifest")):
        status, output, log = _run_with({MANIFEST: text.encode()})
        assert (status, output) == (125, ""), (text, status, output)
        _has(log, rf"panic: .*{why}")


def _ruined(program):
    """Pairs (what the log says, bytes): ways in which a program's file can be bad."""
    data = bytearray((archive.staging_dir() / program).read_bytes())
    entry, headers = struct.unpack_from("<QQ", data, 24)
    for i in range(struct.unpack_from("<H", data, 56)[0]):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", data, headers + 56 * i)
        if kind == 1 and address <= entry < address + size:
            break
    faulty, class32 = bytearray(data), bytearray(data)
    place = offset + entry - address
    faulty[place:place + 2] = b"\x0f\x0b"
    class32[4] = 1
    return (("faulted: vector 6 ", bytes(faulty)), ("cannot be started: CORRUPT$", bytes(data[:len(data) // 2])),
            ("cannot be started: NOT_SUPPORTED$", bytes(class32)), ("cannot be started: CORRUPT$", b""))


def test_bad_driver_is_named_and_the_rest_boots(_which):
    for program in ("rtc", "keyboard", "virtio-rng"):
        for why, data in _ruined(f"lichen/drivers/{program}"):
            status, output, log = _run_with({f"lichen/drivers/{program}": data})
            assert (status, output) == (0, "hi\n"), (program, why, status, log[-300:])
            _has(log, rf"supervisor: error: {program} {why}")


def test_bad_driver_does_not_keep_from_the_login(_which):
    (why, data), *_ = _ruined("lichen/drivers/virtio-rng")
    status, output, log = _run_with({"lichen/drivers/virtio-rng": data}, "--init", "openrc", command="rc-status -r")
    assert (status, output) == (0, "default\n"), (status, output)
    _has(log, f"supervisor: error: virtio-rng {why}")


def test_bad_server_stops_the_system(_which):
    for program in ("linux-personality", "vfs"):
        for why, data in _ruined(f"lichen/servers/{program}"):
            status, output, log = _run_with({f"lichen/servers/{program}": data})
            assert (status, output) == (125, ""), (program, why, status, log[-300:])
            _has(log, rf"supervisor: error: {program} {why}", "panic: linux-personality: ")


def test_bad_memory_too_little(_which):
    enough = 32
    assert _run("--memory", enough)[:2] == (0, "hi\n")
    archive_megabytes = -(-build.root_archive().stat().st_size >> 20)
    refused = set()
    for megabytes in (enough // 8, *range(archive_megabytes, enough)):
        status, output, log = _run("--memory", megabytes)
        if (status, output) == (0, "hi\n"):
            break
        # Not one that was killed for memory's sake is silent about it.
        _has(log, r"too little for this boot archive, which needs \d+ MB|panic: .*NO_MEMORY|Out of memory|panic: memory: |"
             r"error: .*: Cannot allocate memory")
        assert status in (125, 137) or "Out of memory: Killed" in log, (megabytes, status, output)
        refused.add(status)
    assert megabytes < enough and 125 in refused, (megabytes, refused)
