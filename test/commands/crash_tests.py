# SPDX-License-Identifier: MIT
"""scripts/crash-report on logs that were made here by the grammar of docs/reports.md: whole ones, damaged ones, each kind of death."""
import json
import subprocess
import types

import elf
import report
import run_notes
import tree

STAMP = "[    1.000000] <128> linux-personality: "
PROGRAM = """
	.globl _start, work, table
_start:	call work
	hlt
work:	push %rbp
	mov %rsp, %rbp
	movabs $0x1122334455667788, %rax
	idiv %ecx
	movaps %xmm0, 0x8(%rdi)
	mov (%rbx), %rax
	pop %rbp
	ret
	.size work, . - work
	.type work, @function
	.data
table:	.quad 0
"""
DIVIDE, STORE, LOAD = 14, 16, 20  # where the instructions of `work` lie
FAULT = dict(signal=11, signame="SIGSEGV", code=1, codename="SEGV_MAPERR", address="0x0", sender="-", vector=14, error="0x4",
             access="read", cause="absent", **{"in": "-"}, rights="-", offset="-")


def program(scratch):
    """A small program with symbols; its ELF file."""
    (scratch / "work.S").write_text(PROGRAM)
    tree.tool(["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id", "-o", str(scratch / "work"), str(scratch / "work.S")], "compiling")
    return elf.Elf(scratch / "work")


def fact(key, **values):
    return f"{key} " + " ".join(f"{name}={value}" for name, value in values.items())


def framed(facts, number=1, kind="guest", stamp=STAMP):
    lines = [f"report begin {kind}", *facts, f"report end {len(facts) + 2}"]
    return "".join(f"{stamp}|{number}| {line}\n" for line in lines)


def death(binary, offset=0, build=None, more=(), **changes):
    """A guest's report: it stopped `offset` bytes behind the beginning of work."""
    work = binary.symbols["work"][0]
    code = next(binary.data[start + work - own:start + work - own + 32] for start, own, size, _ in binary.segments if own <= work < own + size)
    rip = changes.pop("rip", work + offset)
    registers = {"rip": hex(rip), "rsp": "0x7fffffffe000", "rdi": "0x7fffffffe000", "rbx": "0x0", **changes.pop("registers", {})}
    page = work // 4096 * 4096
    start, own = next((start, own) for start, own, size, _ in binary.segments if own <= work < own + size)
    return [fact("process", pid=34, tid=34, name='"work"', threads=1, uid=0, time="1.000000"),
            fact("image", path='"/work"', build=build or binary.build_id(), since="0.900000"),
            fact("parent", pid=30, name='"sh"', how="vfork", flags="0x4111", call="clone", time="0.890000"),
            fact("reason", **{**FAULT, **changes}), fact("reg", **registers),
            fact("code", start=hex(work), bytes=code.hex(), **{"in": '"/work"'}, rights="r-x", offset="0x0") if rip == work + offset
            else fact("code", start="-", bytes="-", **{"in": "-"}, rights="-", offset="-"),
            fact("stack", at="0x7fffffffe000", words=f"{work + 2:x},0,0,0"),
            fact("map", start=hex(page), end=hex(page + 4096), rights="r-xp", offset=hex(start - own + page), path='"/work"', build=build or binary.build_id()),
            fact("map", start="0x7fffffff0000", end="0x7ffffffff000", rights="rw-p", offset="0x0", path='"[stack]"', build="-"), *more]


