# SPDX-License-Identifier: MIT
"""scripts/gdb-investigate on Lichen, with two small programs of which every address, register and stack word is known.

What is expected comes from the programs' own files and from what their text says, not from an earlier run. Each test is one boot
or a refusal before it; scripts/debug's `lichen` lists are tested with it since they read the same structures.
"""
import functools
import json
import os
import shutil
import subprocess
import time

import tree
from elf import Elf

BOOTS = True
# The probe: every register has a value that says its name, four words are on the stack, then it comes to `mark`.
NAMES = ("rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rax")
VALUE = 0xa500000000000100
PROBE = "\n".join([
    ".globl _start, mark, after, asked, synced, written, writer, counter", "_start:",
    *(f"push $0x{word}" for word in ("44", "33", "22", "11")),
    *(f"movabs ${VALUE + number:#x}, %{name}" for number, name in enumerate(NAMES)),
    "call mark", "after: call writer", "mov $162, %eax", "syscall", "synced: xor %edi, %edi", "mov $231, %eax", "syscall",
    "mark: mov $102, %eax", "syscall", "asked: ret", "writer: movl $7, counter(%rip)", "written: ret", ".data", ".globl filler",
    "filler: .skip 64", ".type counter, @object", ".size counter, 8", "counter: .quad 5"])
# Two handlers and a signal for oneself: all disposition and record writes that the tests look at.
SIGNALS = """
#include <signal.h>
#include <unistd.h>
void handler(int number) { (void)number; }
void begin(void) { __asm__ volatile(""); }
int main(void)
{
	struct sigaction action = { .sa_handler = handler };
	begin();
	sigaction(SIGCHLD, &action, 0);
	raise(SIGCHLD);
	return 0;
}
"""
READER = """
#include <fcntl.h>
#include <unistd.h>
volatile char buffer[8];
int main(void)
{
	int file = open("/etc/passwd", O_RDONLY);
	buffer[0] = 1;
	if (read(file, (void *)buffer, 8) == 8 && !fork()) {
		buffer[1] = 9;
		_exit(0);
	}
	buffer[2] = 7;
	return 0;
}
"""


@functools.cache
def programs():
    """Compiled once for all tests: {name: path}."""
    place = tree.build_dir() / "investigate-tests"
    place.mkdir(exist_ok=True)
    (place / "probe.S").write_text(PROBE + "\n")
    (place / "signals.c").write_text(SIGNALS)
    (place / "reader.c").write_text(READER)
    tree.tool(["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-o", str(place / "probe"), str(place / "probe.S")], "compiling")
    (place / "lost.c").write_text("int main(void) { ((void (*volatile)(void))0x7000)(); return 0; }\n")
    for name, source, flags in (("lost", "lost", ["-static", "-no-pie"]), ("signals", "signals", ["-static", "-no-pie"]), ("moving", "signals", ["-fPIE", "-pie"]),
                                ("reader", "reader", ["-static", "-no-pie"])):
        tree.tool(["musl-gcc", "-O1", "-fno-inline", *flags, "-o", str(place / name), str(place / f"{source}.c")], "compiling")
    return {name: place / name for name in ("probe", "signals", "moving", "reader", "lost")}


def address(program, symbol):
    return Elf(programs()[program]).symbol(symbol)[0]


def investigate(*arguments, command="/probe", timeout=40):
    adds = [word for name, path in programs().items() for word in ("--add", f"{path}:/{name}")]
    return subprocess.run([str(tree.TOP / "scripts" / "gdb-investigate"), "--timeout", str(timeout), *adds, *map(str, arguments), "--", command],
                          stdin=subprocess.DEVNULL, text=True, capture_output=True, timeout=timeout + 60,
                          env={**os.environ, "LICHEN_BUILT": "1"}, check=False)


def hits(scratch, *arguments, command="/probe"):
    """Of a hunt that must succeed."""
    path = scratch / "result.json"
    done = investigate("--json", path, *arguments, command=command)
    result = json.loads(path.read_text())
    assert done.returncode == 0 and result["error"] is None, f"{result['error']} {done.stderr}"
    return result["hits"]


def numbers(found):
    return {name: int(value, 0) for name, value in found.items()}


