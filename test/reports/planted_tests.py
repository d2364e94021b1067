# SPDX-License-Identifier: MIT
"""From a log to the named cause with one command, scripts/crash-report: nine planted crashes, the JSON of each looked at field by field."""
import functools
import json
import subprocess

import build
import elf
import guest
import qemu
import tree

BOOTS = True
PAGE = 4096
REGISTERS = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags", "cs", "ss"}
LISTS = ("why", "code", "backtrace", "stack", "calls", "dispositions", "maps", "fpu", "facts", "problems")
# way: cause, where it stopped, reason, words of the sentence
GUESTS = {
    "null_call": ("null-call", None, dict(signame="SIGSEGV", codename="SEGV_MAPERR", address=0, vector=14, access="execute", cause="absent"),
                  "null function pointer", "die_null_call"),
    "jump": ("mid-instruction", "inside_instruction", dict(signame="SIGILL", codename="ILL_ILLOPN", vector=6, access=None, rights="r-x"),
             "middle of an instruction", "mov eax,0x90900b0f"),
    "stack_overflow": ("stack-overflow", "recurse", dict(signame="SIGSEGV", codename="SEGV_MAPERR", vector=14, access="write", cause="absent"),
                       "stack overflowed", "below [stack]"),
    "execute_data": ("execute-data", None, dict(signame="SIGSEGV", codename="SEGV_ACCERR", access="execute", cause="rights", rights="rw-", offset=16),
                     "which is data", "[anonymous] is mapped rw-"),
    "misaligned": ("misaligned-sse", "die_misaligned", dict(signame="SIGSEGV", codename="SI_KERNEL", vector=13, error=0, address=0),
                   "multiple of 16", "movaps"),
    "divide": ("divide-by-zero", "die_divide", dict(signame="SIGFPE", codename="FPE_INTDIV", vector=0, access=None), "divided by zero", "`div "),
    "abort": ("abort", None, dict(signame="SIGABRT", codename="SI_TKILL", address=None, vector=None), "called abort()", ""),
}


