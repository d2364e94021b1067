# SPDX-License-Identifier: MIT
"""What the report of each planted death says, field by field."""
import guest

WAYS = ("null_call", "jump", "stack_overflow", "execute_data", "misaligned", "divide", "abort", "in_handler", "threads", "blocked")
BOOTS = True


def death(way):
    return guest.deaths(*WAYS)[way]


def crash():
    return guest.program("crash", "crash.c")


def inside(address, symbol):
    start, size = guest.symbols(crash())[symbol]
    return start <= address < start + max(size, 1)


def reason_is(way, signal, code, **fields):
    found = death(way)
    reason = found.first("reason")
    assert found.complete, f"{way}: {found.problems}"
    assert (reason.raw("signame"), reason.raw("codename")) == (signal, code), f"{way}: {reason}"
    for name, value in fields.items():
        assert reason.raw(name) == value, f"{way}: {name} is {reason.raw(name)}, not {value}"
    return found


def test_null_call():
    found = reason_is("null_call", "SIGSEGV", "SEGV_MAPERR", address="0x0", vector="14", access="execute", cause="absent")
    assert found.registers()["rip"] == 0
    assert not found.first("code").has("bytes")
    assert found.first("reason").raw("in") == "-"
    words = [word for line in found.all("stack") for word in line.numbers("words")]
    assert inside(words[0], "die_null_call"), "the return address is the first word of the stack"
    assert any(inside(frame.number("rip"), "main") for frame in found.all("frame"))


def test_jump_into_an_instruction():
    found = reason_is("jump", "SIGILL", "ILL_ILLOPN", vector="6", access="-", cause="-")
    target = guest.symbols(crash())["inside_instruction"][0] + 1
    code = found.first("code")
    assert found.registers()["rip"] == target == found.first("reason").number("address")
    at = target - code.number("start")
    assert code.bytes("bytes")[at - 1:at + 4] == bytes.fromhex("b80f0b9090")
    assert code.text("in") == "/usr/bin/crash" and code.raw("rights") == "r-x"


def test_stack_overflow():
    found = reason_is("stack_overflow", "SIGSEGV", "SEGV_MAPERR", access="write", cause="absent")
    registers = found.registers()
    assert inside(registers["rip"], "recurse")
    lowest = next(row[0] for row in found.maps() if row[4] == "[stack]")
    assert registers["rsp"] < lowest and found.first("reason").number("address") < lowest
    assert found.all("stack")[0].number("at") == lowest, "the stack is shown from where it begins"
    frames = found.all("frame")
    assert len(frames) == 32 and all(inside(frame.number("rip"), "recurse") for frame in frames)


def test_execution_of_data():
    found = reason_is("execute_data", "SIGSEGV", "SEGV_ACCERR", access="execute", cause="rights", rights="rw-", offset="0x10")
    assert found.first("reason").text("in") == "[anonymous]"
    assert found.first("code").bytes("bytes")[found.registers()["rip"] - found.first("code").number("start")] == 0xc3


def test_misaligned_vector_access():
    found = reason_is("misaligned", "SIGSEGV", "SI_KERNEL", vector="13", error="0x0", address="0x0")
    assert inside(found.registers()["rip"], "die_misaligned")


def test_division_by_zero():
    found = reason_is("divide", "SIGFPE", "FPE_INTDIV", vector="0")
    assert inside(found.registers()["rip"], "die_divide")
    assert found.first("reason").number("address") == found.registers()["rip"]


def test_abort():
    found = reason_is("abort", "SIGABRT", "SI_TKILL", address="-", vector="-")
    assert found.first("reason").number("sender") == found.first("process").number("pid")
    assert "tgkill(" in found.all("call")[-1].text("text") and "SIGABRT) = 0" in found.all("call")[-1].text("text")


def test_fault_inside_a_handler():
    found = reason_is("in_handler", "SIGSEGV", "SEGV_MAPERR", address="0x10", access="write")
    start = guest.symbols(crash())["handler"][0]
    run, table = found.first("handler"), found.all("disposition")
    assert (run.raw("signame"), run.number("handler"), run.raw("running"), run.raw("belongs")) == ("SIGUSR1", start, "yes", "yes")
    assert [line.raw("signame") for line in table] == ["SIGUSR1"]
    pid = found.first("process").number("pid")
    assert (table[0].number("pid"), table[0].raw("call"), table[0].text("in")) == (pid, "rt_sigaction", "/usr/bin/crash")
    assert found.first("image").time("since") < table[0].time("time") <= run.time("time") < found.first("process").time("time")
    assert found.first("mask").number("blocked") == 1 << 9


