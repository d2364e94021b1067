# SPDX-License-Identifier: MIT
"""scripts/check-style: the numbers of the house style, over every file of the tree.

Each rule is a function in RULES that yields findings (rule, place, text). scripts/style-exceptions.txt
excuses single places with a reason, up to a higher limit where the style has one; an exception that excuses nothing is a
finding itself.
"""
import fnmatch
import re
import statistics
import subprocess
import sys
from pathlib import Path

import c_scan
import tree

FILE_LINES, FILE_LINES_EXCUSED = 500, 800
FUNCTION_LINES, FUNCTION_LINES_SWITCH = 80, 120
MEDIAN_LINES, NINETY_PERCENT_LINES = 12, 40
PARAMETERS, NESTING = 6, 3
IFS_PER_1000_LINES = 1.0
KERNEL_C_LINES, KERNEL_ASSEMBLY_LINES = 10000, 1000
DISTRIBUTION_FROM = 20  # functions; fewer say nothing about a distribution
CODE = (".c", ".h", ".S", ".py", ".lua", ".sh")
SPDX_ALSO = (".cmake", ".ld")
PRODUCT = ("microkernel", "servers", "drivers", "boot")
BAD_NAMES = re.compile(r"(utils?|misc|common|helpers?)(\.\w+)?$")
BINARY_KINDS = (".png", ".jpg", ".gif", ".ppm", ".log", ".core", ".iso", ".img", ".o", ".a", ".so", ".elf", ".bin", ".cpio")
MARKERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


class Tree:
    """The files that would be committed, with their texts read once."""

    def __init__(self):
        listed = tree.tool(["git", "-C", str(tree.TOP), "ls-files", "-co", "--exclude-standard", "-z"],
                           "listing the tree's files")
        self.paths = sorted(name for name in listed.split("\0") if name and (tree.TOP / name).is_file())
        self._texts, self._functions = {}, {}

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (tree.TOP / path).read_text(errors="replace")
        return self._texts[path]

    def code(self, *kinds):
        return [path for path in self.paths if Path(path).suffix in kinds and not (tree.TOP / path).is_symlink()]

    def functions(self, path):
        if path not in self._functions:
            self._functions[path] = c_scan.functions(self.text(path))
        return self._functions[path]

    def scripts(self):
        return [path for path in self.paths if self.text(path).startswith("#!")]


def file_length(files):
    for path in files.code(*CODE):
        lines = files.text(path).count("\n")
        if lines > FILE_LINES:
            yield "file-length", path, f"{lines} lines, at most {FILE_LINES}", lines <= FILE_LINES_EXCUSED


def function_length(files):
    for path in files.code(".c", ".h"):
        for function in files.functions(path):
            limit = FUNCTION_LINES_SWITCH if function.has_switch else FUNCTION_LINES
            if function.lines > limit:
                yield ("function-length", f"{path}:{function.name}", f"{function.lines} lines, at most {limit}",
                       function.lines <= FUNCTION_LINES_SWITCH)


def function_distribution(files):
    for folder in (*PRODUCT, "test"):
        lengths = sorted(function.lines for path in files.code(".c") if path.startswith(folder + "/")
                         for function in files.functions(path))
        if len(lengths) < DISTRIBUTION_FROM:
            continue
        median, ninety = statistics.median(lengths), lengths[int(len(lengths) * 0.9)]
        if median > MEDIAN_LINES:
            yield "function-median", folder, f"median function {median:g} lines, at most {MEDIAN_LINES}", False
        if ninety > NINETY_PERCENT_LINES:
            yield "function-ninety", folder, f"90 % of functions within {ninety} lines, at most {NINETY_PERCENT_LINES}", False


def function_shape(files):
    for path in files.code(".c", ".h"):
        for function in files.functions(path):
            place = f"{path}:{function.name}"
            if function.parameters > PARAMETERS:
                yield "parameters", place, f"{function.parameters} parameters, at most {PARAMETERS}", True
            if function.nesting > NESTING:
                yield "nesting", place, f"nested {function.nesting} deep, at most {NESTING}", True


def _conditionals(files, path):
    """Lines of #if and the like, without the header guard."""
    found = c_scan.directives(c_scan.hide_comments(files.text(path)))
    guard = path.endswith(".h") and len(found) > 1 and found[0][1] == "ifndef" and found[1][1:] == ("define", found[0][2])
    return [line for line, name, _ in found[1 if guard else 0:] if name in ("if", "ifdef", "ifndef", "elif")]


