# SPDX-License-Identifier: MIT
"""The live system against the manifest: what the two tables of /proc/lichen say, and what each program may hold.

Every function yields findings, one line each; no finding means that all is as the manifest says. What the manifest leaves to the
machine (where a device's registers and the firmware's tables lie) is judged by count, rights and place.
"""
import collections
import re

PAGE = 4096
ACPI_FIRST = (0xe0000, 0x20000)
ACPI_RANGES_MAX = 6
ACPI_BYTES_MAX = 16 << 20
BARS_MAX = 6
MSI_LINE = 0x100
RAM_HOLE = (0xa0000, 0x100000)
LETTERS = {"READ": "r", "WRITE": "w", "EXEC": "x", "MANAGE": "m", "TRANSFER": "t"}
# What the supervisor is born with, by place; handle rights of the boot's memory objects as granted on.
BIRTH = (("domain", "rwxmt"), ("address-space", "rwxmt"), ("account", "rwxmt"), ("memory-object", "r-x-t"),
         ("memory-object", "r---t"), ("memory-object", "r---t"), ("io-port-range", "rwxmt"), ("physical-range", "rwxmt"),
         ("system-control", "rwxmt"))
BIRTH_NAMES = ("domain", "space", "root account", "boot.module", "boot.info", "clock.page", "ports", "physical", "system")

Program = collections.namedtuple("Program", "name domain state restarts")
Handle = collections.namedtuple("Handle", "program kind rights origin badge object first second")
Right = collections.namedtuple("Right", "kind rights badge object detail")


def rights(*names):
    held = {LETTERS[name] for name in names}
    return "".join(letter if letter in held else "-" for letter in "rwxmt")


class System:
    """What the guest printed, and the manifest, with names for the objects that programs share."""

    def __init__(self, domains, handles, manifest):
        self.programs = [Program(name, int(domain), state, int(restarts))
                         for name, domain, state, restarts in _rows(domains, 4)]
        self.handles = [Handle(*row[:4], int(row[4]), int(row[5]), int(row[6], 16), int(row[7], 16))
                        for row in _rows(handles, 8)]
        self.manifest = manifest["programs"]
        self.shared = {}
        self._name_objects()

    def of(self, program, *origins):
        return [handle for handle in self.handles if handle.program == program and handle.origin in origins]

    def _name_objects(self):
        for name, handle in zip(BIRTH_NAMES, self.of("supervisor", "initial")):
            self.shared[handle.object] = name
        for entry in self.manifest:
            for handle in self.of(entry["name"], "granted"):
                if handle.kind == "endpoint" and handle.rights[0] == "r":
                    self.shared[handle.object] = f"endpoint {entry.get('serves', '?')}"
        for handle in self.of("supervisor", "created"):
            if handle.kind == "endpoint" and handle.rights[0] == "r":
                self.shared[handle.object] = "endpoint supervisor"


def _rows(text, columns):
    rows = [line.split() for line in text.splitlines()[1:]]
    broken = [row for row in rows if len(row) != columns]
    assert rows and not broken, f"a table of {len(rows)} lines; not understood: {broken[:1]}"
    return rows


def programs(system):
    """The manifest's programs, all of them and nothing else, run; each in an address space of its own."""
    found = [program.name for program in system.programs]
    wanted = ["supervisor"] + [entry["name"] for entry in system.manifest]
    if found != wanted:
        yield f"programs {found}, the manifest says {wanted}"
    for program in system.programs:
        if program.state != "running" or program.restarts or not program.domain:
            yield f"{program.name} is {program.state}, restarted {program.restarts} times"
    domains = [program.domain for program in system.programs]
    if len(set(domains)) != len(domains):
        yield f"domains are not distinct: {domains}"
    yield from _spaces(system)


def _spaces(system):
    spaces = {}
    for program in system.programs:
        own = system.of(program.name, "initial")
        if program.name != "supervisor" and [handle.kind for handle in own] != ["domain", "address-space"]:
            yield f"{program.name} was born with {[handle.kind for handle in own]}"
        for handle in own[1:2]:
            if handle.object in spaces:
                yield f"{program.name} and {spaces[handle.object]} share an address space"
            spaces[handle.object] = program.name
        if [handle.object for handle in own[:1]] != [program.domain]:
            yield f"{program.name} does not hold its own domain"
    for handle in system.handles:
        if spaces.get(handle.object, handle.program) != handle.program:
            yield f"{handle.program} holds the address space of {spaces[handle.object]}"


