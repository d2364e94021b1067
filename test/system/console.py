# SPDX-License-Identifier: MIT
"""A guest's serial console as a test uses it: wait for text, type, run a command and get its output and status."""
import re

import pexpect
import tree

BOOT_SECONDS = 240
ANSWER_SECONDS = 60
append = []  # options of every boot here: run.py --routes off
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[78=>]")


class Lost(Exception):
    """The guest did not say what was waited for."""


class Console:
    """One boot through scripts/run with its console on a pseudo terminal. Use as a context manager."""

    def __init__(self, which, *arguments):
        system = ["--linux"] if which == "linux" else ["--boot", "iso"]
        self.child = pexpect.spawn(str(tree.TOP / "scripts" / "run"), [*system, "--timeout", "900", *append, *arguments],
                                   encoding="latin1", dimensions=(25, 200), timeout=ANSWER_SECONDS)
        self.seen, self.counter = [], 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.close(force=True)

    def wait(self, pattern, seconds=ANSWER_SECONDS):
        """Text before the pattern, escape sequences and carriage returns removed."""
        try:
            self.child.expect(pattern, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF) as lost:
            raise Lost(f"no {pattern!r}; last: {plain(self.child.before or '')[-200:]}") from lost
        self.seen.append(self.child.before + str(self.child.after))
        return plain(self.child.before)

    def type(self, text):
        self.child.send(text)

    def login(self, name, password):
        self.wait("login: ", BOOT_SECONDS)
        self.type(f"{name}\r")
        self.wait("assword: ")
        self.type(f"{password}\r")
        self.wait(r"[#$] ")

    def run(self, command, seconds=ANSWER_SECONDS):
        """(output, status) of a shell command. The marks are split so that the echo of the typing does not match."""
        self.counter += 1
        self.type(f'echo "BE""GIN{self.counter}"; {command}; echo "E""ND{self.counter} $?"\r')
        self.wait(f"BEGIN{self.counter}\r*\n", seconds)
        text = self.wait(rf"END{self.counter} \d+\r*\n", seconds)
        status = int(str(self.child.after).rsplit(" ", 1)[1])
        self.wait(r"[#$] ")
        return text.strip("\n"), status

    def end(self):
        """scripts/run's exit status once the guest has powered off."""
        self.wait(pexpect.EOF, 120)
        self.child.close()
        return self.child.exitstatus


def plain(text):
    return ESCAPES.sub("", text).replace("\r", "")
