# SPDX-License-Identifier: MIT
"""run.py BUILD-DIRECTORY: boots the kernel with the drivers and the native test program, plays the other end of COM2, and
judges: every test must have logged PASS, COM1 must have received exactly what the test wrote, and the machine must have
been switched off. Prints the log when something is wrong."""
import re
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts" / "lib"))
import cpio  # noqa: E402
import report  # noqa: E402

TIMEOUT_S = 60
QEMU = ["qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "max,-erms", "-m", "128", "-display", "none",
        "-no-reboot"]


def write_archive(build, path):
    drivers = build / "root-lichen" / "lichen" / "drivers"
    files = {f"lichen/drivers/{name}": drivers / name for name in ("power", "rtc", "serial")}
    files["lichen/policy/manifest.lua"] = HERE / "manifest.lua"
    for name in ("native-test", "native-victim"):
        files[f"lichen/test/{name}"] = build / "test" / "native" / name
    with open(path, "wb") as file:
        writer = cpio.Writer(file)
        for number, name in enumerate(sorted(files), 2):
            writer.entry(name.encode(), number, 0o100755, data=files[name].read_bytes())
        writer.finish()


def echo(path):
    """Sends back what comes, until the other end is gone."""
    connection = socket.socket(socket.AF_UNIX)
    for _ in range(200):
        try:
            connection.connect(str(path))
            break
        except OSError:
            threading.Event().wait(0.02)
    try:
        while data := connection.recv(4096):
            connection.sendall(data)
    except OSError:
        pass


def run(build, scratch):
    write_archive(build, scratch / "root.cpio")
    threading.Thread(target=echo, args=(scratch / "com2",), daemon=True).start()
    command = QEMU + [
        "-kernel", build / "microkernel" / "lichen-kernel", "-initrd", scratch / "root.cpio",
        "-debugcon", f"file:{scratch}/log", "-serial", f"file:{scratch}/com1",
        "-chardev", f"socket,id=com2,path={scratch}/com2,server=on,wait=off", "-serial", "chardev:com2"]
    try:
        status = subprocess.run([str(word) for word in command], timeout=TIMEOUT_S, check=False).returncode
    except subprocess.TimeoutExpired:
        status = "none: it had to be stopped"
    return status, (scratch / "log").read_text(errors="replace"), (scratch / "com1").read_bytes()


def expected_console():
    lines = [bytes([ord("a") + i % 26]) * 60 + b"\r\n" for i in range(1000)]
    return b"".join(lines) + b"written through the serial driver\r\n"


# What the supervisor must say of each victim.
VICTIMS = {
    "fault": r"faulted: vector 14 error 0x6 address 0x10\b",
    "code": r"faulted: vector 14 error 0x15 address 0x4",
    "exit": r"exited with code 3\b",
    "fpu": r"faulted: vector 7 ",
    "memory": r"faulted: vector 14 error 0x4 address 0x100000000000\b",
    "kernel": r"faulted: vector 14 error 0x5 address 0xffffffff80101000\b",
    "port": r"faulted: vector 13 error 0x0 ",
    "mmio": r"faulted: vector 14 error 0x4 address 0xb8000\b",
    "interrupt": r"faulted: vector 13 error 0x0 ",
    "serving": r"exited with code 4\b",
    "working": r"faulted: vector 14 error 0x6 address 0x0\b",
}


def _symbols(build):
    """(address, name) of the victim's functions, and its build id."""
    program = build / "test" / "native" / "native-victim"
    names = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    notes = subprocess.run(["readelf", "-n", program], capture_output=True, text=True, check=True).stdout
    return ({fields[2]: int(fields[0], 16) for line in names.splitlines() if len(fields := line.split()) == 3},
            re.search(r"Build ID: (\w+)", notes)[1], program.read_bytes())


def judge_report(found, how, victim):
    """What is wrong with the report of a victim that faulted."""
    addresses, build_id, image = victim
    server, reason, registers = found.first("server"), found.first("reason"), found.registers()
    said = re.match(r"faulted: vector (\d+) (?:error (\w+))?", VICTIMS[how])
    if not found.complete or found.kind != "server" or server.raw("build") != build_id or not server.number("domain"):
        yield f"{found.kind} {found.problems} {server}"
    if reason.number("vector") != int(said[1]) or (int(said[1]) == 14 and reason.number("error") != int(said[2] or "0", 16)):
        yield f"{reason}"
    code = found.first("code")
    text = [row for row in found.maps() if row[0] <= registers["rip"] < row[1]]
    if how != "code" and (len(text) != 1 or "x" not in text[0][2] or code.bytes("bytes") not in image or len(code.bytes("bytes")) != 64):
        yield f"{text} {code}"
    if found.first("frame").number("rip") != registers["rip"] or not found.all("stack"):
        yield f"{found.first('frame')}, {len(found.all('stack'))} lines of stack"
    if how != "code" and not any(addresses["main"] <= frame.number("rip") < addresses["main"] + 0x200 for frame in found.all("frame")):
        yield f"no frame of main: {found.all('frame')}"


def judge_reports(log, victim):
    reports = {found.first("server").text("name"): found for found in report.find(log)}
    for how, said in VICTIMS.items():
        found = reports.get(f"victim.{how}")
        if not said.startswith("faulted"):
            if not found or not found.complete or found.first("server").raw("state") != "exited":
                yield f"report of victim {how}: {found.facts if found else 'none'}"
            continue
        for problem in judge_report(found, how, victim) if found else ["none"]:
            yield f"report of victim {how}: {problem}"
    work = reports["victim.working"].first("serving") if "victim.working" in reports else None
    if not work or (work.text("name"), work.number("message"), work.numbers("words")[:1]) != ("native-test", 7, [0x1234]):
        yield f"report of victim working: {work}"
    reason = reports["victim.fault"].first("reason") if "victim.fault" in reports else None
    if not reason or (reason.number("address"), reason.raw("access")) != (0x10, "write"):
        yield f"report of victim fault: {reason}"


def judge(status, log, console):
    source = (HERE / "main.c").read_text()
    for name in re.findall(r'^\t\{ "(\w+)", test_', source, re.M):
        verdict = re.search(rf"TEST {name} (.*)", log)
        if not verdict or verdict.group(1) != "PASS":
            yield f"{name}: {verdict.group(1) if verdict else 'no verdict'}"
    for how, said in VICTIMS.items():
        if not re.search(rf"supervisor: (error: |warning: )?victim\.{how} {said}", log):
            yield f"victim {how}: its end was not told"
    if not console.endswith(expected_console()):
        yield f"COM1 received {len(console)} bytes that do not end in what was written"
    if status != 0:
        yield f"QEMU's status: {status}"
    if "panic" in log:
        yield "the kernel panicked"


def main():
    with tempfile.TemporaryDirectory() as scratch:
        status, log, console = run(Path(sys.argv[1]), Path(scratch))
    problems = list(judge(status, log, console)) + list(judge_reports(log, _symbols(Path(sys.argv[1]))))
    for problem in problems:
        print(problem)
    if problems:
        print(log)
    return 1 if problems else 0


sys.exit(main())