def preprocessor(files):
    lines, conditionals = 0, []
    for path in files.code(".c", ".h", ".S"):
        lines += files.text(path).count("\n")
        inside = [(function, line) for line in _conditionals(files, path) if path[-1] != "S"
                  for function in files.functions(path) if function.line <= line <= function.end_line]
        for function, _ in inside:
            yield "if-in-function", f"{path}:{function.name}", "#if inside a function", True
        conditionals += [path] * len(_conditionals(files, path))
    if len(conditionals) > max(2, IFS_PER_1000_LINES * lines / 1000):
        worst = ", ".join(sorted(set(conditionals), key=conditionals.count, reverse=True)[:5])
        yield "if-density", "tree", f"{len(conditionals)} #if in {lines} lines, at most 1 per 1000 (most in {worst})", False


def kernel_size(files):
    def total(*kinds):
        return sum(files.text(path).count("\n") for path in files.code(*kinds)
                   if path.startswith("microkernel/") and not path.startswith("microkernel/test/"))
    for kinds, limit, what in (((".c", ".h"), KERNEL_C_LINES, "C"), ((".S",), KERNEL_ASSEMBLY_LINES, "assembly")):
        if total(*kinds) > limit:
            yield "kernel-size", "microkernel", f"{total(*kinds)} lines of {what}, at most {limit}", True


def spdx(files):
    wanted = set(files.code(*CODE, *SPDX_ALSO)) | set(files.scripts())
    wanted |= {path for path in files.paths if path.endswith("CMakeLists.txt")}
    for path in sorted(wanted):
        if path.startswith("boot/rootfs/overlay/"):
            continue
        if not any("SPDX-License-Identifier: MIT" in line for line in files.text(path).splitlines()[:2]):
            yield "spdx", path, "no SPDX line at its head", False


def names(files):
    for path in files.paths:
        if BAD_NAMES.match(Path(path).name):
            yield "file-name", path, "a name that says nothing", False
        if Path(path).suffix in BINARY_KINDS:
            yield "file-kind", path, "images, dumps and logs do not belong into the tree", False


def markers(files):
    for path in sorted({*files.code(*CODE), *files.scripts()}):
        for number, line in enumerate(files.text(path).splitlines(), 1):
            if MARKERS.search(line):
                yield "marker", f"{path}:{number}", "left-over marker", False


def whitespace(files):
    for path in files.code(*CODE, ".md", ".txt", ".cmake"):
        text = files.text(path)
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip():
                yield "whitespace", f"{path}:{number}", "trailing white space", False
        if text and not text.endswith("\n"):
            yield "whitespace", path, "no newline at the end", False


def formatting(files):
    sources = files.code(".c", ".h")
    for start in range(0, len(sources), 100):
        done = subprocess.run(["clang-format", "--dry-run", "--style=file", *sources[start:start + 100]], cwd=tree.TOP,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seen = set()
        for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error)", done.stderr, re.M):
            if match.group(1) not in seen:
                seen.add(match.group(1))
                yield "format", f"{match.group(1)}:{match.group(2)}", "differs from clang-format", False


RULES = (file_length, function_length, function_distribution, function_shape, preprocessor, kernel_size, spdx, names,
         markers, whitespace, formatting)


def _exceptions():
    """{(rule, place): line number}; each line: RULE PLACE REASON."""
    found = {}
    path = tree.TOP / "scripts" / "style-exceptions.txt"
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if line.strip() and not line.startswith("#"):
            words = line.split(None, 2)
            if len(words) < 3:
                raise tree.Failure(f"scripts/style-exceptions.txt:{number}: expected RULE PLACE REASON")
            found[words[0], words[1]] = number
    return found


def check():
    files, excused, findings = Tree(), _exceptions(), []
    used = set()
    for rule in RULES:
        for name, place, text, excusable in rule(files):
            reason = next((key for key in excused if key[0] == name and fnmatch.fnmatch(place, key[1])), None)
            if excusable and reason:
                used.add(reason)
            else:
                findings.append(f"{place}: {name}: {text}")
    findings += [f"scripts/style-exceptions.txt:{line}: unused: {rule} {place}"
                 for (rule, place), line in excused.items() if (rule, place) not in used]
    return findings


def command(arguments):
    parser = tree.Parser(prog="check-style", description="Check the tree against the house style's numbers.",
                                     epilog="Exceptions with reasons: scripts/style-exceptions.txt")
    parser.add_argument("--fix", action="store_true", help="first format all C sources with clang-format")
    options = parser.parse_args(arguments)
    if options.fix:
        tree.tool(["clang-format", "-i", "--style=file", *Tree().code(".c", ".h")], "clang-format", cwd=tree.TOP)
    findings = check()
    for finding in findings:
        print(finding)
    print(f"check-style: {len(findings)} findings" if findings else "check-style: nothing found",
          file=sys.stderr if findings else sys.stdout)
    return 1 if findings else 0


if __name__ == "__main__":
    tree.main(command, "check-style")