def test_investigate_user_break_shows_registers_stack_and_code(scratch):
    found = hits(scratch, "--break-user", "/probe:mark")
    assert [hit["index"] for hit in found] == [1], found
    hit, image = found[0], Elf(programs()["probe"])
    registers = numbers(hit["registers"])
    assert {name: registers[name] for name in NAMES} == {name: VALUE + number for number, name in enumerate(NAMES)}
    assert registers["rip"] == address("probe", "mark") == int(hit["rip"], 0) and registers["cs"] == 0x33
    assert [int(word["value"], 0) for word in hit["stack"][:5]] == [address("probe", "after"), 0x11, 0x22, 0x33, 0x44]
    assert len(hit["stack"]) == 16 and int(hit["stack"][0]["address"], 0) == registers["rsp"]
    assert hit["stack"][0]["symbol"] == "after" and hit["stack"][5]["value"] == "0x1"  # argc
    code = hit["code"]
    offset, start, _, _ = next(segment for segment in image.segments if segment[1] <= registers["rip"] < segment[1] + segment[2])
    begin = offset + int(code["address"], 0) - start
    assert int(code["address"], 0) + code["offset"] == registers["rip"] and len(code["bytes"]) == 96
    assert bytes.fromhex(code["bytes"])[:code["offset"] + 8] == image.data[begin:begin + code["offset"] + 8]
    assert len(hit["disassembly"]) == 12 and hit["disassembly"][0]["text"].split() == ["mov", "$0x66,%eax"]
    assert [line["symbol"] for line in hit["disassembly"][:3]] == ["mark", "mark+0x5", "asked"]
    assert [frame["symbol"] for frame in hit["backtrace"][:2]] == ["mark", "after"]
    assert hit["side"] == "guest" and hit["mode"] == "user" and hit["process"]["name"] == "probe"
    assert int(hit["space"]["root"], 0) == registers["cr3"] and hit["stop"] == "--break-user /probe:mark"


def test_investigate_break_before_the_page_is_there(scratch):
    """Nothing is in memory when a program starts; the first instruction is one hit, and an address where nothing is, too."""
    found = hits(scratch, "--break-user", "/probe:_start", "--collect", "code,registers")
    assert len(found) == 1 and found[0]["code"]["bytes"][:4] == Elf(programs()["probe"]).content(address("probe", "_start"), 2).hex(), found
    found = hits(scratch, "--break-user", "0x7000", "--collect", "registers,stack,code,disassembly,backtrace", command="/lost; true")
    assert len(found) == 1 and found[0]["process"]["name"] == "lost" and found[0]["rip"] == "0x7000", found
    assert found[0]["code"]["bytes"] == "" and found[0]["disassembly"] == [] and len(found[0]["stack"]) == 16


def test_investigate_finds_where_a_program_was_mapped(scratch):
    found = hits(scratch, "--break-user", "/moving:begin", "--collect", "registers,regions", command="/moving; /moving")
    assert len(found) == 2 and found[0]["process"]["pid"] != found[1]["process"]["pid"]
    for hit in found:
        base = min(int(region["start"], 0) for region in hit["regions"] if region["name"] == "/moving")
        assert base > 1 << 40 and int(hit["rip"], 0) == base + address("moving", "begin"), hit
        assert hit["symbol"] == "begin" and "stack" not in hit


def test_investigate_finds_a_library_of_busybox(scratch):
    found = hits(scratch, "--break-user", "/lib/ld-musl-x86_64.so.1:write", "--when", "$rdx == 3", command="echo much; echo hi")
    assert len(found) == 1 and found[0]["symbol"] == "write" and found[0]["process"]["name"] == "sh", found
    assert found[0]["stop"] == "--break-user /lib/ld-musl-x86_64.so.1:write"


def test_investigate_knows_one_process_from_another(scratch):
    command = "ln -s /probe /alias; cp /probe /copy; /probe; /alias; /copy; /probe"
    found = hits(scratch, "--break-user", "/probe:mark", "--process", "alias", "--collect", "registers", command=command)
    assert [hit["process"]["name"] for hit in found] == ["alias"], found
    found = hits(scratch, "--break-user", "/probe:mark", "--collect", "registers", command=command)
    assert [hit["process"]["name"] for hit in found] == ["probe", "alias", "probe"], found  # not /copy, though it lies at the same place
    pids = [hit["process"]["pid"] for hit in found]
    assert len(set(pids)) == 3 and {hit["rip"] for hit in found} == {f"{address('probe', 'mark'):#x}"}
    found = hits(scratch, "--break-user", f"{address('probe', 'mark'):#x}", "--process", pids[1], command=command)
    assert [hit["process"]["pid"] for hit in found] == [pids[1]], found


