# SPDX-License-Identifier: MIT
"""Core files: readable by the host's gdb, and in form what Linux writes of the same program."""
import functools
import re
import subprocess

import guest
import tree

BOOTS = True
SCRIPT = """cd /tmp; ulimit -c unlimited; crash threads; echo status $?; echo MARK; gzip -c core | base64"""


@functools.cache
def core(linux):
    crash = guest.program("crash", "crash.c")
    output, _ = guest.run(SCRIPT, add=[(crash, "/bin/")], linux=linux)
    path = tree.build_dir("reports") / ("core.linux" if linux else "core.lichen")
    path.write_bytes(guest.unpacked(output, "MARK"))
    return path


def notes(path):
    """Owner, kind and, where it does not depend on the machine, size of each note."""
    text = subprocess.run(["readelf", "-nW", str(path)], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL).stdout
    rows = re.findall(r"^\s+(CORE|LINUX)\s+(0x[0-9a-f]+)\s+(NT_\w+)", text, re.M)
    return [(owner, kind, None if kind in ("NT_FILE", "NT_X86_XSTATE", "NT_AUXV") else size) for owner, size, kind in rows]


def segments(path):
    """Rights, whether there are contents, of the mappings by kind of size; places differ from boot to boot."""
    text = subprocess.run(["readelf", "-lW", str(path)], stdout=subprocess.PIPE, text=True).stdout
    rows = re.findall(r"^\s+LOAD\s+\S+ (0x\S+) \S+ (0x\S+) (0x\S+) (.{3})", text, re.M)
    return [(int(start, 16), int(have, 16), int(size, 16), rights.strip()) for start, have, size, rights in rows]


def gdb(path, *commands):
    arguments = [part for command in commands for part in ("-ex", command)]
    done = subprocess.run(["gdb", "-nx", "-q", "-batch", *arguments, str(guest.program("crash", "crash.c")), str(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    return done.stdout


def frames(path):
    """Of each thread its functions, innermost first."""
    text = gdb(path, "thread apply all bt")
    return sorted(tuple(re.findall(r"^#\d+ .* in (\S+) \(", part, re.M)) for part in text.split("\nThread ")[1:])


def test_notes_as_on_linux():
    assert notes(core(False)) == notes(core(True))
    assert [kind for _, kind, _ in notes(core(False))].count("NT_PRSTATUS") == 4


def test_threads_and_backtraces_as_on_linux():
    assert frames(core(False)) == frames(core(True))
    assert len(frames(core(False))) == 4


def test_registers_as_on_linux():
    def look(path):
        return re.findall(r"^(rip|rax|cs|ss|orig_rax)\s+(\S+)", gdb(path, "info registers rip rax cs ss orig_rax"), re.M)
    assert look(core(False)) == look(core(True)) and len(look(core(False))) == 5


def test_signal_and_memory():
    text = gdb(core(False), "print $_siginfo.si_signo", "print (long)marker", "info proc", "info auxv")
    assert "$1 = 11" in text and f"$2 = {0x1122334455667788}" in text, text[-300:]
    assert re.search(r"exe = 'crash threads'", text) and "AT_PHDR" in text


def test_same_memory_is_written_as_on_linux():
    def sizes(path):
        # Linux maps what was made read-only behind relocation apart; places of stacks and heap vary.
        return sorted((size, bool(have)) for start, have, size, rights in segments(path) if start > 0x10000000 and rights == "RW" and size >= 1 << 20)
    assert sizes(core(False)) == sizes(core(True))
    whole = {start: (have, size) for start, have, size, _ in segments(core(False))}
    assert whole[0x400000] == (4096, 4096), "the first page of the program"
    code = [row for row in segments(core(False)) if row[3] == "R E" and row[0] < 0x1000000]
    assert len(code) == 1 and code[0][1] == 0, "code of a file is not written"


STATUS = """cd /tmp
ulimit -c {limit}; echo '{pattern}' > /proc/sys/kernel/core_pattern
crash-status {way}; ls /tmp | sed 's/[0-9][0-9]*/N/g' | sort; rm -f /tmp/*core*"""
CASES = (("0", "core", "divide"), ("unlimited", "core", "divide"), ("unlimited", "core", "abort"), ("unlimited", "%e.%p.core.%s.%%", "divide"),
         ("unlimited", "no-such-directory/core", "divide"), ("unlimited", "core.%u.%g.%q.%h", "divide"), ("16", "limited.core", "divide"))


def test_wait_status_and_names_as_on_linux():
    add = [(guest.program("crash", "crash.c"), "/bin/"), (guest.program("crash-status", "crash_status.c"), "/bin/")]
    script = "hostname test\n" + "\n".join(STATUS.format(limit=limit, pattern=pattern, way=way) for limit, pattern, way in CASES)
    mine, linux = guest.run(script, add=add)[0], guest.run(script, add=add, linux=True)[0]
    assert mine.count("signal") == len(CASES) and "dumped" in mine
    assert mine == linux, f"{mine!r} is not {linux!r}"


KILL = """cd /tmp; ulimit -c unlimited; crash-status big &
until [ -s core ]; do :; done; kill -9 $(pidof crash); wait"""


def test_kill_ends_a_dump():
    add = [(guest.program("crash", "crash.c"), "/bin/"), (guest.program("crash-status", "crash_status.c"), "/bin/")]
    mine, linux = guest.run(KILL, add=add)[0], guest.run(KILL, add=add, linux=True)[0]
    assert mine == linux and "not dumped" in mine, f"{mine!r} is not {linux!r}"