def _told(log):
    """The reports that scripts/crash-report finds in a log; all whole, and everything in them could be given its name."""
    done = subprocess.run([str(tree.TOP / "scripts" / "crash-report"), "--json", str(log)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True, check=False, timeout=120)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and not told["problems"], (done.returncode, told["problems"])
    for one in told["reports"]:
        assert one["complete"] and not one["problems"] and all(isinstance(one[name], list) for name in LISTS), one["problems"]
    return told["reports"]


@functools.cache
def _guests():
    guest.deaths(*GUESTS)
    found = _told(tree.build_dir("reports") / "boot.log")
    return dict(zip(GUESTS, found, strict=True))


def _code_is_the_files(one, binary):
    """The instructions around the place are those of the file, and one of them is marked."""
    here, = (row for row in one["code"] if row["here"])
    assert here["address"] == one["where"]["address"] == one["registers"]["rip"], here
    octets = bytes.fromhex("".join(row["bytes"].replace(" ", "") for row in one["code"]))
    assert octets in elf.Elf(binary).data, "code bytes that the file does not have"


def _history_is_in_order(one):
    times = [call["time"] for call in one["calls"]]
    assert times == sorted(times) and all(call["routed"] >= 0 for call in one["calls"])
    texts = [call["text"] for call in one["calls"]]
    assert any(text.startswith("execve(") for text in texts) and texts[-1].endswith(") = 0"), texts[-1:]
    assert isinstance(one["tail"]["routed"], int)


def _maps_are_in_order(one, binary):
    rows = one["maps"]
    assert all(low["end"] <= high["start"] and low["start"] % PAGE == 0 for low, high in zip(rows, rows[1:]))
    code = next(row for row in rows if row["rights"] == "r-xp" and row["path"] == "/usr/bin/crash")
    assert code["build"] == guest.build_id(binary) and {"[stack]", "[vdso]"} <= {row["path"] for row in rows}


def _guest(way):
    cause, symbol, reason, *words = GUESTS[way]
    one, crash = _guests()[way], guest.program("crash", "crash.c")
    assert (one["kind"], one["cause"], one["signal"]) == ("guest", cause, reason["signame"]), one["cause"]
    assert {name: one["reason"][name] for name in reason} == reason, one["reason"]
    assert all(word in " ".join(one["why"]) for word in words), one["why"]
    assert symbol in (None, one["where"]["symbol"]) and one["where"]["address"] == one["registers"]["rip"], one["where"]
    assert REGISTERS <= one["registers"].keys() and all(0 <= value < 1 << 64 for value in one["registers"].values())
    assert (one["process"]["name"], one["process"]["uid"], one["process"]["threads"]) == ("crash", 0, 1), one["process"]
    assert (one["image"]["path"], one["image"]["build"]) == ("/usr/bin/crash", guest.build_id(crash)), one["image"]
    assert (one["parent"]["name"], one["parent"]["how"], one["parent"]["flags"]) == ("sh", "fork", 17), one["parent"]
    assert one["parent"]["time"] < one["image"]["since"] < one["process"]["time"]
    assert (one["mask"], one["dispositions"], one["handler"], one["server"]) == ({"blocked": 0, "pending": 0, "process": 0}, [], {}, {})
    _history_is_in_order(one)
    _maps_are_in_order(one, crash)
    if one["where"]["symbol"]:
        _code_is_the_files(one, crash)
    stack = [word for word in one["stack"] if word["at"] >= one["registers"]["rsp"]]
    assert [word["at"] for word in stack] == [stack[0]["at"] + 8 * index for index in range(len(stack))], "words of the stack, one by one"
    assert one["backtrace"][0]["rip"] == one["registers"]["rip"]


for _way in GUESTS:
    globals()[f"test_planted_{_way}_is_named"] = functools.partial(_guest, _way)


def test_planted_null_dereference_of_a_server_is_named():
    build.target("plants")
    plant = tree.build_dir() / "plants" / "null_table"
    output, _ = guest.run("hwclock -w; echo $?; echo after", add=[(plant, "/lichen/drivers/rtc")])
    assert output.endswith("1\nafter\n"), "the guest gets an error, and the system goes on"
    one, = _told(tree.build_dir("reports") / "boot.log")
    assert (one["kind"], one["cause"], one["where"]["symbol"]) == ("server", "null-dereference", "calendar_weekday"), one["where"]
    assert one["where"]["source"].startswith("test/plants/null_table.c:") and "through a null pointer" in one["why"][0], one["why"]
    assert (one["server"]["name"], one["server"]["build"]) == ("rtc", guest.build_id(plant)) and one["server"]["messages"] >= 1, one["server"]
    assert one["server"]["client"] and one["server"]["cause"], "whom it served, and the causal id of that"
    reason = one["reason"]
    assert (reason["text"], reason["vector"], reason["error"], reason["access"]) == ("page fault", 14, 4, "read") and reason["address"] < PAGE, reason
    assert [frame["symbol"] for frame in one["backtrace"]][:4] == ["calendar_weekday", "rtc_on_set", "rtc_dispatch", "server_run"]
    assert REGISTERS <= one["registers"].keys() and one["stack"] and one["maps"]
    _code_is_the_files(one, plant)


def test_planted_assertion_of_the_kernel_is_named():
    log = tree.build_dir("reports") / "assertion.log"
    process = qemu.start([*qemu.machine(64, 1, "tcg"), "-kernel", str(build.kernel_file()), "-append", "panic=exit test=crash.assert",
                          *qemu.debug_log(log), *qemu.debug_exit(), "-nic", "none", "-serial", "null"],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        process.wait(60)
    finally:
        qemu.stop(process)
    one, = _told(log)
    assert (one["kind"], one["cause"]) == ("kernel", "assertion"), one["cause"]
    assert one["reason"]["text"].startswith("assertion one == 2 at microkernel/test/crash.c:") and one["reason"]["text"] in one["why"][0], one["why"]
    assert one["where"]["symbol"] == "crash_assert" and one["where"]["source"].startswith("microkernel/test/crash.c:"), one["where"]
    assert one["backtrace"][-1]["symbol"] == "boot_high_half" and 1 <= len(one["stack"]), one["backtrace"]