def supervisor(system):
    """Born with the machine, given nothing; made accounts, endpoints, domains and the devices' memory, one each."""
    born = system.of("supervisor", "initial")
    if tuple((handle.kind, handle.rights) for handle in born) != BIRTH:
        yield f"supervisor was born with {[(handle.kind, handle.rights) for handle in born]}"
    for handle in system.of("supervisor", "granted", "received"):
        yield f"supervisor was given {handle}"
    made = collections.defaultdict(list)
    for handle in system.of("supervisor", "created"):
        made[handle.kind].append(handle)
    expected = {
        "domain": sorted(program.domain for program in system.programs[1:]),
        "account": sorted(_granted_objects(system, "account", "")),
        "endpoint": sorted(2 * [number for number, name in system.shared.items() if name == "endpoint supervisor"] +
                           [number for number, name in system.shared.items()
                            if name.startswith("endpoint ") and name != "endpoint supervisor"]),
        "memory-object": sorted(_granted_objects(system, "memory-object", rights("READ", "WRITE", "MANAGE"))),
    }
    for kind, handles in made.items():
        objects = sorted(handle.object for handle in handles)
        if kind == "notification" and len(objects) == 1:
            continue
        if objects != expected.get(kind):
            yield f"supervisor made {kind} {objects}, expected {expected.get(kind)}"
    for kind in expected.keys() - made.keys():
        yield f"supervisor made no {kind}"


def _granted_objects(system, kind, wanted):
    return [handle.object for entry in system.manifest for handle in system.of(entry["name"], "granted")
            if handle.kind == kind and wanted in ("", handle.rights)]


def granted(system):
    """Each program was given what its entry lists: no right less, none more."""
    owners = {}
    for index, entry in enumerate(system.manifest, 1):
        found, places = collections.Counter(), []
        for handle in system.of(entry["name"], "granted"):
            if handle.kind == "physical-range":
                places.append(handle)
            found[_as_right(system, handle)] += 1
            if handle.object not in system.shared and owners.setdefault(handle.object, entry["name"]) != entry["name"]:
                yield f"{entry['name']} and {owners[handle.object]} share {handle.kind} {handle.object}"
        expected = collections.Counter(_expected(entry, index))
        for right in _found_places(entry, places):
            expected[right] += 1
        for right, count in ((found - expected).items()):
            yield f"{entry['name']} holds {count} more than the manifest grants: {tuple(right)}"
        for right, count in ((expected - found).items()):
            yield f"{entry['name']} lacks {count} that the manifest grants: {tuple(right)}"
        yield from _placed(entry, places)
    yield from _overlaps(system)


def _as_right(system, handle):
    detail = ()
    if handle.kind in ("io-port-range", "physical-range"):
        detail = (handle.first, handle.second)
    elif handle.kind == "irq" or (handle.kind == "memory-object" and handle.object not in system.shared):
        detail = (handle.first,)
    return Right(handle.kind, handle.rights, handle.badge, system.shared.get(handle.object, "own"), detail)


def _expected(entry, badge):
    yield Right("account", rights("WRITE", *entry.get("account", ())), 0, "own", ())
    yield Right("memory-object", rights("READ"), 0, "clock.page", ())
    if "serves" in entry:
        yield Right("endpoint", rights("READ"), 0, f"endpoint {entry['serves']}", ())
    if "system" in entry:
        yield Right("system-control", rights(*entry["system"]), 0, "system", ())
    for endpoint in entry.get("calls", {}).values():
        yield Right("endpoint", rights("WRITE", "TRANSFER"), badge, f"endpoint {endpoint}", ())
    for name in entry.get("memory", ()):
        held = ("READ", "EXEC", "TRANSFER") if name == "boot.module" else ("READ",)
        yield Right("memory-object", rights(*held), 0, name, ())
    yield from _expected_devices(entry)


