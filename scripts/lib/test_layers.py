# SPDX-License-Identifier: MIT
"""The layers of scripts/test, one row each in LAYERS.

A layer is a function of a Request that yields Outcome(name, passed, why); names are LAYER/TEST on the user's side. Layers
that live in a program of their own (test/LAYER/run.py) are called as
    run.py --build DIR [--quick|--long] [--list] [NAME...]
and print `PASS name`, `PASS name: counts` or `FAIL name: why`, one line per test; anything else they print is progress. A layer that ends
with another status than its results imply, or that reports nothing, counts as one failure more. A layer's attribute `names` is a function
that lists those of its tests that a word chooses, without running any.
"""
import collections
import fnmatch
import json
import re
import subprocess
import sys

import build
import deps
import kernel_stack
import qemu
import style
import tree

# why: the reason of a failure, or what a test that passed counted.
Outcome = collections.namedtuple("Outcome", "name passed why")
# speed: quick, normal or long; names: shell patterns of tests, empty for all.
Request = collections.namedtuple("Request", "speed names")
KERNEL_TEST_SECONDS = 120


def _wanted(request, name):
    return not request.names or any(fnmatch.fnmatch(name, pattern) for pattern in request.names)


STATIC = {"style": style.check, "dependencies": deps.check, "stack": kernel_stack.check}


def static(request):
    for name, check in STATIC.items():
        if _wanted(request, name):
            findings = check()
            for finding in findings[1:]:
                print(f"     {finding}", flush=True)
            yield Outcome(name, not findings, f"{len(findings)} findings; {findings[0]}" if findings else "")


def _matching(names, word):
    return fnmatch.filter(names, word)


static.names = lambda word: _matching(STATIC, word)


def _ctest_names(label):
    """What the build registers under a label; that needs its configuration only."""
    build.configure()
    listing = tree.tool(["ctest", "--show-only=json-v1", "-L", f"^{label}$"], f"listing the {label} tests", cwd=tree.build_dir())
    return [test["name"] for test in json.loads(listing)["tests"]]


def ctest(label):
    """The tests that the build registers with ctest under a label."""
    def run(request):
        build.everything()
        names = [name for name in _ctest_names(label) if _wanted(request, name)]
        if names:
            yield from _ctest_results(names)
        elif not request.names:
            yield Outcome("ctest", False, f"the build registers no {label} test")
    run.names = lambda word: _matching(_ctest_names(label), word)
    return run


def _ctest_results(names):
    pattern = "|".join(f"^{re.escape(name)}$" for name in names)
    results = {}
    for line in _lines_of(["ctest", "-j2", "--output-on-failure", "-R", pattern], cwd=tree.build_dir()):
        match = re.search(r"Test\s+#\d+: (\S+) \.+\s*(.*?)\s+[\d.]+ sec", line)
        if match:
            results[match.group(1)] = match.group(2)
        elif line.strip() and not re.match(r"\s*(Start|Test project|\d+%|\d+/\d+|EXIT)", line):
            print(f"     {line}", flush=True)
    for name in names:
        result = results.get(name, "not run")
        yield Outcome(name, result == "Passed", "" if result == "Passed" else result.strip("* "))


def kernel(request):
    """The tests inside the kernel, one boot without a supervisor, and those from user mode, one with the tests in its place."""
    build.kernel_and_servers()
    prefix = request.names[0] if len(request.names) == 1 and "*" not in request.names[0] else ""
    if not prefix.startswith("user_"):
        yield from _kernel_boot(request, build.kernel_file(), f"test=kernel{'.' + prefix if prefix else ''} panic=exit")
    if not prefix or prefix.startswith("user_"):
        yield from _kernel_boot(request, build.kernel_file().with_name("lichen-kernel-user-test"), "panic=exit")


def _kernel_names(word):
    texts = [path.read_text() for path in (tree.TOP / "microkernel" / "test").rglob("*.c")]
    return _matching([name for text in texts for name in re.findall(r'(?:^KERNEL_TEST\(|{ "(?=user_))(\w+)', text, re.M)], word)