def test_investigate_kernel_break(scratch):
    hit = hits(scratch, "--break-kernel", "kcall_guest_set_aspace", "--process", "lichen-agent", "--max-hits", 1)[0]
    assert hit["side"] == "kernel" and hit["mode"] == "kernel" and hit["interrupted"]["mode"] == "native", hit
    assert int(hit["registers"]["cs"], 0) & 3 == 0 and int(hit["rip"], 0) >> 63 == 1
    functions = [frame["function"] for frame in hit["backtrace"]]
    assert "kernel_syscall" in functions and "microkernel/call/" in hit["backtrace"][0]["source"], hit["backtrace"]


def test_investigate_server_break(scratch):
    found = hits(scratch, "--break-server", "linux-personality:sys_sync", "--process", "probe",
                 "--collect", "guest,backtrace,processes,threads,domains")
    assert len(found) == 1 and found[0]["side"] == "linux-personality" and found[0]["mode"] == "user", found
    assert found[0]["space"]["kind"] == "server" and found[0]["process"]["name"] == "probe"
    assert int(found[0]["guest"]["rip"], 0) == address("probe", "synced") and found[0]["guest"]["orig_rax"] == f"{162:#x}"
    assert "sys_sync" in [frame["function"] for frame in found[0]["backtrace"]]
    assert found[0]["process"]["pid"] in [row["pid"] for row in found[0]["processes"] if row["name"] == "probe"]
    current = [row for row in found[0]["threads"] if row["current"] == "*"]
    assert [(row["id"], row["domain"], row["mode"]) for row in current] == [(found[0]["thread"]["id"], "linux-personality", "native")]
    assert {"supervisor", "vfs", "linux-personality"} <= {row["name"] for row in found[0]["domains"]}


def test_investigate_keeps_servers_apart(scratch):
    """Every server has a main; they lie at one address or another, in spaces of their own."""
    names = ("vfs", "rtc", "linux-personality", "supervisor")
    options = [word for name in names for word in ("--break-server", f"{name}:main")]
    found = hits(scratch, *options, "--break-kernel", "domain_create", "--max-hits", 30, "--collect", "registers", command="true")
    mains = [(hit["stop"].split()[1], hit["side"], hit["symbol"]) for hit in found if "server" in hit["stop"]]
    assert sorted(mains) == sorted((f"{name}:main", name, "main") for name in names), mains
    assert {hit["side"] for hit in found if "kernel" in hit["stop"]} == {"kernel"} and len(found) > 8, found


def test_investigate_watch_stops_at_the_writer_of_a_variable(scratch):
    found = hits(scratch, "--watch", "/probe:counter")
    assert len(found) == 1, found
    write = found[0]["write"]
    assert (write["side"], write["old"], write["new"], write["bytes"]) == ("guest", "0x5", "0x7", 8)
    assert int(write["address"], 0) == address("probe", "counter") and int(found[0]["rip"], 0) == address("probe", "written")
    assert int(write["instruction"]["address"], 0) == address("probe", "writer") and "$0x7" in write["instruction"]["text"]


def test_investigate_watch_of_a_saved_rip_names_the_side(scratch):
    found = hits(scratch, "--watch", "saved-rip", "--process", "signals", "--max-hits", 40, command="/signals")
    writes = [(hit["write"]["side"], hit["write"]["alias"], int(hit["write"]["new"], 0)) for hit in found]
    handler = address("signals", "handler")
    assert ("linux-personality", "linux-personality's address", handler) in writes, writes
    assert [side for side, _, rip in writes if rip == handler] == ["linux-personality"]  # nobody else sends it there
    kernels = [rip for side, alias, rip in writes if (side, alias) == ("kernel", "kernel direct map")]
    text = next((start, start + size) for _, start, size, _ in Elf(programs()["signals"]).segments if start <= handler < start + size)
    assert kernels and all(text[0] <= rip < text[1] for rip in kernels), writes


