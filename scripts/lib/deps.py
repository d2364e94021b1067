# SPDX-License-Identifier: MIT
"""scripts/check-deps: who may include whom (scripts/dependencies.txt), and what must not be in the kernel at all.

A quoted include is looked for beside its file, in the file's module and then in every other module; where it is found decides whose header
it is. In microkernel/ no Linux errno, O_ flag or call number, no path and no file format may be named in code
(comments do not count).
"""
import fnmatch
import re
import sys
from pathlib import Path, PurePosixPath

import c_scan
import style
import tree

ERRNO_NAMES = """EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST
EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK
ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP EWOULDBLOCK ENODATA ETIME EPROTO EBADMSG EOVERFLOW ENOTSOCK EMSGSIZE EOPNOTSUPP
EAFNOSUPPORT EADDRINUSE ENOBUFS ETIMEDOUT ECONNREFUSED ESTALE ECANCELED ERESTARTSYS""".split()
KERNEL_BANS = (
    ("a Linux errno", re.compile(r"\b(%s)\b" % "|".join(ERRNO_NAMES))),
    ("a Linux open flag", re.compile(r"\bO_[A-Z]{3,}\b")),
    ("a Linux call number", re.compile(r"\b(SYS|__NR)_[a-z]\w*")),
    ("a path", re.compile(r'"/[A-Za-z][\w./-]*"')),
    ("a file format", re.compile(r"\bElf(32|64)_|\b(ELFMAG|SELFMAG|PT_LOAD|PT_INTERP)\b|070701|TRAILER!!!|\b(cpio|newc)\w*")),
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)


class Rules:
    def __init__(self):
        self.allowed, self.generated, self.freestanding = {}, [], {}
        for line in (tree.TOP / "scripts" / "dependencies.txt").read_text().splitlines():
            line = line.split("#")[0].strip()
            if not line:
                continue
            name, _, rest = line.partition(":")
            if name == "generated":
                self.generated = rest.split()
            elif name == "freestanding":
                module, _, headers = rest.partition(":")
                self.freestanding[module.strip()] = set(headers.split())
            else:
                self.allowed[name] = [word for word in rest.split() if word != "-"]

    def module(self, path):
        return next((name for name in self.allowed if path.startswith(name + "/")), None)

    def may(self, module, target):
        """May files of a module include the file target?"""
        return any(target.startswith(folder + "/") for folder in [module, *self.allowed[module]])


def _candidates(rules, path, module, name):
    """Where an included name may lie, nearest first."""
    yield PurePosixPath(path).parent / name
    yield PurePosixPath(module) / name
    for other in rules.allowed:
        yield PurePosixPath(other) / name
        yield PurePosixPath(other) / "include" / name
    yield PurePosixPath(name)
    # Folders that are include roots of their own, like microkernel/abi.
    for folder in sorted({word for words in rules.allowed.values() for word in words}):
        yield PurePosixPath(folder) / name


def _normal(path):
    parts = []
    for part in path.parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _include_finding(rules, known, path, quote, name):
    module = rules.module(path)
    if module is None:
        return "no module in scripts/dependencies.txt"
    if quote == "<":
        allowed = rules.freestanding.get(module)
        return f"<{name}> is not for the kernel" if allowed is not None and name not in allowed else None
    if any(fnmatch.fnmatch(Path(name).name, pattern) for pattern in rules.generated):
        return None
    places = [_normal(place) for place in _candidates(rules, path, module, name)]
    found = [place for place in places if place in known]
    if not found:
        # Third-party headers are reached with "" in places where that source asks for it, never in the kernel.
        return f'"{name}" is not in the tree' if module == "microkernel" else None
    if any(rules.may(module, place) for place in found):
        return None
    return f'"{name}" is {found[0]}, which {module} may not include'


def check():
    rules, files, findings = Rules(), style.Tree(), []
    known = set(files.paths)
    for path in files.code(".c", ".h", ".S"):
        code = c_scan.hide_comments(files.text(path))
        for match in INCLUDE.finditer(code):
            text = _include_finding(rules, known, path, *match.groups())
            if text:
                findings.append(f"{path}:{code.count(chr(10), 0, match.start()) + 1}: {text}")
        if path.startswith("microkernel/"):
            findings += _banned(path, INCLUDE.sub("", code))
    return findings


def _banned(path, code):
    for what, pattern in KERNEL_BANS:
        for match in pattern.finditer(code):
            yield f"{path}:{code.count(chr(10), 0, match.start()) + 1}: {what} in the kernel: {match.group(0)}"


def command(arguments):
    parser = tree.Parser(prog="check-deps", description="Check which folder includes which, and what the kernel names.",
                                     epilog="The table: scripts/dependencies.txt")
    parser.parse_args(arguments)
    findings = check()
    for finding in findings:
        print(finding)
    print(f"check-deps: {len(findings)} findings" if findings else "check-deps: nothing found",
          file=sys.stderr if findings else sys.stdout)
    return 1 if findings else 0


if __name__ == "__main__":
    tree.main(command, "check-deps")
