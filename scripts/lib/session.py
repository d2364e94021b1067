# SPDX-License-Identifier: MIT
"""One command in one guest: starts QEMU, serves the command channel, decides the exit status.

The verdict is the host's: the guest's wait status counts only if QEMU then ends by itself, with no panic in the log. A guest
that reports and hangs, that ends without a report or that never comes up is a failure of the system (125).
"""
import contextlib
import os
import re
import select
import socket
import subprocess
import time

import channel
import qemu
import tree

BOOT_SECONDS = {"command": 180, "openrc": 400}
POWER_OFF_SECONDS = {"command": 30, "openrc": 120}
POLL_SECONDS = 0.25
LOG_TAIL = 65536
REPORT_SECONDS = 2  # for the rest of a panic report


def _panic_words(log):
    """What a log says of its panic: the panic's own words, and the first error of the program that wrote the last one before."""
    before, found, words = re.search(r"(.*?)(?:\] panic|not syncing): ([^\r\n]*)|$", log, re.S).group(1, 0, 2)
    errors = re.findall(r"> ([\w.-]+): error: (.*)", before or "")
    why = next((f" ({program}: {text})" for program, text in errors if program == errors[-1][0]), "")
    return f": {words.strip()}{why}" if found else ""


class Session:
    def __init__(self, arguments, options, logs, panic_marks, scratch, protocol):
        self.options, self.logs, self.panic_marks = options, logs, panic_marks
        self.started = time.monotonic()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(scratch / "channel"))
        listener.listen(1)
        self.process = qemu.start([*arguments, *qemu.channel(scratch / "channel")], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.link = self._accept(listener)
        self.protocol = protocol(options.command, self.link.sendall, {"O": 1, "E": 2})

    def _accept(self, listener):
        while True:
            if select.select([listener], [], [], POLL_SECONDS)[0]:
                return listener.accept()[0]
            if self.process.poll() is not None:
                raise tree.Failure(f"QEMU did not start: {self._last_words() or 'no reason given'}")

    def _last_words(self):
        """The last line that an ended QEMU wrote."""
        return (self.process.stderr.read().decode(errors="replace").strip().splitlines() or [""])[-1]

    def _check_time(self):
        elapsed = time.monotonic() - self.started
        if self.options.timeout is not None and elapsed >= self.options.timeout:
            raise tree.Failure(f"time-out after {self.options.timeout:g} s", 124)
        if not self.protocol.hello and elapsed >= BOOT_SECONDS[self.options.init]:
            raise tree.Failure("the system did not come up in time")

    def _check_panic(self):
        path = self.logs.kernel
        if not path.exists():
            return
        with open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - LOG_TAIL))
            text = file.read()
        if any(mark in text for mark in self.panic_marks):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(REPORT_SECONDS)
            raise tree.Failure(f"the kernel panicked{_panic_words(path.read_text(errors='replace'))}")

    def follow(self):
        """Serve the channel until the command's status came."""
        checked = 0
        while self.protocol.wait_status is None:
            if select.select([self.link], [], [], POLL_SECONDS)[0]:
                data = self.link.recv(1 << 18)
                if not data:
                    self._check_panic()
                    self.process.wait()
                    words = self._last_words()
                    raise tree.Failure(f"the system ended before the command did{words and ': '}{words}")
                self.protocol.feed(data)
            self._check_time()
            if time.monotonic() - checked >= 1:
                self._check_panic()
                checked = time.monotonic()

    def finish(self):
        """Wait for the power-off and see that it was one."""
        limit = time.monotonic() + POWER_OFF_SECONDS[self.options.init]
        while self.process.poll() is None:
            self._check_time()
            self._check_panic()
            if time.monotonic() >= limit:
                raise tree.Failure("the system did not power off after the command")
            if select.select([self.link], [], [], POLL_SECONDS)[0] and not self.link.recv(4096):
                time.sleep(0.01)
        self._check_panic()
        if self.process.returncode:
            raise tree.Failure(f"QEMU ended with status {self.process.returncode}")


def run(arguments, options, logs, panic_marks, scratch, protocol=channel.Protocol):
    """Returns the exit status for the command."""
    session = Session(arguments, options, logs, panic_marks, scratch, protocol)
    try:
        session.follow()
        session.finish()
        return session.protocol.exit_status()
    finally:
        qemu.stop(session.process)