def test_investigate_watch_of_a_disposition(scratch):
    place = 'linux-personality:$process("signals")->leader->sighand->actions[16].handler'
    found = hits(scratch, "--watch", place, "--process", "signals", command="/signals; /moving; /signals; true")
    assert len(found) == 2 and len({hit["process"]["pid"] for hit in found}) == 2, found  # what the memory is used for afterwards is no hit
    for hit in found:
        assert hit["write"]["old"] == "0x0" and int(hit["write"]["new"], 0) == address("signals", "handler"), hit["write"]
        assert hit["write"]["side"] == "linux-personality" and hit["process"]["name"] == "signals"
        assert "sys_rt_sigaction" in [frame["function"] for frame in hit["backtrace"]], hit["backtrace"]


def test_investigate_watch_of_a_static_variable(scratch):
    found = hits(scratch, "--watch", "linux-personality:last_id", "--collect", "backtrace", command="/probe; true")
    assert [int(hit["write"]["new"], 0) - int(hit["write"]["old"], 0) for hit in found] == [1] * len(found) and len(found) >= 3, found
    assert {hit["write"]["bytes"] for hit in found} == {4} and {hit["write"]["side"] for hit in found} == {"linux-personality"}
    assert all("id_allocate" in [frame["function"] for frame in hit["backtrace"]] for hit in found), found[0]["backtrace"]


def test_investigate_step_trace_marks_kernel_entry_and_exit(scratch):
    steps = hits(scratch, "--break-user", "/probe:mark", "--step", 60)[0]["steps"]
    assert len(steps) == 61 and [step["index"] for step in steps] == list(range(61))
    places = [int(step["rip"], 0) for step in steps]
    entry = [step["mark"] for step in steps].index("kernel entry")
    leave = [step["mark"] for step in steps].index("kernel exit")
    mark = address("probe", "mark")
    assert entry == 2 and places[:2] == [mark, mark + 5] and steps[2]["symbol"] == "syscall_entry"
    assert places[leave] == address("probe", "asked") and places[leave + 1] == address("probe", "after")
    assert all((step["mode"] == "kernel") == (entry <= step["index"] < leave) for step in steps[:leave + 2])
    assert [step["side"] for step in steps[:leave + 1]] == ["guest"] * 2 + ["kernel"] * (leave - 2) + ["guest"]
    assert numbers(steps[1]["registers"])["rax"] == 102 and numbers(steps[leave]["registers"])["rax"] == 0
    assert numbers(steps[entry]["registers"])["rcx"] == address("probe", "asked")  # what SYSCALL leaves there


def test_investigate_step_trace_sees_what_is_written(scratch):
    """The first write to the page faults: the trace goes through the kernel and back to the instruction before it is done."""
    found = hits(scratch, "--break-user", "/probe:mark", "--watch", "/probe:counter", "--step", 3000, "--collect", "registers")
    assert [hit["stop"] for hit in found] == ["--break-user /probe:mark"], [hit["stop"] for hit in found]  # no hit of its own besides
    steps = found[0]["steps"]
    wrote = [step for step in steps if step["wrote"]]
    assert [(step["symbol"], step["wrote"]) for step in wrote] == [("written", ["--watch /probe:counter"])], wrote
    faults = [step["index"] for step in steps if step["symbol"] == "writer"]
    assert len(faults) == 2 and steps[faults[0] + 1]["mark"] == "kernel entry" and steps[faults[1]]["mark"] == "kernel exit", faults


def test_investigate_sees_the_kernel_write_for_a_process(scratch):
    """read(2) into a variable that was touched before; the child's copy of it is another variable."""
    found = hits(scratch, "--watch", "/reader:buffer", "--collect", "registers,fpu", command="/reader; ls -lR /etc | tail -1; true")
    text = (tree.build_dir() / "rootfs" / "etc" / "passwd").read_bytes()[:8]
    values = [int.from_bytes(text[:2] + bytes([last]) + text[3:], "little") for last in (text[2], 7)]
    assert [int(hit["write"]["new"], 0) for hit in found] == [1, *values], [hit["write"] for hit in found]
    assert [hit["write"]["side"] for hit in found] == ["guest", "kernel", "guest"]
    assert found[1]["write"]["alias"] == "kernel direct map" and {hit["process"]["name"] for hit in found} == {"reader"}
    assert int(found[0]["fpu"]["mxcsr"], 0) == 0x1f80 and len([name for name in found[0]["fpu"] if name.startswith("xmm")]) == 16