kernel.names = _kernel_names


def _kernel_boot(request, image, words):
    """The verdict from its log and QEMU's status."""
    log = tree.build_dir() / "log" / f"{image.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    arguments = [*qemu.machine(256, 1, "tcg"), "-kernel", str(image), "-initrd", str(build.root_archive()),
                 "-append", words, *qemu.debug_log(log), *qemu.debug_exit(), "-nic", "none", "-serial", "null"]
    process = qemu.start(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        status = process.wait(KERNEL_TEST_SECONDS)
    except subprocess.TimeoutExpired:
        status = None
    finally:
        qemu.stop(process)
    yield from _kernel_results(request, log.read_text(errors="replace") if log.exists() else "", status)


def _kernel_results(request, text, status):
    found = re.findall(r"TEST (\S+) (PASS|FAIL)(.*)", text)
    for name, word, why in found:
        if _wanted(request, name):
            yield Outcome(name, word == "PASS", why.strip())
    total = re.search(r"TESTS (\d+) passed, (\d+) failed", text)
    if status is None:
        yield Outcome("boot", False, f"no end after {KERNEL_TEST_SECONDS} s")
    elif not total or not found or int(total.group(1)) + int(total.group(2)) != len(found):
        last = text.strip().splitlines()[-1:] or ["nothing in the log"]
        yield Outcome("boot", False, f"the tests did not end properly (QEMU status {status}): {last[0]}")
    elif (status == 1) != (total.group(2) == "0"):
        yield Outcome("boot", False, f"QEMU ended with status {status} after {total.group(0)}")


def _lines_of(command, **options):
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace",
                          **options) as process:
        for line in process.stdout:
            yield line.rstrip("\n")
    yield f"EXIT {process.returncode}"


def external(layer, *options):
    """A layer that is a program under test/."""
    program = tree.TOP / "test" / layer / "run.py"
    base = [sys.executable, "-B", str(program), "--build"]

    def names(word):
        done = subprocess.run([*base, str(tree.build_dir()), "--list", word], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
        return done.stdout.split()

    def run(request):
        build.everything()
        command = [*base, str(tree.build_dir())]
        command += [*options, *([f"--{request.speed}"] if request.speed != "normal" else [])]
        failed, count, status = 0, 0, None
        for line in _lines_of([*command, *request.names]):
            match = re.match(r"(PASS|FAIL) ([^\s:]+)(?:: (.*))?$", line)
            if match:
                count, failed = count + 1, failed + (match.group(1) == "FAIL")
                yield Outcome(match.group(2), match.group(1) == "PASS", match.group(3) or "")
            elif line.startswith("EXIT "):
                status = int(line[5:])
            elif line:
                print(f"     {line}", flush=True)
        if (status != 0) != (failed > 0):
            yield Outcome("run", False, f"the layer's program ended with status {status} after {failed} failures")
        elif count == 0 and not request.names:
            yield Outcome("run", False, "no test reported a result")
    run.program, run.names = program, names
    return run


# name, function, the shortest run that it is part of when no layer is named
LAYERS = (
    ("static", static, "quick"),
    ("unit", ctest("unit"), "quick"),
    ("kernel", kernel, "quick"),
    ("native", ctest("native"), "quick"),
    ("commands", external("commands"), "quick"),
    ("contract", external("contract"), "quick"),
    # Every call answered by the personality: what the kernel answers must not differ from it.
    ("contract-forwarded", external("contract", "--routes", "off"), "normal"),
    ("system", external("system"), "normal"),
    ("architecture", external("architecture"), "normal"),
    ("reports", external("reports"), "quick"),
    ("guides", external("guides"), "normal"),
    ("faults", external("faults"), "normal"),
    ("hostile", external("hostile"), "normal"),
    ("hostile-forwarded", external("hostile", "--routes", "off"), "long"),
)


def present():
    """The layers that this tree has: those in a program of their own exist when the program does."""
    return [row for row in LAYERS if not hasattr(row[1], "program") or row[1].program.exists()]
