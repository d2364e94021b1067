#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the contract tests: the same binaries on Debian's Linux kernel and on this system, output compared line by line.

- The programs and the driver are built into the build directory; one guest boot runs many of them (driver.c).
- What Linux answered is kept in the cache, by the contents of binary and driver, the arguments and the kernel's
  version, so that Linux boots only for tests that changed. --linux-only runs them there again and compares with
  what is kept: a difference is a test that is not deterministic.
- A guest that dies or hangs in a test fails that test; the run goes on behind it in a new boot.
- Output, exit status, and the absence of a time-out are all part of the comparison. A test that times out or fails
  in its own preparation on Linux proves nothing and fails.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "scripts" / "lib"))
import linux_kernel  # noqa: E402
import tree  # noqa: E402

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Wshadow", "-Wvla", "-Werror", "-pthread", f"-I{HERE}"]
COMPILERS = {
    "musl": (["musl-gcc"], ["-static", "-s"]),
    "musl-dynamic": (["musl-gcc"], ["-s"]),
    "glibc": (["gcc"], ["-s"]),
    "glibc-static": (["gcc"], ["-static", "-s"]),
    "glibc-static-pie": (["gcc", "-fPIE"], ["-static-pie", "-s"]),
    "bare": (["gcc", "-ffreestanding", "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-pie"],
             ["-static", "-nostdlib", "-no-pie", "-Wl,--build-id=none"]),
}
DEFAULTS = {"source": None, "libc": "musl", "args": "", "long": None, "quick": "yes", "timeout": "20"}
LONG_FACTOR = 10
BOOT_SECONDS = 240
SILENCE_SECONDS = 60
GUEST_DIRECTORY = "/contract"
SETUP_FAILED = 99

# longer: has the arguments of a long run.
Test = collections.namedtuple("Test", "name source libc args quick timeout binary longer")
Result = collections.namedtuple("Result", "word number output")


def read_table():
    rows = {}
    for line in (HERE / "tests.txt").read_text().splitlines():
        words = shlex.split(line, comments=True)
        if words:
            pairs = dict(word.split("=", 1) for word in words[1:])
            unknown = set(pairs) - set(DEFAULTS)
            if unknown or words[0] in rows:
                raise tree.Failure(f"tests.txt: {words[0]}: unknown word or second line")
            rows[words[0]] = pairs
    return rows


def all_tests(build, long):
    """Every test of the tree; a row with the word long has other arguments and more time in a long run."""
    rows = read_table()
    sources = sorted(str(path.relative_to(HERE))[:-2] for path in HERE.glob("*/*.c"))
    tests = []
    for name in sorted(set(sources) | set(rows)):
        row = DEFAULTS | rows.get(name, {})
        source = row["source"] or name
        if source not in sources or row["libc"] not in COMPILERS:
            raise tree.Failure(f"tests.txt: {name}: no such program or libc")
        binary = build / f"{source.replace('/', '.')}.{row['libc']}"
        longer = long and row["long"] is not None
        tests.append(Test(name, HERE / f"{source}.c", row["libc"], row["long" if longer else "args"].split(),
                          row["quick"] == "yes", int(row["timeout"]) * (LONG_FACTOR if longer else 1), binary, longer))
    return tests


def select_tests(tests, names, quick):
    chosen = [test for test in tests if not names or test.name in names or test.name.split("/")[0] in names]
    known = {test.name for test in tests} | {test.name.split("/")[0] for test in tests}
    for name in names:
        if name not in known:
            raise tree.Failure(f"{name}: no such contract test or group")
    return [test for test in chosen if test.quick or not quick]


# Building

def is_fresh(target, inputs):
    return target.exists() and all(path.stat().st_mtime < target.stat().st_mtime for path in inputs)