def test_investigate_plan_has_steps_and_keeps_values(scratch):
    plan = {"steps": [
        {"break-user": "/signals:begin", "collect": "registers", "set": {"top": "$rsp", "index": "17 - 1"}},
        {"watch": ['linux-personality:$process("signals")->leader->sighand->actions[$index].handler'], "process": "signals", "when": "$top != 0"}]}
    (scratch / "plan.json").write_text(json.dumps(plan))
    found = hits(scratch, "--plan", scratch / "plan.json", command="/signals")
    assert [(hit["step"], hit["index"], hit["symbol"].split(".")[0]) for hit in found] == [(1, 1, "begin"), (2, 2, "enter_rt_sigaction")], found
    assert int(found[0]["set"]["top"], 0) == int(found[0]["registers"]["rsp"], 0) and found[0]["set"]["index"] == "16"
    assert int(found[1]["write"]["new"], 0) == address("signals", "handler")


def test_investigate_plan_that_is_not_finished_says_where(scratch):
    steps = [{"break-user": "/probe:mark", "collect": "registers"}, {"break-user": "/probe:_start", "collect": "registers", "max-hits": 3}]
    (scratch / "plan.json").write_text(json.dumps({"steps": steps}))
    done = investigate("--json", scratch / "json", "--plan", scratch / "plan.json", command="/probe")
    result = json.loads((scratch / "json").read_text())
    one_line(done, "the machine ended in step 2 of 2")
    assert len(result["hits"]) == 1 and result["status"] == 0, result
    found = hits(scratch, "--plan", scratch / "plan.json", command="/probe; /probe; true")
    assert [(hit["step"], hit["symbol"]) for hit in found] == [(1, "mark"), (2, "_start")], found  # fewer than wanted, in the last step


def test_investigate_ends_at_its_time_out_with_what_it_has(scratch):
    started = time.monotonic()
    done = investigate("--json", scratch / "json", "--break-user", "/probe:mark", command="/probe; sleep 1000", timeout=4)
    result = json.loads((scratch / "json").read_text())
    assert done.returncode == 1 and result["error"] == "time-out after 4 s" and len(result["hits"]) == 1, result["error"]
    assert time.monotonic() - started < 30 and done.stderr.strip() == "gdb-investigate: time-out after 4 s", done.stderr


def test_investigate_takes_files_by_any_path(scratch):
    """A relative path through a symbolic link: gdb knows the file by another name then."""
    (scratch / "folder").mkdir()
    shutil.copy(programs()["signals"], scratch / "folder" / "tool")
    os.symlink("folder", scratch / "link")
    shown = os.path.relpath(scratch / "link" / "tool")
    found = hits(scratch, "--add", f"{shown}:/tool", "--break-user", "/tool:begin", "--collect", "backtrace", command="/tool; /tool")
    assert [hit["backtrace"][1]["function"] for hit in found] == ["main", "main"], found


def test_investigate_says_that_nothing_was_hit(scratch):
    done = investigate("--json", scratch / "json", "--break-user", "/signals:main", "--watch", "saved-rip", "--process", "nobody", command="/probe; exit 3")
    result = json.loads((scratch / "json").read_text())
    assert done.returncode == 1 and result["hits"] == [] and result["status"] == 3, result
    assert result["error"] == "the machine ended; --watch saved-rip: never armed: no process nobody was seen", result["error"]


def test_investigate_says_that_the_guest_panicked(scratch):
    (scratch / "garbage").write_text("no program")
    done = investigate("--json", scratch / "json", "--add", f"{scratch}/garbage:/lichen/servers/vfs", "--break-user", "/probe:mark")
    result = json.loads((scratch / "json").read_text())
    one_line(done, "the kernel panicked: linux-personality: ended")
    assert result["hits"] == [] and "cannot go on without it" in result["error"] and result["status"] is None, result


def one_line(done, words, status=1):
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("-- ")]
    assert done.returncode == status and len(lines) == 1 and words in lines[0], done


