#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Follows the guides of docs/guide/ in a copy of the tree, word by word, and checks what they promise.

    run.py --build DIR [--quick|--long] [NAME...]

In a guide, a fenced block that names a file is that file, whole, unless the text before the block says otherwise:
    In `FILE`, after the line that begins with `TEXT`:
    In `FILE`, instead of the line that begins with `TEXT`:
and "Append `LINE` to `FILE`" is an edit without a block. In a console block, what follows $ is run at the top of the tree, and
the lines below it are what must come out, in this order.

The guides share one copy and one build, so they must not contradict each other. Kernel, libc, root file system and what else
no guide changes are taken from DIR, which is up to date; a guide that touched the kernel would fail here.
"""
import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
PLACE = re.compile(r"\bIn\s+`([^`]+)`,\s+(after|instead\s+of)\s+the\s+line\s+that\s+begins\s+with\s+`([^`]+)`:\s*\Z")
APPEND = re.compile(r"\b[Aa]ppend\s+`([^`]+)`\s+to\s+`([^`]+)`")
MOST_LINES = 99
BUILD_SECONDS, COMMAND_SECONDS = 400, 300
REUSED = ("microkernel/lichen-kernel", "rootfs", "rootfs.manifest", "rootfs.stamp", "rootfs.versions")


class Wrong(Exception):
    """What a guide says is not so."""


def copy_tree(top):
    """What git would commit, with the times of the files, so that what was built of them stays up to date."""
    listed = subprocess.run(["git", "-C", str(TOP), "ls-files", "-co", "--exclude-standard", "-z"], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (TOP / name).exists():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, top / name, follow_symlinks=False)
    subprocess.run(["git", "init", "-q", str(top)], check=True)


def change(path, where, anchor, text):
    """Put a block after, or instead of, the one line that begins with the anchor."""
    lines = path.read_text().splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if line.strip().startswith(anchor)]
    if len(found) != 1:
        raise Wrong(f"{len(found)} lines of {path.name} begin with {anchor}")
    lines[found[0] + (where == "after"):found[0] + 1] = [text]
    path.write_text("".join(lines))


def apply_block(text, block, top):
    """A block that names a file: an edit when the text before it says so, else a new file."""
    name, body, path = block.group(2), block.group(3), top / block.group(2)
    place = PLACE.search(text, 0, block.start())
    if place and place.group(1) != name:
        raise Wrong(f"the text says {place.group(1)}, the block {name}")
    if place:
        change(path, place.group(2).split()[0], place.group(3), body)
    elif path.exists():
        raise Wrong(f"{name} is there already")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)


def apply(guide, top):
    """Make the guide's files and edits."""
    text = guide.read_text()
    if len(text.splitlines()) > MOST_LINES:
        raise Wrong(f"it has {len(text.splitlines())} lines, {MOST_LINES} are allowed")
    for block in BLOCK.finditer(text):
        if block.group(2):
            apply_block(text, block, top)
    for line, name in APPEND.findall(BLOCK.sub("", text)):
        if not (top / name).exists():
            raise Wrong(f"there is no {name} to append to")
        with open(top / name, "a") as file:
            file.write(f"{line}\n")