def compile_one(command, target, inputs):
    if is_fresh(target, inputs):
        return
    partial = target.with_name(target.name + ".new")
    done = subprocess.run([*command, "-o", str(partial)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise tree.Failure(f"{inputs[0]} does not build:\n{done.stdout.rstrip()}")
    os.utime(partial)
    partial.rename(target)


def build_programs(tests, build):
    headers = sorted(HERE.glob("*.h")) + sorted(HERE.glob("*/*.h")) + [Path(__file__)]
    jobs = {}
    for kind in {test.libc for test in tests} - {"bare"}:
        compiler, _ = COMPILERS[kind]
        target = build / f"contract.{kind}.o"
        jobs[target] = ([*compiler, *FLAGS, "-c", str(HERE / "contract.c")], [HERE / "contract.c", *headers])
    run_jobs(jobs)
    jobs = {build / "driver": (["musl-gcc", *FLAGS, "-static", "-s", str(HERE / "driver.c")], [HERE / "driver.c", *headers])}
    for test in tests:
        compiler, link = COMPILERS[test.libc]
        shared = [] if test.libc == "bare" else [build / f"contract.{test.libc}.o"]
        command = [*compiler, *FLAGS, *link, str(test.source), *map(str, shared)]
        jobs[test.binary] = (command, [test.source, *shared, *headers])
    run_jobs(jobs)


def run_jobs(jobs):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(compile_one, command, target, inputs) for target, (command, inputs) in jobs.items()]
        for future in waiting:
            future.result()


# Running in a guest

def parse_output(data):
    """Complete records by name, the name of a test begun and not ended, and whether the driver came to its end."""
    results, position, begun = {}, 0, None
    header = re.compile(rb"@begin (\S+)\n|@end (\S+) (\w+) (\d+) (\d+)\n|@done\n")
    while match := header.match(data, position):
        position = match.end()
        if match.group(1):
            begun = match.group(1).decode()
        elif match.group(2):
            size = int(match.group(5))
            if position + size + 1 > len(data):
                return results, begun, False
            text = data[position:position + size].decode("latin-1")
            results[match.group(2).decode()] = Result(match.group(3).decode(), int(match.group(4)), text)
            position, begun = position + size + 1, None
        else:
            return results, None, True
    return results, begun, False


def follow(process, silence):
    """What the process printed; ends it when it prints nothing for too long."""
    data = bytearray()
    limit = time.monotonic() + BOOT_SECONDS + silence
    while time.monotonic() < limit:
        if not select.select([process.stdout], [], [], 1)[0]:
            continue
        piece = os.read(process.stdout.fileno(), 1 << 16)
        if not piece:
            return bytes(data), process.wait()
        data += piece
        limit = time.monotonic() + silence
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return bytes(data), None


def boot(tests, build, options, linux):
    """One boot over the tests: results, and the reason why it did not come to the end, if so."""
    with tempfile.TemporaryDirectory(prefix="contract-", dir=build) as scratch:
        stage = Path(scratch) / "stage"
        stage.mkdir()
        shutil.copy(build / "driver", stage / "driver")
        lines = []
        for test in tests:
            shutil.copy(test.binary, stage / test.binary.name)
            lines.append(" ".join([test.name, str(test.timeout), f"{GUEST_DIRECTORY}/{test.binary.name}", *test.args]))
        (stage / "list").write_text("\n".join(lines) + "\n")
        total = BOOT_SECONDS + sum(test.timeout + 5 for test in tests)
        command = [str(TOP / "scripts" / "run"), *(["--linux"] if linux else []), "--smp", str(options.smp),
                   *([] if linux or options.routes == "on" else ["--append", "lichen.routes=off"]),
                   "--add", f"{stage}:{GUEST_DIRECTORY}", "--timeout", str(total), "--",
                   f"{GUEST_DIRECTORY}/driver {GUEST_DIRECTORY}/list"]
        with open(Path(scratch) / "errors", "w+b") as errors:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
            data, status = follow(process, max(test.timeout for test in tests) + SILENCE_SECONDS)
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip().splitlines()
    results, begun, done = parse_output(data)
    if done and status == 0:
        return results, None, None
    reason = "the guest fell silent" if status is None else f"status {status}: {words[-1] if words else 'no reason given'}"
    return results, begun, reason


def run_in_guest(tests, build, options, linux):
    """Results of all tests; a test in which the guest died has the reason as its output."""
    results, left = {}, list(tests)
    system = "Linux" if linux else "this system"
    while left:
        print(f"-- {len(left)} contract tests on {system}", file=sys.stderr, flush=True)
        found, culprit, reason = boot(left, build, options, linux)
        results |= found
        left = [test for test in left if test.name not in found]
        if reason is None and left:
            reason = "the driver skipped it"
        if reason is None:
            break
        if not found and culprit is None:
            for test in left:
                results[test.name] = Result("system", 0, reason)
            break
        culprit = culprit or (left[0].name if left else None)
        if culprit is None:
            print(f"-- after the last test: {reason}", file=sys.stderr)
            results["(shutdown)"] = Result("system", 0, reason)
        else:
            results[culprit] = Result("system", 0, reason)
            left = [test for test in left if test.name != culprit]
    return results


# The oracle's answers

class Cache:
    def __init__(self, build, smp):
        self.directory = tree.cache_dir("contract")
        kernel = hashlib.sha256((linux_kernel.fetch() / "vmlinuz").read_bytes()).hexdigest()
        self.base = f"{kernel} smp {smp} driver {hashlib.sha256((build / 'driver').read_bytes()).hexdigest()}"

    def _path(self, test):
        digest = hashlib.sha256(test.binary.read_bytes()).hexdigest()
        key = hashlib.sha256(f"{self.base} {test.name} {digest} {test.args} {test.timeout}".encode()).hexdigest()
        return self.directory / f"{key}.json"

    def get(self, test):
        try:
            return Result(*json.loads(self._path(test).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def put(self, test, result):
        path = self._path(test)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(result))
        partial.rename(path)


def ask_oracle(tests, build, options):
    cache = Cache(build, options.smp)
    known = {test.name: cache.get(test) for test in tests}
    missing = [test for test in tests if options.linux_only or known[test.name] is None]
    fresh = run_in_guest(missing, build, options, True) if missing else {}
    for test in missing:
        result = fresh.get(test.name)
        if result and is_sound(result) and known[test.name] is None:
            cache.put(test, result)
    oracle = {test.name: known[test.name] or fresh.get(test.name) for test in tests}
    return oracle, fresh


def is_sound(result):
    return result.word in ("exit", "signal") and not (result.word, result.number) == ("exit", SETUP_FAILED)


# The verdict

def describe(result):
    return f"{result.word} {result.number}" if result.word != "system" else f"the system failed ({result.output})"


def difference(expected, got):
    """None when equal, else what differs first."""
    if got.word == "system":
        return describe(got)
    ours, theirs = got.output.split("\n"), expected.output.split("\n")
    for number in range(max(len(ours), len(theirs))):
        want = theirs[number] if number < len(theirs) else "(nothing more)"
        have = ours[number] if number < len(ours) else "(nothing more)"
        if want != have:
            ended = "" if expected[:2] == got[:2] else f" [{describe(got)}]"
            return f"line {number + 1}: expected `{want}` / got `{have}`{ended}"
    if expected[:2] != got[:2]:
        return f"end: expected {describe(expected)} / got {describe(got)}"
    return None


def judge(tests, oracle, results):
    passed = failed = 0
    for test in tests:
        expected, got = oracle.get(test.name), results.get(test.name)
        if expected is None or not is_sound(expected):
            problem = f"the oracle itself: {describe(expected) if expected else 'no result'}"
            if expected and expected.word != "system":
                problem += f", last line `{(expected.output.strip().splitlines() or [''])[-1]}`"
        elif got is None:
            problem = "no result"
        else:
            problem = difference(expected, got)
        passed, failed = passed + (problem is None), failed + (problem is not None)
        counts = f": {' '.join(test.args)}" if test.longer else ""
        print(f"PASS {test.name}{counts}" if problem is None else f"FAIL {test.name}: {problem}")
    if "(shutdown)" in results:
        failed += 1
        print(f"FAIL shutdown: {describe(results['(shutdown)'])}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def keep_outputs(build, side, results):
    directory = build / f"output.{side}"
    directory.mkdir(exist_ok=True)
    for name, result in results.items():
        if result:
            (directory / name.replace("/", ".")).write_text(f"{result.output}\n[{describe(result)}]\n")


def main(arguments):
    parser = argparse.ArgumentParser(prog="run.py", description="Compare this system with Linux, program by program.")
    parser.add_argument("--build", type=Path, required=True, metavar="DIR", help="where programs and outputs go")
    speed = parser.add_mutually_exclusive_group()
    speed.add_argument("--quick", action="store_true", help="only the quick set")
    speed.add_argument("--long", action="store_true", help="full counts")
    parser.add_argument("--routes", choices=("on", "off"), default="on", help="off: every call is forwarded")
    parser.add_argument("--smp", type=int, default=1, metavar="N", help="number of CPUs of both systems")
    parser.add_argument("--linux-only", action="store_true", help="only check that the tests are deterministic on Linux")
    parser.add_argument("--list", action="store_true", help="print the names of the tests chosen")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a group or a test; default all")
    options = parser.parse_args(arguments)
    build = options.build.resolve() / "contract"
    tests = select_tests(all_tests(build, options.long), options.names, options.quick)
    if options.list:
        print("\n".join(test.name for test in tests))
        return 0
    if not tests:
        raise tree.Failure("no tests chosen")
    build.mkdir(parents=True, exist_ok=True)
    build_programs(tests, build)
    oracle, fresh = ask_oracle(tests, build, options)
    keep_outputs(build, "linux", oracle)
    results = fresh if options.linux_only else run_in_guest(tests, build, options, False)
    keep_outputs(build, "again" if options.linux_only else "lichen", results)
    return judge(tests, oracle, results)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except tree.Failure as failure:
        print(f"run.py: {failure}", file=sys.stderr)
        sys.exit(2)
