# SPDX-License-Identifier: MIT
"""Programs for the guest, and boots that run a script there: what it printed, and the kernel's log."""
import base64
import functools
import gzip
import re
import subprocess
from pathlib import Path

import report
import tree

HERE = Path(__file__).resolve().parent
SECONDS = 150
STATIC = ["-static", "-no-pie", "-O0", "-fno-omit-frame-pointer", "-pthread", "-Wl,--build-id"]


@functools.cache
def program(name, source, *options):
    """Build a program of this folder; its path."""
    path = tree.build_dir("reports") / name
    subprocess.run(["gcc", *STATIC, *options, "-o", str(path), str(HERE / source)], check=True)
    return path


def run(script, *options, add=(), linux=False):
    """Boot, run the script with /bin/sh: (output, log)."""
    directory = tree.build_dir("reports")
    log = directory / "boot.log"
    command = [str(tree.TOP / "scripts" / "run"), "--timeout", str(SECONDS), "--log", str(log), *options]
    for path, place in add:
        command += ["--add", f"{path}:{place}"]
    done = subprocess.run([*command, *(["--linux"] if linux else []), "--", script], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=SECONDS + 60)
    assert done.returncode not in (124, 125), f"the guest ended with {done.returncode}: {done.stdout[-200:]}"
    return done.stdout, log.read_text(errors="replace")


@functools.cache
def deaths(*ways):
    """A report for each way in which crash.c dies, all of one boot."""
    crash = program("crash", "crash.c")
    _, log = run("; ".join(f"crash {way}" for way in ways) + "; true", add=[(crash, "/bin/")])
    found = report.find(log)
    assert len(found) == len(ways), f"{len(found)} reports of {len(ways)} deaths"
    return dict(zip(ways, found))


def symbols(path):
    """Address and size of each symbol of a program."""
    text = subprocess.run(["nm", "-S", str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.findall(r"^([0-9a-f]+)(?: ([0-9a-f]+))? \w (\S+)$", text, re.M)
    return {name: (int(start, 16), int(size or "0", 16)) for start, size, name in found}


def build_id(path):
    text = subprocess.run(["readelf", "-nW", str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.search(r"Build ID: ([0-9a-f]+)", text)[1]


def unpacked(output, mark):
    """A file that the guest printed with `gzip -c FILE | base64` behind a line that is the mark."""
    text = output.split(f"{mark}\n", 1)[1]
    return gzip.decompress(base64.b64decode("".join(re.findall(r"^[A-Za-z0-9+/=]+$", text, re.M))))