def run(command, top, seconds, environment, log):
    """Status and output; the output also goes to the log."""
    try:
        done = subprocess.run(command, cwd=top, env=environment, timeout=seconds, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        status, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        status, output = f"none after {seconds} s", (late.stdout or b"").decode(errors="replace")
    with open(log, "a") as file:
        file.write(f"$ {command}\n{output}[{status}]\n")
    return status, output


def prepare_build(build, top):
    """A build directory in the copy that begins with what no guide changes."""
    target = top / "build"
    (target / "microkernel").mkdir(parents=True)
    for name in REUSED:
        (target / name).symlink_to(build / name)
    for folder in ("native/sysroot", "root-lichen"):
        shutil.copytree(build / folder, target / folder, symlinks=True)
    return target


def cached_sources(build):
    match = re.search(r"^LICHEN_SOURCES:PATH=(.+)$", (build / "CMakeCache.txt").read_text(), re.M)
    return match.group(1)


def compile_all(build, top, environment, log):
    """Everything of servers/ and drivers/; raises with the compiler's first complaint."""
    target = prepare_build(build, top)
    cache = (build / "CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_C_COMPILER:\w+=(.+)$", cache, re.M).group(1)
    steps = [["cmake", "-G", "Unix Makefiles", "-S", top, "-B", target, "-DLICHEN_KERNEL=OFF", f"-DCMAKE_C_COMPILER={compiler}",
              f"-DLICHEN_SOURCES={cached_sources(build)}"]]
    steps += [["make", "-C", target / folder, f"-j{os.cpu_count() or 1}"] for folder in ("servers", "drivers")]
    for step in steps:
        status, output = run([str(word) for word in step], top, BUILD_SECONDS, environment, log)
        if status != 0:
            lines = [line for line in output.splitlines() if re.search("error|Error", line)] or output.splitlines()[-1:]
            raise Wrong(f"the build failed ({status}): {lines[0] if lines else 'no reason given'}")


def promised(guide):
    """(command, lines that must come out) pairs of the console blocks."""
    pairs = []
    for kind, _, body in BLOCK.findall(guide.read_text()):
        for part in re.split(r"^\$ ", body, flags=re.M)[1:] if kind == "console" else []:
            command, *lines = part.splitlines()
            pairs.append((command, lines))
    if not any(lines for _, lines in pairs):
        raise Wrong("it promises no output")
    return pairs


def check_promises(guide, top, environment, log):
    for command, lines in promised(guide):
        status, output = run(["bash", "-c", command], top, COMMAND_SECONDS, environment, log)
        position = 0
        for line in lines:
            found = output.find(line, position)
            if found < 0:
                last = output.strip().splitlines()[-1:] or ["nothing"]
                raise Wrong(f"'{line}' did not come out of '{command.strip()}' (status {status}, at last: {last[0]})")
            position = found + len(line)
        if status != 0:
            raise Wrong(f"'{command.strip()}' ended with status {status}")


def attempt(name, problems, action, *arguments):
    """Do one step of a guide; what is wrong is kept under its name."""
    try:
        action(*arguments)
    except (Wrong, OSError) as wrong:
        problems[name] = " ".join(str(wrong).split())[:400]


def follow(guides, build, top, log):
    """{name: what is wrong} of the guides."""
    environment = {name: value for name, value in os.environ.items() if name not in ("LICHEN_BUILD", "LICHEN_TOP")}
    environment["LICHEN_BUILT"] = "1"
    problems = {}
    copy_tree(top)
    for name, guide in guides.items():
        attempt(name, problems, apply, guide, top)
    print("-- building what the guides add", file=sys.stderr, flush=True)
    attempt("", problems, compile_all, build, top, environment, log)
    attempt("", problems, check_house_rules, top, environment, log)
    if "" in problems:
        return {name: problems.get(name) or problems[""] for name in guides}
    for name, guide in guides.items():
        if name not in problems:
            attempt(name, problems, check_promises, guide, top, environment, log)
    return problems


def check_house_rules(top, environment, log):
    """The examples keep the rules of the tree."""
    for command in ("scripts/check-style", "scripts/check-deps"):
        status, output = run([command], top, COMMAND_SECONDS, environment, log)
        if status != 0:
            raise Wrong(f"{command}: {(output.strip().splitlines() or ['nothing'])[0]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--list", action="store_true", help="only print the names of the tests chosen")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    build = options.build.resolve()
    guides = {path.stem: path for path in sorted((TOP / "docs" / "guide").glob("*.md"))
              if not options.names or any(fnmatch.fnmatch(path.stem, pattern) for pattern in options.names)}
    if options.list:
        print(*guides, sep="\n")
    if options.list or not guides:
        return 0
    log = build / "log" / "guides.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="lichen-guides-") as scratch:
        problems = follow(guides, build, Path(scratch) / "tree", log)
    for name in guides:
        print(f"FAIL {name}: {problems[name]} (see {log})" if name in problems else f"PASS {name}", flush=True)
    return 1 if problems else 0


sys.exit(main())
