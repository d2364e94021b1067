# SPDX-License-Identifier: MIT
"""The host's end of the command channel, fed with what a guest may send, whole or in any pieces."""
import os
import random
import struct

import channel
import tree


def frame(kind, payload):
    return kind.encode() + struct.pack("<I", len(payload)) + payload


def serve(pieces, command="echo"):
    """(stdout, stderr, protocol, replies) after the pieces."""
    out, err, replies = os.memfd_create("out"), os.memfd_create("err"), []
    protocol = channel.Protocol(command, replies.append, {"O": out, "E": err})
    try:
        for piece in pieces:
            protocol.feed(piece)
        return os.pread(out, 1 << 20, 0), os.pread(err, 1 << 20, 0), protocol, replies
    finally:
        os.close(out)
        os.close(err)


def refused(pieces):
    try:
        serve(pieces)
    except tree.Failure:
        return True
    return False


def test_channel_sorts_streams_in_any_pieces(_scratch):
    chance = random.Random(1)
    stream, expected = frame("H", b"\1"), {"O": b"", "E": b""}
    for _ in range(400):
        kind, payload = chance.choice("OE"), chance.randbytes(chance.randrange(300))
        stream += frame(kind, payload)
        expected[kind] += payload
    stream += frame("X", struct.pack("<I", 3 << 8))
    for size in (1, 2, 5, 7, 4096, len(stream)):
        pieces = [stream[at:at + size] for at in range(0, len(stream), size)]
        out, err, protocol, _ = serve(pieces)
        assert (out, err) == (expected["O"], expected["E"]), f"pieces of {size}"
        assert protocol.exit_status() == 3


def test_channel_sends_only_what_was_asked_for(_scratch):
    command = "x" * 3000
    _, _, _, replies = serve([frame("G", struct.pack("<I", count)) for count in (4, 1024, 1024, 952)], command)
    assert [len(reply) for reply in replies] == [4, 1024, 1024, 952]
    assert struct.unpack("<I", replies[0])[0] == 3000 and b"".join(replies[1:]) == command.encode()


def test_channel_refuses_damaged_frames(_scratch):
    assert refused([b"Z\0\0\0\0"])
    assert refused([b"O" + struct.pack("<I", 1 << 30)])
    assert refused([frame("X", b"123")])
    assert refused([frame("G", b"1")])
    assert refused([frame("H", b"\2")])
    assert refused([frame("F", b"no shell")])
    assert not refused([frame("O", b"fine")])


def test_channel_refuses_impossible_commands(_scratch):
    for command in ("x" * 200000, "a\0b"):
        try:
            serve([], command)
        except tree.Failure:
            continue
        raise AssertionError(f"accepted {len(command)} bytes")


def test_wait_statuses_become_shell_statuses(_scratch):
    for wait_status, expected in ((0, 0), (1 << 8, 1), (255 << 8, 255), (9, 137), (15, 143), (139, 139)):
        assert channel.exit_status(wait_status) == expected, hex(wait_status)