def test_blocked_fault():
    found = reason_is("blocked", "SIGSEGV", "SEGV_MAPERR", address="0x20")
    assert found.first("mask").number("blocked") == ~(1 << 8 | 1 << 18 | 1 << 10) & (1 << 64) - 1 & ~(1 << 31 | 1 << 32)


def test_threads_are_counted():
    assert reason_is("threads", "SIGSEGV", "SI_KERNEL", vector="13").first("process").number("threads") == 4


def test_who_and_whence():
    found = death("divide")
    process, image, parent = (found.first(key) for key in ("process", "image", "parent"))
    assert (process.text("name"), process.number("uid")) == ("crash", 0)
    assert (image.text("path"), image.raw("build")) == ("/usr/bin/crash", guest.build_id(crash()))
    assert (parent.text("name"), parent.raw("how"), parent.number("flags")) == ("sh", "fork", 17)
    assert parent.time("time") < image.time("since") < process.time("time")


def test_history():
    calls = death("divide").all("call")
    texts = [call.text("text") for call in calls]
    assert texts[-1].startswith("chdir(0x") and texts[-1].endswith(") = 0")
    assert any(text.startswith("execve(0x") for text in texts)
    assert "prlimit64(0, RLIMIT_STACK, NULL, 0x" in " ".join(texts)
    times = [call.time("time") for call in calls]
    assert times == sorted(times) and times[0] > 0
    assert all(call.number("routed") is not None for call in calls) and death("divide").first("tail").has("routed")


def test_maps():
    rows = death("divide").maps()
    code = next(row for row in rows if row[2] == "r-xp" and row[4] == "/usr/bin/crash")
    assert code[5] == guest.build_id(crash())
    assert {"[heap]", "[stack]", "[vdso]", "[vvar]"} <= {row[4] for row in rows}
    assert all(low[1] <= high[0] for low, high in zip(rows, rows[1:])), "sorted, apart"


def test_a_loop_of_crashes_is_left_out_and_counted():
    _, log = guest.run("for i in 1 2 3 4 5 6; do for j in 1 2 3 4; do crash divide; done; done; true", add=[(crash(), "/bin/")])
    found = guest.report.find(log)
    assert len(found) < 24 and all(one.complete for one in found), f"{len(found)} reports"
    assert "reports of processes below" in log and "are left out: 4" in log


def test_fpu_registers_on_demand():
    _, log = guest.run("echo fpu on > /proc/lichen/trace; crash divide; echo fpu off > /proc/lichen/trace; crash divide; true",
                       add=[(crash(), "/bin/")])
    with_fpu, without = guest.report.find(log)
    lines = {line.number("start"): line.bytes("bytes") for line in with_fpu.all("fpu")}
    assert with_fpu.complete and lines[0][24:28] == (0x1f80).to_bytes(4, "little"), "MXCSR"
    assert without.complete and not without.all("fpu")


def test_planted_seed_bug_is_named():
    import build
    import tree
    plant = tree.build_dir() / "plants" / "shared_dispositions"
    build.target("plants")
    parent = guest.program("seed", "seed.c")
    child = guest.program("seed-child", "seed.c", "-Wl,-Ttext-segment=0x20000000")
    add = [(parent, "/bin/"), (child, "/bin/")]
    assert guest.run("seed", add=add)[0] == "clean\n"
    _, log = guest.run("seed; true", add=[*add, (plant, "/lichen/servers/linux-personality")])
    found = guest.report.find(log)
    assert len(found) == 1 and found[0].complete, found and found[0].problems
    handler = guest.symbols(child)["on_child"][0]
    run, table = found[0].first("handler"), {line.raw("signame"): line for line in found[0].all("disposition")}
    assert found[0].registers()["rip"] == handler == run.number("handler") == table["SIGCHLD"].number("handler")
    assert (run.raw("running"), run.raw("belongs"), run.raw("in"), table["SIGCHLD"].raw("belongs")) == ("yes", "image", "-", "image")
    assert table["SIGCHLD"].number("pid") > found[0].first("process").number("pid")
    assert table["SIGCHLD"].raw("call") in ("rt_sigaction", "routed")