def crash_report(scratch, text, *options):
    (scratch / "log").write_text(text)
    return subprocess.run([str(tree.TOP / "scripts" / "crash-report"), str(scratch / "log"), "--add", f"{scratch / 'work'}:/work", *options],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def cause(scratch, facts):
    done = crash_report(scratch, framed(facts), "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["reports"]
    return found


def test_crash_report_names_the_cause(scratch):
    binary = program(scratch)
    work = binary.symbols["work"][0]
    cases = {
        "null-call": death(binary, rip=0, access="execute"),
        "unmapped-jump": death(binary, rip=0x5000000, access="execute", address="0x5000000"),
        "execute-data": death(binary, rip=0x7fffffffe100, access="execute", address="0x7fffffffe100", cause="rights", **{"in": '"[stack]"'},
                              rights="rw-"),
        "mid-instruction": death(binary, 6, address="0x9000000"),
        "divide-by-zero": death(binary, DIVIDE, signal=8, signame="SIGFPE", vector=0, access="-", cause="-"),
        "misaligned-sse": death(binary, STORE, vector=13, access="-", cause="-", address="0x0"),
        "null-dereference": death(binary, LOAD),
        "bad-pointer": death(binary, LOAD, address="0x9000000"),
        "access-rights": death(binary, LOAD, access="write", address=hex(work), cause="rights", **{"in": '"/work"'}, rights="r-x"),
        "stack-overflow": death(binary, LOAD, access="write", address="0x7ffffffefff8", registers={"rsp": "0x7ffffffefff8"}),
        "abort": death(binary, LOAD, signal=6, signame="SIGABRT", vector="-", sender=34, access="-", cause="-",
                       more=[fact("call", time="0.99", routed=2, text='"write(2, \\"no room\\", 7) = 7"'), fact("tail", routed=0)]),
        "signal-sent": death(binary, LOAD, signal=3, signame="SIGQUIT", vector="-", sender=1, access="-", cause="-")}
    for kind, facts in cases.items():
        found = cause(scratch, facts)
        assert found["cause"] == kind and found["why"] and found["complete"] and not found["problems"], (kind, found["cause"], found["why"])


def test_crash_report_names_a_foreign_handler_and_who_installed_it(scratch):
    binary = program(scratch)
    handler = dict(signal=17, signame="SIGCHLD", handler="0x5000000")
    place = {"in": "-", "rights": "-", "offset": "-"}
    more = [fact("handler", **handler, running="yes", belongs="unmapped", time="1.000000", **place),
            fact("disposition", **handler, flags="0x4000000", mask="0x0", restorer="0x0", belongs="unmapped", pid=35, tid=35, call="rt_sigaction",
                 time="0.950000", **place)]
    found = cause(scratch, death(binary, rip=0x5000000, access="execute", address="0x5000000", more=more))
    text = " ".join(found["why"])
    assert found["cause"] == "foreign-handler" and "0x5000000 of SIGCHLD belongs to no mapped code of this image" in text
    assert "installed by pid 35 (a child) with rt_sigaction at 0.950000 s" in text
    assert found["dispositions"][0]["pid"] == 35 and found["handler"]["belongs"] == "unmapped"


def test_crash_report_names_places_and_shows_code(scratch):
    binary = program(scratch)
    found = cause(scratch, death(binary, LOAD))
    assert (found["where"]["symbol"], found["where"]["symbol_offset"], found["where"]["in"]) == ("work", LOAD, "/work")
    (here,) = [row for row in found["code"] if row["here"]]
    assert here["text"] == "mov rax,QWORD PTR [rbx]" and found["stack"][0]["name"].startswith("work+0x2")
    text = crash_report(scratch, framed(death(binary, LOAD))).stdout
    assert "work (pid 34) died of SIGSEGV in work+0x14" in text and "=> " in text


def test_crash_report_says_when_symbols_do_not_match(scratch):
    binary = program(scratch)
    found = cause(scratch, death(binary, LOAD, build="00ff"))
    assert found["where"]["symbol"] is None and any("symbols do not match" in text and "00ff ran" in text for text in found["problems"])


def test_crash_report_of_damaged_logs(scratch):
    binary = program(scratch)
    whole = framed(death(binary, LOAD))
    lines = whole.splitlines(keepends=True)
    other = "[    1.000000] <118> vfs: something else\n"
    assert crash_report(scratch, other.join(lines)).returncode == 0, "other lines between"
    for text, words in (("".join(lines[:-1]), "its end is missing"), ("".join(lines[:4] + lines[5:]), "of 11 lines are missing"),
                        ("".join(lines[2:]), "beginning is missing"), (whole.replace("name=", "name "), "not of the grammar")):
        done = crash_report(scratch, text, "--json")
        (found,) = json.loads(done.stdout)["reports"]
        assert done.returncode == 1 and not found["complete"] and any(words in problem for problem in found["problems"]), (words, found["problems"])
    for size in range(0, len(whole), 97):
        done = crash_report(scratch, whole[:size]) if size % 5 == 0 else None
        assert done is None or done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
        report.find(whole[:size])
    done = crash_report(scratch, other)
    assert done.returncode == 1 and "no report in this log" in done.stderr
    done = subprocess.run([str(tree.TOP / "scripts" / "crash-report"), "/nonexistent"], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 125 and done.stderr.count("\n") == 1


def test_crash_report_finds_the_files_of_a_run(scratch):
    binary = program(scratch)
    options = types.SimpleNamespace(root=None, add=[(scratch / "work", "work")])
    run_notes.write(scratch / "log.notes", options)
    (scratch / "log").write_text(framed(death(binary, LOAD)))
    done = subprocess.run([str(tree.TOP / "scripts" / "crash-report"), str(scratch / "log")], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0 and "died of SIGSEGV in work+0x14" in done.stdout