def _expected_devices(entry):
    if entry.get("events") or "irq" in entry or "pci" in entry:
        yield Right("notification", rights("READ", "WRITE", "TRANSFER"), 0, "own", ())
    if "irq" in entry:
        yield Right("irq", rights("MANAGE"), 0, "own", (entry["irq"],))
    for first, count in entry.get("ports", {}).values():
        yield Right("io-port-range", rights("READ", "WRITE"), 0, "own", (first, first + count - 1))
    for first, count in entry.get("physical", {}).values():
        yield Right("physical-range", rights("READ", "WRITE", "MANAGE"), 0, "own", (first, count))
    if "pci" in entry:
        yield Right("irq", rights("READ", "MANAGE"), 0, "own", (MSI_LINE,))
        yield Right("memory-object", rights("READ"), 0, "own", (1,))
    if "dma" in entry:
        yield Right("memory-object", rights("READ", "WRITE", "MANAGE"), 0, "own", (entry["dma"],))


def _listed(entry, handle):
    return [handle.first, handle.second] in list(entry.get("physical", {}).values())


def _found_places(entry, places):
    """The physical ranges whose place only the machine knows, with the rights that they must have."""
    fixed = [handle for handle in places if not _listed(entry, handle)]
    if entry.get("acpi"):
        held = rights("READ", "MANAGE")
    elif entry.get("framebuffer") or "pci" in entry:
        held = rights("READ", "WRITE", "MANAGE")
    else:
        return
    for handle in fixed:
        yield Right("physical-range", held, 0, "own", (handle.first, handle.second))


def _placed(entry, places):
    found = [(handle.first, handle.second) for handle in places if not _listed(entry, handle)]
    for first, count in found:
        if first % PAGE or count % PAGE or not count:
            yield f"{entry['name']}: physical range {first:#x}+{count:#x} is not of whole pages"
    if entry.get("acpi"):
        if ACPI_FIRST not in found or len(found) > ACPI_RANGES_MAX or max(size for _, size in found) > ACPI_BYTES_MAX:
            yield f"{entry['name']}: firmware's tables at {found}"
    elif entry.get("framebuffer") and len(found) != 1:
        yield f"{entry['name']}: {len(found)} screens"
    elif "pci" in entry and not 1 <= len(found) <= BARS_MAX:
        yield f"{entry['name']}: {len(found)} ranges of device registers"


def _overlaps(system):
    """No two programs reach the same registers, and none reaches memory through a range."""
    ranges = sorted((handle.first, handle.first + handle.second, handle.program, handle.rights) for handle in system.handles
                    if handle.kind == "physical-range" and handle.program != "supervisor")
    for (_, end, program, _), (first, _, other, _) in zip(ranges, ranges[1:]):
        if first < end:
            yield f"{program} and {other} share physical memory at {first:#x}"
    for first, end, program, held in ranges:
        in_hole = RAM_HOLE[0] <= first and end <= RAM_HOLE[1]
        if "w" in held and not in_hole and first < system.ram_bytes:
            yield f"{program} may write memory at {first:#x}"


def held(system):
    """What programs made or received: of the kinds that their entries allow; physical memory only within their ranges."""
    for entry in system.manifest:
        ranges = [(handle.first, handle.first + handle.second) for handle in system.of(entry["name"], "granted")
                  if handle.kind == "physical-range"]
        for handle in system.of(entry["name"], "created", "received"):
            if handle.kind not in entry.get("holds", ()):
                yield f"{entry['name']} {handle.origin} a {handle.kind}"
            if handle.kind == "memory-object" and handle.second and not any(
                    start <= handle.second and handle.second + handle.first * PAGE <= end for start, end in ranges):
                yield f"{entry['name']} {handle.origin} memory over {handle.second:#x}, which is not its own"
    origins = {handle.origin for handle in system.handles} - {"initial", "granted", "created", "received"}
    if origins:
        yield f"unknown origins: {origins}"


def tables(text):
    """Output of `cat domains; echo ==; cat handles` -> (domains, handles)."""
    match = re.fullmatch(r"(program .*?)==\n(program .*)", text, re.S)
    assert match, f"no tables: {text[:200]!r}"
    return match.groups()
