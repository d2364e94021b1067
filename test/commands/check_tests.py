# SPDX-License-Identifier: MIT
"""check-style and check-deps on a small tree with one planted fault each: every rule must see its fault and only it."""
import re
import subprocess

import c_scan
import deps
import style
import tree

HEAD = "/* SPDX-License-Identifier: MIT */\n"
RULES = "microkernel: -\nservers/a: microkernel/abi\nservers/b: microkernel/abi\n"


def findings(scratch, check, files):
    """What a check says about a tree that holds just these files."""
    for name, text in files.items():
        path = scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (scratch / "scripts").mkdir(exist_ok=True)
    (scratch / "scripts" / "dependencies.txt").write_text(RULES)
    (scratch / ".clang-format").write_bytes((tree.TOP / ".clang-format").read_bytes())
    subprocess.run(["git", "init", "-q", scratch], check=True)
    top, tree.TOP = tree.TOP, scratch
    try:
        return check()
    finally:
        tree.TOP = top


def style_rules(scratch, files):
    return {finding.split(": ")[1] for finding in findings(scratch, style.check, files)}


def function(body, name="f", parameters="int a"):
    return f"{HEAD}void {name}({parameters});\nvoid {name}({parameters})\n{{\n{body}}}\n"


def test_style_clean_file_has_no_findings(scratch):
    assert style_rules(scratch, {"a.c": function("\tif (a)\n\t\tf(a);\n")}) == set()


def test_style_sees_long_files(scratch):
    assert style_rules(scratch, {"a.c": HEAD + "int x;\n" * 501}) == {"file-length"}


def test_style_sees_long_functions(scratch):
    assert "function-length" in style_rules(scratch, {"a.c": function("\tf(a);\n" * 81)})
    assert style_rules(scratch, {"a.c": function("\tf(a);\n" * 80)}) == set()


def test_style_sees_many_parameters(scratch):
    seven = ", ".join(f"int p{i}" for i in range(7))
    assert style_rules(scratch, {"a.c": function("", parameters=seven)}) == {"parameters"}


def test_style_sees_deep_nesting_without_braces(scratch):
    body = "\tif (a)\n\t\tfor (;;)\n\t\t\twhile (a)\n\t\t\t\tif (a)\n\t\t\t\t\tf(a);\n"
    assert style_rules(scratch, {"a.c": function(body)}) == {"nesting"}


def test_style_sees_conditionals_in_functions(scratch):
    assert "if-in-function" in style_rules(scratch, {"a.c": function("#ifdef X\n\tf(a);\n#endif\n")})


def test_style_takes_header_guards(scratch):
    guards = {f"h{i}.h": f"{HEAD}#ifndef H{i}\n#define H{i}\n#endif\n" for i in range(9)}
    assert style_rules(scratch, guards) == set()


def test_style_sees_dense_conditionals(scratch):
    assert style_rules(scratch, {"a.c": HEAD + "#ifdef X\n#endif\n" * 3}) == {"if-density"}


def test_style_sees_missing_licence_line(scratch):
    assert style_rules(scratch, {"a.c": "int x;\n"}) == {"spdx"}


def test_style_sees_bad_names_and_binaries(scratch):
    assert style_rules(scratch, {"utils.c": HEAD, "a.png": "x\n"}) == {"file-name", "file-kind"}


def test_style_sees_markers_and_white_space(scratch):
    found = style_rules(scratch, {"a.c": HEAD + "/* TO" + "DO later */\n", "b.md": "text \n"})
    assert found == {"marker", "whitespace"}


def test_style_sees_wrong_format(scratch):
    assert style_rules(scratch, {"a.c": HEAD + "int  x;\n"}) == {"format"}


def test_style_sees_large_kernel(scratch):
    files = {f"microkernel/f{i}.c": HEAD + "int x;\n" * 450 for i in range(23)}
    assert style_rules(scratch, files) == {"kernel-size"}


def test_style_unused_exception_is_a_finding(scratch):
    (scratch / "scripts").mkdir()
    (scratch / "scripts" / "style-exceptions.txt").write_text("nesting a.c:f because\n")
    assert len(findings(scratch, style.check, {"a.c": HEAD})) == 1


def test_scanner_measures_functions(_scratch):
    text = 'static int f(int a, char *(*b)(int, int))\n{\n\tchar *s = "}{";\n\t/* { */\n\treturn a;\n}\n'
    found = c_scan.functions(text)[0]
    assert (found.name, found.lines, found.parameters, found.nesting) == ("f", 3, 2, 0)


def test_dependencies_see_foreign_headers(scratch):
    files = {"microkernel/abi/x.h": HEAD, "microkernel/inner.h": HEAD, "servers/b/b.h": HEAD,
             "servers/a/a.c": HEAD + '#include "abi/x.h"\n#include "inner.h"\n#include "../b/b.h"\n'}
    found = findings(scratch, deps.check, files)
    assert len(found) == 2 and all("may not include" in text for text in found), found


def test_dependencies_see_linux_in_the_kernel(scratch):
    for number, line in enumerate(("int e = EINVAL;", "int f = O_CREAT;", 'char *p = "/etc";', "Elf64_Ehdr h;",
                                   "int n = SYS_read;")):
        found = findings(scratch / str(number), deps.check, {"microkernel/a.c": f"{HEAD}{line}\n"})
        assert len(found) == 1, (line, found)
    found = findings(scratch / "comment", deps.check, {"microkernel/a.c": HEAD + "/* EINVAL, O_CREAT, \"/etc\" */\n"})
    assert not found, found


def test_contract_has_sixty_programs_of_our_own_for_terminals_sockets_and_processes(_scratch):
    programs = [path for group in ("tty", "unix", "exec") for path in (tree.TOP / "test" / "contract" / group).glob("*.c")]
    assert len(programs) >= 60, f"only {len(programs)}"


def test_kernel_has_a_hundred_tests(_scratch):
    texts = [path.read_text() for path in (tree.TOP / "microkernel" / "test").glob("*_test.c")]
    count = sum(len(re.findall(r"^KERNEL_TEST\(\w+\)$", text, re.M)) for text in texts)
    assert count >= 100, f"only {count}"
