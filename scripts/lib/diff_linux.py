# SPDX-License-Identifier: MIT
"""scripts/diff-linux: the same command on Linux and here; its calls aligned and what differs classed (call_diff.py).

On Linux Debian's strace follows the command inside the guest; here the system tells the calls itself. The command's own output goes to
standard error of this program, once for each system; standard output is the comparison. Status 0: no difference, 1: some, 125: failed.
"""
import copy
import json
import shlex
import sys
from pathlib import Path

import archive
import call_diff
import packages
import recording
import run
import strace_text
import trace
import tree

STRACE_PACKAGES = ("strace", "libunwind8", "liblzma5")
LIBRARIES = "/usr/lib/x86_64-linux-gnu/"
SECONDS = 120
LINUX = "strace -f -ttt -o /tmp/.strace sh -c {command}"


def parser():
    result = tree.Parser(prog="diff-linux", usage="diff-linux [--json FILE] [options] -- COMMAND...",
                         description="Run COMMAND on Linux and on Lichen and compare the calls that its processes make.",
                         epilog="Other options (--memory, --add, --timeout, ...) are those of scripts/run. Status 0: the same, 1: differences.")
    result.add_argument("--json", type=tree.output_file, metavar="FILE", help="the comparison as JSON")
    return result


def _strace_files():
    """What both guests get beside the root file system, for both to hold the same files: (host path, guest path) additions."""
    found = []
    for name in STRACE_PACKAGES:
        folder = packages.fetch(name, tree.build_dir("packages") / name)
        if (binary := folder / "usr" / "bin" / "strace").exists():
            found.append(archive.parse_addition(f"{binary}:/usr/bin/"))
        for link in folder.rglob("*.so.*"):
            if link.is_symlink():
                found.append(archive.parse_addition(f"{link.resolve()}:{LIBRARIES}{link.name}"))
    return found


def _calls(settings, linux):
    """The calls of settings.command on one of the systems."""
    settings = copy.copy(settings)
    given, before, after = settings.command, "", ""
    settings.linux = linux
    if linux:
        settings.command = LINUX.format(command=shlex.quote(given))
    else:
        settings.command = trace.STRACED.format(command=shlex.quote(given))
        before, after = trace.DRAIN, trace.DRAINED
    _, fetched = recording.record(settings, before, after, trace.STRACE, sys.stderr.buffer)
    return strace_text.parse(fetched.get("strace", b"").decode(errors="replace"))


def print_text(comparison, out):
    for difference in comparison.differences:
        print(f"{difference.kind:8} {difference.process:8} {difference.what}", file=out)
        for side, text in (("linux", difference.linux), ("lichen", difference.lichen)):
            if text:
                print(f"    {side:6} {text}", file=out)
    found = comparison.as_json()
    counts = ", ".join(f"{count} {kind}" for kind, count in found["counts"].items())
    noise = ", ".join(f"{count} {kind}" for kind, count in found["noise"].items()) or "none"
    print(f"{found['compared']} calls compared: {counts}; noise: {noise}", file=out)
    for reason, count in found["known"].items():
        print(f"known, {count} times: {reason}", file=out)


def command(arguments):
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser().parse_known_args(arguments[:cut])
    settings = run.parse([*rest, *arguments[cut:]])
    if settings.command is None:
        raise tree.Failure("a COMMAND after -- is needed")
    if settings.linux:
        raise tree.Failure("--linux: both systems are run anyway")
    settings.timeout = settings.timeout or SECONDS
    settings.add = [*settings.add, *_strace_files()]
    linux, lichen = _calls(settings, True), _calls(settings, False)
    if not linux or not lichen:
        raise tree.Failure(f"no calls were told {'by strace on Linux' if not linux else 'here'}")
    comparison = call_diff.Comparison(linux, lichen)
    if options.json:
        Path(options.json).write_text(json.dumps(comparison.as_json(), indent=1) + "\n")
    print_text(comparison, sys.stdout)
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    tree.main(command, "diff-linux")
