# SPDX-License-Identifier: MIT
"""scripts/lib/report.py on logs that are cut, mixed and wrong."""
import report

STAMP = "[    1.500000] <12> linux-personality: "
WHOLE = ["|4| report begin guest", '|4| process pid=7 tid=7 name="a \\"b\\" \\\\ \\xc3\\xa9" threads=1 uid=0 time=1.250000',
         "|4| reason signal=11 signame=SIGSEGV code=1 address=0xffffffffffffff00 sender=- in=-",
         "|4| reg rip=0x401000 rsp=0x7ffd00000000", "|4| code start=0x400ff0 bytes=90c3 in=\"/bin/a\"", '|4| call time=1.0 routed=65535+ text="f(1) = 2"~',
         "|4| map start=0x400000 end=0x402000 rights=r-xp offset=0x0 path=~\"long/name\" build=00ff", "|4| report end 8"]


def log(lines, stamp=STAMP):
    return "".join(f"{stamp}{line}\n" for line in lines)


def test_whole_report():
    found, = report.find("noise\n" + log(WHOLE) + "[    1.600000] <13> vfs: more noise\n")
    assert found.complete and (found.kind, found.number, found.domain, found.writer, found.time) == \
        ("guest", 4, "12", "linux-personality", 1.5)
    assert found.first("process").text("name") == 'a "b" \\ \u00e9' and found.first("process").time("time") == 1.25
    assert found.first("reason").number("address") == 0xffffffffffffff00 and not found.first("reason").has("sender")
    assert found.registers() == {"rip": 0x401000, "rsp": 0x7ffd00000000}
    assert found.first("code").bytes("bytes") == b"\x90\xc3"
    assert found.first("call").number("routed") == 65535 and found.first("call").text("text") == "f(1) = 2..."
    assert found.mapping(0x401fff)[4:] == ("...long/name", "00ff") and found.mapping(0x402000) is None
    assert found.first("nothing").number("x") is None and found.as_json()["facts"][0]["pid"] == 7


def test_cut_at_every_character():
    text = log(WHOLE)
    for end in range(len(text)):
        for found in report.find(text[:end]):
            assert not found.complete or end >= len(text) - 2, f"cut at {end} and not noticed"
            found.as_json()


def test_beginning_lost():
    found, = report.find(log(WHOLE[3:]))
    assert found.kind == "unknown" and not found.complete and found.registers()["rip"] == 0x401000


def test_every_missing_line_is_noticed():
    for missing in range(1, len(WHOLE)):
        found, = report.find(log(WHOLE[:missing] + WHOLE[missing + 1:]))
        assert not found.complete, f"line {missing} is missing"


def test_mixed_writers_and_numbers():
    other = [line.replace("|4|", "|5|") for line in WHOLE]
    mixed = [line for pair in zip(WHOLE, other) for line in pair]
    assert [one.complete for one in report.find(log(mixed))] == [True, True]
    same = "".join(log([line]) + log([line], "[    1.500000] <99> supervisor: ") for line in WHOLE)
    assert [one.domain for one in report.find(same) if one.complete] == ["12", "99"]


def test_panic_without_stamp():
    found, = report.find(log(["|0| report begin kernel", "|0| reason text=\"x\"", "|0| report end 3"], ""))
    assert found.complete and found.kind == "kernel" and found.domain is None


def test_wrong_lines_are_told():
    bad = WHOLE[:3] + ["|4| reg rip", "|4| !!! x=1", "|4| reg rip=\"open"] + WHOLE[3:]
    found, = report.find(log(bad))
    assert len([problem for problem in found.problems if "grammar" in problem]) >= 2
    again, = report.find(log(WHOLE[:2] + WHOLE[1:7] + ["|4| report end 9"]))
    assert again.problems == ["'process' is there 2 times"]


def test_binary_noise():
    noise = bytes(range(256)).decode("latin-1") * 20
    assert report.find(noise) == []
    assert not any(one.complete for one in report.find(noise.join(log([line]) for line in WHOLE[:5])))