def test_investigate_refuses_with_one_line(scratch):
    (scratch / "bad.json").write_text('{"steps": [{"break-usr": "x"}]}')
    (scratch / "text").write_text("no JSON")
    (scratch / "typed.json").write_text('{"steps": [{"break-kernel": "panic", "set": {"a": 1}}]}')
    shutil.copy(tree.build_dir() / "root-lichen" / "lichen" / "servers" / "vfs", scratch / "stripped")
    for arguments, words in (
            (["--break-user", "/probe:nonesuch"], "/probe: no symbol nonesuch"),
            (["--break-user", "/nowhere:main"], "/nowhere: no such file in the root file system used"),
            (["--break-user", "/etc/passwd:main"], "not an ELF64 program"),
            (["--break-user", "main"], "expected ADDR or FILE:SYMBOL"),
            (["--break-user", "0xzz"], "expected an address"),
            (["--break-kernel", "nonesuch"], "the kernel: no symbol nonesuch"),
            (["--break-server", "linux-personality:nonesuch"], "linux-personality: no symbol nonesuch"),
            (["--break-server", "nobody:main"], "NAME one of"),
            (["--watch", "nonesuch"], 'No symbol "nonesuch"'),
            (["--watch", "0x1000"], "needs --process"),
            (["--add", f"{scratch}/stripped:/lichen/servers/vfs", "--break-kernel", "panic"], "/lichen/servers/vfs: the file given has no symbols"),
            (["--plan", scratch / "missing.json"], "No such file"),
            (["--plan", scratch / "text"], "not JSON"),
            (["--plan", scratch / "bad.json"], "step 1: no such key: break-usr"),
            (["--plan", scratch / "typed.json"], "step 1: set: not of the right type")):
        path = scratch / "json"
        done = investigate("--json", path, *arguments)
        one_line(done, words)
        result = json.loads(path.read_text())
        assert result["hits"] == [] and words in result["error"], result


def test_investigate_refuses_wrong_options(_scratch):
    for arguments, words in ((["--nonesuch"], "--nonesuch"), ([], "nothing to stop at"), (["--collect", "rubbish", "--break-kernel", "panic"], "no item rubbish"),
                             (["--max-hits", "0", "--break-kernel", "panic"], "--max-hits"), (["--plan", "x", "--when", "1"], "--when and --plan"), (["--linux", "--break-kernel", "panic"], "--linux"),
                             (["--watch", "saved-rip"], "needs --process"), (["--add", "/nowhere", "--break-kernel", "panic"], "/nowhere")):
        one_line(investigate(*arguments), words, 125)


# For scripts/debug: stop in the file-system server while it serves a call; then let the guest run until `sleep` does.
DEBUG_BATCH = """
add-symbol-file {vfs}
delete
hbreak vfs_on_lookup
continue
echo [pending]\\n
lichen messages
delete
python
import threading
for _ in range(40):
    threading.Timer(0.5, lambda: gdb.post_event(lambda: gdb.execute("interrupt"))).start()
    gdb.execute("continue", to_string=True)
    if " sleep " in gdb.execute("lichen processes", to_string=True):
        break
end
"""
LISTS = ("domains", "threads", "processes", "regions sleep", "regions vfs", "endpoints", "messages", "handles rtc")


def test_debug_lists_what_runs(scratch):
    lists = "".join(f"echo [{name}]\\n\nlichen {name}\n" for name in LISTS)
    (scratch / "batch").write_text(DEBUG_BATCH.format(vfs=tree.build_dir() / "servers" / "vfs" / "vfs") + lists)
    done = subprocess.run([str(tree.TOP / "scripts" / "debug"), "--batch", str(scratch / "batch"), "--", "cat /etc/passwd; sleep 100"],
                          stdin=subprocess.DEVNULL, text=True, capture_output=True, env={**os.environ, "LICHEN_BUILT": "1"}, timeout=100, check=False)
    parts = {part.split("]", 1)[0]: part.split("]", 1)[1] for part in ("\n" + done.stdout).split("\n[") if "]" in part}
    first = {name: {line.split()[0] for line in text.splitlines() if line.split()} for name, text in parts.items()}
    assert set(LISTS) <= set(parts), done
    assert "vfs.lookup" in parts["pending"] and "linux-personality" in parts["pending"], parts["pending"]
    assert {"supervisor", "vfs", "linux-personality", "rtc"} <= first["domains"]
    assert "1" in first["processes"] and " sleep " in parts["processes"] and "in a routed call" in parts["threads"]
    assert "/usr/bin/busybox" in parts["regions sleep"] and "r-x" in parts["regions vfs"] and "[stack]" in parts["regions sleep"]
    assert "vfs" in parts["endpoints"] and parts["messages"].split()[:2] == ["caller", "domain"]
    assert "endpoint" in parts["handles rtc"] and "io-port-range" in parts["handles rtc"], parts["handles rtc"]
