# SPDX-License-Identifier: MIT
"""What the numbers in an event mean: Linux calls, messages, endpoints, programs.

The build says what calls and messages are called; the system that was recorded says, in /proc/lichen/domains and
/proc/lichen/handles, which objects its endpoints and domains are. Numbers that neither knows keep their number.
"""
import collections
import json

import tree

# Which protocol is spoken at an endpoint, where it is not called like the endpoint without its number.
PROTOCOLS = {"serial": "console", "screen": "console"}
SIGNALS = ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU "
           "XFSZ VTALRM PROF WINCH IO PWR SYS").split()
ERRORS = {1: "EPERM", 2: "ENOENT", 3: "ESRCH", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG", 8: "ENOEXEC", 9: "EBADF", 10: "ECHILD",
          11: "EAGAIN", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT", 16: "EBUSY", 17: "EEXIST", 18: "EXDEV", 19: "ENODEV", 20: "ENOTDIR",
          21: "EISDIR", 22: "EINVAL", 25: "ENOTTY", 28: "ENOSPC", 29: "ESPIPE", 32: "EPIPE", 34: "ERANGE", 36: "ENAMETOOLONG",
          38: "ENOSYS", 39: "ENOTEMPTY", 95: "EOPNOTSUPP", 97: "EAFNOSUPPORT", 110: "ETIMEDOUT", 111: "ECONNREFUSED"}

Endpoint = collections.namedtuple("Endpoint", "server protocol")


def signal_name(number):
    if 0 < number < len(SIGNALS):
        return f"SIG{SIGNALS[number]}"
    return f"SIGRT{number - 32}" if 32 <= number <= 64 else f"signal {number}"


def text_of(*words):
    """The text that an event has in its words."""
    return b"".join(word.to_bytes(8, "little") for word in words).split(b"\0")[0].decode(errors="replace")


def result_text(value):
    """A call's result as a program sees it."""
    signed = value - (1 << 64) if value >> 63 else value
    if -4096 < signed < 0:
        return f"-{ERRORS.get(-signed, -signed)}"
    return str(signed) if abs(signed) < 1 << 31 else f"0x{value:x}"


def _rows(text):
    """The cells of a table with a heading."""
    return [line.split() for line in text.splitlines()[1:] if line.strip()]


def _call_names():
    path = tree.build_dir() / "servers" / "linux-personality" / "generated" / "calls.json"
    try:
        return {row["number"]: row["name"] for row in json.loads(path.read_text())}
    except FileNotFoundError:
        raise tree.Failure(f"the build has no {path.name}, so calls have no names") from None


def _messages():
    found = {}
    for path in sorted((tree.build_dir() / "protocol").glob("*_messages.json")):
        service = json.loads(path.read_text())
        found[service["service"]] = {row["number"]: row["name"] for row in service["messages"]}
    return found


class Names:
    """`domains` and `handles` are the texts of the guest's files."""

    def __init__(self, domains="", handles="", calls=None, messages=None):
        self.calls = _call_names() if calls is None else calls
        self.messages = _messages() if messages is None else messages
        self.programs = {int(row[1]): row[0] for row in _rows(domains) if row[1] != "0"}
        self.endpoints, self.threads = {}, {}
        for program, kind, rights, _, _, number, *_ in _rows(handles):
            if kind == "endpoint" and rights.startswith("r") and int(number) not in self.endpoints:
                self.endpoints[int(number)] = Endpoint(program, self._protocol(program))
            elif kind == "thread":
                self.threads[int(number)] = program

    def _protocol(self, program):
        base = program.split(".")[0].removeprefix("virtio-")
        name = {"rng": "entropy", **PROTOCOLS}.get(base, base)
        return name if name in self.messages else None

    def call(self, number):
        return self.calls.get(number, f"call {number}")

    def endpoint(self, number):
        return self.endpoints.get(number) or Endpoint(f"endpoint {number}", None)

    def message(self, endpoint, number):
        known = self.endpoint(endpoint)
        name = self.messages.get(known.protocol, {}).get(number)
        return f"{known.protocol}.{name}" if name else f"{known.server}.message {number}"
