# SPDX-License-Identifier: MIT
"""scripts/lib/call_diff.py: made-up calls through its classes."""
import call_diff
import strace_text


LINES = """1 1.0 execve("/bin/x", ["x"], 0x7ffd12345678 /* 3 vars */) = 0
1 1.1 open("/etc/passwd", O_RDONLY) = 3
1 1.2 read(3, "root", 4) = 4
1 1.3 fork( <unfinished ...>
2 1.4 exit_group(0) = ?
1 1.5 <... fork resumed>) = 2
1 1.6 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
1 1.7 close(3) = 0
1 1.8 close(4) = -1 EBADF (Bad file descriptor)
"""


def _differences(was, becomes, count=-1):
    """{(kind, name of the call)} when `was` becomes `becomes` on the second system."""
    changed = LINES.replace(was, becomes, count)
    assert changed != LINES or was == becomes
    found = call_diff.Comparison(strace_text.parse(LINES), strace_text.parse(changed)).differences
    return {(one.kind, (one.linux or one.lichen).split("(")[0]) for one in found}


def test_the_same_calls_have_no_difference():
    assert _differences("1", "1") == set()


def test_each_class_of_difference_is_found():
    assert _differences('1 1.2 read(3, "root", 4) = 4\n', "") == {("missing", "read")}
    assert _differences("1 1.7 close(3)", "1 1.65 getuid() = 0\n1 1.7 close(3)") == {("extra", "getuid")}
    assert _differences("-1 EBADF (Bad file descriptor)", "0") == {("errno", "close")}
    assert _differences('"root", 4) = 4', '"root", 4) = 3') == {("result", "read")}
    assert _differences('"root"', '"toor"') == {("value", "read")}
    assert _differences("exit_group(0)", "exit_group(1)") == {("value", "exit_group")}
    first, second = '1 1.1 open("/etc/passwd", O_RDONLY) = 3\n', '1 1.2 read(3, "root", 4) = 4\n'
    assert _differences(first + second, second + first) in ({("order", "open")}, {("order", "read")})


def test_numbers_of_processes_and_addresses_are_noise():
    assert _differences("0x7ffd12345678", "0x7fff00000000") == set()
    changed = LINES.replace("2 1.4", "7 1.4").replace(") = 2\n", ") = 7\n")
    assert not call_diff.Comparison(strace_text.parse(LINES), strace_text.parse(changed)).differences


def test_what_is_known_has_a_reason():
    text = LINES.replace("1 1.7", "1 1.65 rt_sigreturn({mask=[]}) = 0\n1 1.7")
    comparison = call_diff.Comparison(strace_text.parse(LINES), strace_text.parse(text))
    assert not comparison.differences and sum(comparison.known.values()) == 1


def test_a_call_in_two_halves_is_put_together():
    text = ("5 1.0 clone3({flags=CLONE_VM}, 88 <unfinished ...>\n5 1.1 <... clone3 resumed> => {parent_tid=[6]}, 88) = 6\n"
            '5 1.2 read(0, <unfinished ...>\n5 1.3 <... read resumed>"x", 1) = 1\n')
    calls = strace_text.parse(text.replace(", 88 <unf", " <unf"))
    assert calls[0].arguments == ["{flags=CLONE_VM} => {parent_tid=[6]}", "88"] and calls[1].arguments == ["0", '"x"', "1"]
