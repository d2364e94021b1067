# SPDX-License-Identifier: MIT
"""QEMU: which accelerator, the machine's command line, starting and ending it.

Both systems get the same machine: q35, no network unless asked, virtio-rng, COM1 as the console, COM2 as the
command channel, isa-debugcon for Lichen's kernel log. A QEMU dies with the Python process that started it.
"""
import ctypes
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import tree

BINARY = "qemu-system-x86_64"
CPU = {"tcg": "max,-erms", "kvm": "host,-erms"}
PROBE_SECONDS = 5
# A boot sector that leaves QEMU through isa-debug-exit: mov dx,0xf4; mov al,0x10; out dx,al; hlt.
PROBE_SECTOR = bytes.fromhex("baf400b010eef4").ljust(510, b"\0") + b"\x55\xaa"


def _die_with_parent():
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)


def check_installed():
    if not shutil.which(BINARY):
        raise tree.Failure(f"{BINARY} is not installed")


def start(command, **options):
    try:
        return subprocess.Popen(command, preexec_fn=_die_with_parent, **options)
    except FileNotFoundError:
        raise tree.Failure(f"{command[0]} is not installed") from None


def stop(process):
    if process.poll() is None:
        process.kill()
    process.wait()


def _cpu_can_virtualise():
    flags = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")), "")
    return bool({"vmx", "svm"} & set(flags.split()))


def _kvm_probe_finishes():
    with tempfile.NamedTemporaryFile() as sector:
        sector.write(PROBE_SECTOR)
        sector.flush()
        probe = start([BINARY, "-machine", "q35", "-accel", "kvm", "-display", "none", "-nodefaults", "-no-reboot",
                       *debug_exit(), "-drive", f"file={sector.name},format=raw,if=ide,snapshot=on"],
                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return probe.wait(PROBE_SECONDS) == 0x10 << 1 | 1
        except subprocess.TimeoutExpired:
            return False
        finally:
            stop(probe)


@functools.cache
def accelerator():
    """kvm only where the CPU has the flag and a probe guest finishes. LICHEN_ACCEL=tcg or kvm decides instead."""
    forced = os.environ.get("LICHEN_ACCEL")
    if forced:
        if forced not in CPU:
            raise tree.Failure(f"LICHEN_ACCEL={forced}: expected {' or '.join(CPU)}")
        return forced
    usable = _cpu_can_virtualise() and os.access("/dev/kvm", os.R_OK | os.W_OK)
    return "kvm" if usable and _kvm_probe_finishes() else "tcg"


def machine(memory, smp, accel):
    accel_words = "tcg,thread=multi" if accel == "tcg" else accel
    return [BINARY, "-machine", "q35", "-accel", accel_words, "-cpu", CPU[accel], "-m", str(memory), "-smp", str(smp),
            "-nodefaults", "-vga", "std", "-display", "none", "-no-reboot",
            "-device", "virtio-rng-pci"]


def debug_log(path):
    return ["-chardev", f"file,id=debug,path={_escaped(path)}", "-device", "isa-debugcon,chardev=debug,iobase=0xe9"]


def debug_exit():
    """A port through which Lichen's kernel can end QEMU with a status, 2 * code + 1."""
    return ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]


def console_file(path):
    return ["-chardev", f"file,id=console,path={_escaped(path)}", "-serial", "chardev:console"]


def console_terminal():
    return ["-chardev", "stdio,id=console,mux=on,signal=off", "-serial", "chardev:console",
            "-mon", "chardev=console,mode=readline"]


def channel(path):
    return ["-chardev", f"socket,id=channel,path={_escaped(path)}", "-serial", "chardev:channel"]


def disk(image, number):
    """A raw image as virtio disk vda, vdb, ... in the order of the calls."""
    return ["-drive", f"file={_escaped(image)},format=raw,if=none,id=disk{number},cache=writeback",
            "-device", f"virtio-blk-pci,drive=disk{number}"]


def network(forwards):
    """User network with host ports forwarded: triples (protocol, host port, guest port)."""
    rules = "".join(f",hostfwd={protocol}:127.0.0.1:{host}-:{guest}" for protocol, host, guest in forwards)
    return ["-netdev", f"user,id=net0{rules}", "-device", "virtio-net-pci,netdev=net0"]


def _escaped(path):
    return str(path).replace(",", ",,")
