# SPDX-License-Identifier: MIT
"""scripts/bootchart on the host: made-up boots through the data and the picture; what a recording run brings back."""
import gzip
import random
import xml.etree.ElementTree

import boot_data
import boot_picture
import recording
import svg

SVG = "{http://www.w3.org/2000/svg}"
LISTED = """Runlevel: sysinit
 sysfs                                                             [  started  ]
Runlevel: shutdown
 savecache                                                         [  stopped  ]
Runlevel: default
 a-service-with-a-long-name                                        [  started  ]
 broken                                                            [  crashed  ]
Dynamic Runlevel: manual
"""


def made_up(count, seed=1):
    """A boot with names and times of all kinds, some at its very end."""
    chance = random.Random(seed)

    def bar(number, name=None, **more):
        start = chance.choice([0.0, chance.random() * 2, 1.999, 2.0])
        return boot_picture.Bar(name or f"name-{'mW' * (number % 13)}", start, min(2.0, start + chance.random()), **more)

    processes = [bar(number, busy=((0.1, 0.2), (1.5, 9.0))) for number in range(count)]
    services = [bar(number, f"service{number}", level=chance.choice(["sysinit", "boot", "default", "other"])) for number in range(count % 17)]
    return boot_picture.Boot("a <boot> & more", "made up", 2.0, {"programs": [0.5, 2.0]}, [0, 3, 1], [], [bar(0), bar(1)], services,
                             processes, ["a note"])


def picture(boot, scratch):
    boot_picture.draw(boot, scratch / "boot.svg")
    return xml.etree.ElementTree.parse(scratch / "boot.svg").getroot()


def outside(root):
    """Rectangles, lines and texts that leave the canvas."""
    width, height = float(root.get("width")), float(root.get("height"))
    found = []
    for element in root.iter():
        get = lambda name: float(element.get(name, 0))  # noqa: E731
        kind = element.tag.removeprefix(SVG)
        if kind == "rect":
            box = get("x"), get("y"), get("x") + get("width"), get("y") + get("height")
        elif kind == "text":
            wide = svg.text_width(element.text, get("font-size") or 11)
            left = get("x") - {"end": wide, "middle": wide / 2}.get(element.get("text-anchor"), 0)
            box = left, get("y") - 8, left + wide, get("y") + 3
        else:
            continue
        if min(box[:2]) < -0.1 or box[2] > width + 0.1 or box[3] > height + 0.1:
            found.append((kind, element.text, box))
    return found


def bars(root, kind):
    return [element for element in root.iter(f"{SVG}rect") if element.get("class") == kind]


def test_bootchart_draws_all_inside_of_its_canvas(scratch):
    for count in (0, 1, 5, 40, 700):
        boot = made_up(count, count)
        root = picture(boot, scratch)
        assert not outside(root), (count, outside(root)[:3])
        assert len(bars(root, "service")) == len(boot.services) and len(bars(root, "server")) == 2


def test_bootchart_is_the_same_for_the_same_boot(scratch):
    first = xml.etree.ElementTree.tostring(picture(made_up(300), scratch))
    assert xml.etree.ElementTree.tostring(picture(made_up(300), scratch)) == first


def test_bootchart_knows_the_services_of_rc_status(_scratch):
    assert boot_data.services(LISTED) == [("sysfs", "sysinit", "started"), ("savecache", "shutdown", "stopped"),
                                          ("a-service-with-a-long-name", "default", "started"), ("broken", "default", "crashed")]


def test_recording_splits_output_from_sections(_scratch):
    marker = b"<0123456789ab>"
    sent = b"output <0123 of the command<" + b"\0" * 30
    packed = gzip.compress(b"x" * 5000)
    stream = sent + marker + b"one %d\n%s" % (len(packed), packed) + b"two 3\nabc" + b"three 9\nab"
    for size in (1, 3, 13, 64, len(stream)):
        out = bytearray()
        splitter = recording.Splitter(marker, out.extend)
        for at in range(0, len(stream), size):
            splitter.feed(stream[at:at + size])
        splitter.end()
        assert out == sent, size
        assert recording.sections(splitter.kept) == {"one": b"x" * 5000}, "what is no gzip, or cut, is missing"
