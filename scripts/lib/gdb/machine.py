# SPDX-License-Identifier: MIT
"""What runs in the stopped machine: domains, threads, guests and their processes, regions and the files they map, messages.

Everything is read from the kernel's own structures and from those of supervisor and personality, by memory.py; nothing here
stops or changes the guest. One CPU runs, so its block (boot_cpu) says which thread is current.
"""
import memory
from memory import DIRECT_MAP, Program, Space, Struct, Unreadable, register

GUEST_MODE = 1
TAG_FILE = 16
TAGS = {1: "[heap]", 2: "[stack]", 3: "[vdso]", 4: "[vvar]"}
KINDS = ("none", "domain", "address-space", "memory-object", "thread", "endpoint", "notification", "timer", "account", "irq",
         "io-port-range", "physical-range", "system-control", "descriptor-table")
STATES = ("new", "ready", "running", "waiting", "dead")
WAITS = ("", "in a call, queued", "for a reply", "to receive", "on a word", "for a page", "for memory", "for a space")
PERSONALITY = "linux-personality"


class Region:
    def __init__(self, region):
        self.start, self.end, self.offset = region["start"], region["end"], region["offset"]
        self.prot, self.flags, self.tag = region["prot"], region["flags"], region["tag"]
        self.file = None  # guest path

    @property
    def rights(self):
        return "".join(letter if self.prot & bit else "-" for letter, bit in (("r", 1), ("w", 2), ("x", 4)))

    @property
    def name(self):
        return self.file or TAGS.get(self.tag, "")


class Process:
    """A Linux process as the personality knows it."""

    def __init__(self, struct):
        self.struct, self.address = struct, struct.address
        self.pid = struct["pid"]

    @property
    def name(self):
        leader = self.struct.follow("leader", "struct thread")
        return (leader or self.struct)["name"]

    def threads(self):
        thread = self.struct.follow("threads", "struct thread")
        while thread:
            yield thread
            thread = thread.follow("next_in_process", "struct thread")

    def is_called(self, word):
        return word.isdigit() and int(word) == self.pid or self.name == word[:15]


class Thread:
    """A thread of the kernel."""

    def __init__(self, machine, struct):
        self.machine, self.struct, self.address = machine, struct, struct.address

    @property
    def domain(self):
        return self.machine.kernel.struct("struct domain", self.struct["domain"])

    @property
    def in_guest(self):
        return self.struct["mode"] == GUEST_MODE

    @property
    def guest_space(self):
        return self.struct.follow("guest_aspace", "struct aspace")

    @property
    def linux(self):
        """The personality's structure for it, or None: a thread without a guest. Its page is known to the kernel."""
        if not self.struct["record"]:
            return None
        personality = self.machine.personality
        if not personality or self.struct["domain"] != self.machine.personality_domain.address:
            return None
        return Struct(personality, self.struct["record_address"]["value"], personality.program.type("struct thread"))

    @property
    def process(self):
        linux = self.linux
        return Process(linux.follow("process", "struct process")) if linux and linux["process"] else None

    def origin(self):
        """The thread whose call is served here: itself, or who waits for the reply."""
        thread = self
        for _ in range(8):
            serving = thread.struct["serving"]
            if not serving:
                break
            thread = Thread(self.machine, self.machine.kernel.struct("struct thread", serving))
        return thread


class Machine:
    """`kernel`: path of its file; `servers`: {name of the file: path}; `messages`: {service: {number: name}}."""

    def __init__(self, kernel, servers, messages):
        self.servers, self.messages = servers, messages
        self.kernel = Space(0, kernel)
        self._personality, self._personality_domain = None, None
        self._current_at, self._domain_names = None, {}
        self.bound = {}  # {name: pid}: whom a name means, though a child may be called so too
        self.forget()

    def forget(self):
        """The guest ran: what was read before may have changed."""
        self._paths = {}
        memory.forget()

    def prepare(self):
        """Load the layouts now; doing that while gdb decides about a stop would disturb its breakpoints."""
        for path in (self.kernel.path, self.servers["supervisor"], self.servers.get(PERSONALITY)):
            if path:
                Program.of(path)

    # Domains

    def domains(self):
        return self.kernel.list(self.kernel.program.address("all_domains"), "struct domain", "domains_link")

    def domain_names(self):
        """{address of the domain: (name, name of its file)} of what runs, by the supervisor's list."""
        self._domain_names = {address: (*names, self._id(address)) for address, names in self._read_names()}
        return self._domain_names

    def names_of(self, address):
        """Of a domain, read again only when it is not the one that was known: (name, name of its file), or ()."""
        if self._domain_names.get(address, (None,))[-1] != self._id(address):
            self.domain_names()
        return self._domain_names.get(address, ())[:2]

    def names_by_code(self, space, address):
        """Of a program that runs before the supervisor has noted it: by the page of code that it is in."""
        rest = memory.PAGE - address % memory.PAGE
        for name, path in self.servers.items():
            elf = Program.known[path].elf if path in Program.known else None
            code = elf and (elf.content(address, rest) or elf.content(address, min(rest, 64)))
            try:
                if code and space.read(address, len(code)) == code:
                    return name, name
            except Unreadable:
                return ()
        return ()

    def _id(self, domain):
        return self.kernel.struct("struct domain", domain)["object"]["id"]

    def _read_names(self):
        address = self.kernel.number(self.kernel.program.address("supervisor_domain"))
        if not address:
            return
        supervisor = self.kernel.struct("struct domain", address)
        yield address, ("supervisor", "supervisor")
        for program, name, file in self._supervised(self.space_of(supervisor, self.servers["supervisor"])):
            found = self.object_of(supervisor, program["domain"]["value"])
            if found:
                yield found, (name, file)

    def _supervised(self, space):
        """The supervisor's programs that have a manifest: (struct program, name, name of the file)."""
        try:
            programs = space.variable("programs")
            for program in programs["list"][:programs["count"]]:
                manifest = program.follow("manifest", "struct manifest_program")
                if manifest:
                    yield program, manifest["name"], manifest["file"].rpartition("/")[2]
        except Unreadable:
            return

    def services(self):
        """{address of the endpoint: name of the service}."""
        address = self.kernel.number(self.kernel.program.address("supervisor_domain"))
        found = {}
        if address:
            supervisor = self.kernel.struct("struct domain", address)
            for program, name, _ in self._supervised(self.space_of(supervisor, self.servers["supervisor"])):
                endpoint = self.object_of(supervisor, program["endpoint"]["value"])
                if endpoint:
                    found[endpoint] = program.follow("manifest", "struct manifest_program")["serves"] or name
        return found

    def domain_of(self, name):
        """The domain that is called so or runs a file of that name, or None."""
        for address, names in self.domain_names().items():
            if name in names[:2]:
                return self.kernel.struct("struct domain", address)
        return None

    def slots(self, domain):
        """The handle slots in use: (index, struct handle_slot)."""
        table = domain["handles"]
        size = self.kernel.program.type("struct handle_slot").size
        for index in range(table["capacity"]):
            slot = self.kernel.struct("struct handle_slot", table["slots"] + index * size)
            if slot["object"]:
                yield index, slot

    def object_of(self, domain, handle):
        """Address of the object behind a handle of a domain; 0: none."""
        table, index = domain["handles"], handle & 0xfffff
        if not handle or index >= table["capacity"]:
            return 0
        size = self.kernel.program.type("struct handle_slot").size
        return self.kernel.struct("struct handle_slot", table["slots"] + index * size)["object"]

    def space_of(self, domain, program):
        aspace = domain.follow("aspace", "struct aspace")
        return Space(aspace["root"], program)

    @property
    def personality_domain(self):
        if not self._personality_domain:
            self._personality_domain = self.domain_of(PERSONALITY)
        return self._personality_domain

    @property
    def personality(self):
        """The personality's memory; None before it runs."""
        if not self._personality and self.personality_domain:
            self._personality = self.space_of(self.personality_domain, self.servers[PERSONALITY])
        return self._personality

    # Threads

    def current(self):
        """The thread on the CPU, or None."""
        if self._current_at is None:
            self._current_at = self.kernel.variable("boot_cpu").place("current")[0]
        address = self.kernel.number(self._current_at)
        return Thread(self, self.kernel.struct("struct thread", address)) if address else None

    def threads(self):
        for domain in self.domains():
            for struct in self.kernel.list(domain.place("threads")[0], "struct thread", "domain_link"):
                yield Thread(self, struct)

    # Processes

    def processes(self):
        """From the first process down, those that have ended and wait for their parent too."""
        waiting = [self.personality.variable("process_init")] if self.personality else []
        while waiting:
            address = waiting.pop()
            if address:
                struct = self.personality.struct("struct process", address)
                yield Process(struct)
                waiting += [struct["next_sibling"], struct["children"]]

    def process(self, word):
        """By name or number; of several, the one that a watch is bound to, or the youngest. None: there is none."""
        bound = self.bound.get(str(word))
        if bound:
            return next((process for process in self.processes() if process.pid == bound), None)
        found = [process for process in self.processes() if process.is_called(str(word))]
        return max(found, key=lambda process: process.pid, default=None)

    def process_space(self, process):
        """The struct aspace that its threads run in; None: it has none any more."""
        for thread in process.threads():
            mm = thread.follow("mm", "struct mm")
            if mm:
                return self.space_of_mm(mm)
        return None

    def space_of_mm(self, mm):
        address = self.object_of(self.personality_domain, mm["aspace"]["value"])
        return self.kernel.struct("struct aspace", address) if address else None

    # Regions

    def regions(self, aspace):
        """In order of address, with the tags but not the files."""
        node = aspace["regions"]["root"]
        offset, place = self.kernel.program.type("struct region").fields["node"][0], self.kernel
        stack = []
        while node or stack:
            while node:
                stack.append(node)
                node = place.number(node)
            node = stack.pop()
            yield Region(place.struct("struct region", node - offset))
            node = place.number(node + 8)

    def region_at(self, aspace, address):
        node = aspace["regions"]["root"]
        offset = self.kernel.program.type("struct region").fields["node"][0]
        while node:
            region = self.kernel.struct("struct region", node - offset)
            if address < region["start"]:
                node = self.kernel.number(node)
            elif address >= region["end"]:
                node = self.kernel.number(node + 8)
            else:
                return Region(region)
        return None

    def name_region(self, mm, region):
        """Enter the region's file, which only the personality's table of tags knows."""
        if mm and region.tag >= TAG_FILE:
            tags = mm.follow("tags", "struct mm_tags")
            if region.tag - TAG_FILE < tags["used"]:
                file = self.personality.number(tags["files"] + 8 * (region.tag - TAG_FILE))
                if file not in self._paths:
                    self._paths[file] = self.file_path(file) if file else None
                region.file = self._paths[file]
        return region

    def files_mapped(self, process, aspace):
        """(guest path, address, offset) of every part of a file in a process's space."""
        leader = process and process.struct.follow("leader", "struct thread")
        mm = leader and leader.follow("mm", "struct mm")
        for region in self.regions(aspace) if aspace and mm else ():
            path = self.name_region(mm, region).file
            if path:
                yield path, region.start, region.offset

    def file_path(self, address):
        """The guest path of an open file; None: it has no name."""
        place = self.personality.struct("struct file", address)["path"]
        mount, dentry = place.follow("mount", "struct mount"), place.follow("dentry", "struct dentry")
        names = []
        while dentry and len(names) < 64:
            if mount and dentry.address == mount["root"]:
                dentry, mount = mount.follow("point", "struct dentry"), mount.follow("parent", "struct mount")
                continue
            if not dentry["parent"]:
                break
            names.append(self.personality.read(dentry["name"], dentry["name_bytes"]).decode(errors="replace"))
            dentry = dentry.follow("parent", "struct dentry")
        return "/" + "/".join(reversed(names)) if names else None

    # Objects

    def endpoints(self):
        """{address: [domains that may receive from it]}."""
        found = {}
        for domain in self.domains():
            for _, slot in self.slots(domain):
                if self.kernel.struct("struct object", slot["object"])["kind"] == KINDS.index("endpoint"):
                    receivers = found.setdefault(slot["object"], [])
                    if slot["rights"] & 1 and domain.address not in receivers:
                        receivers.append(domain.address)
        return found


class Context:
    """Who was stopped: level, thread, space. Read once; what is not asked for is not read."""

    def __init__(self, machine):
        self.machine = machine
        self.rip, self.in_kernel = register("rip"), not register("cs") & 3
        self.root = register("cr3") & ~0xfff
        self.thread = machine.current()

    @property
    def in_guest(self):
        return not self.in_kernel and self.thread is not None and self.thread.in_guest

    @property
    def domain_names(self):
        """(name, file) of the domain whose native code was stopped."""
        if self.in_kernel or self.in_guest or not self.thread:
            return ()
        return self.machine.names_of(self.thread.struct["domain"]) or self.machine.names_by_code(self.space(), self.rip)

    @property
    def process(self):
        """The Linux process on whose behalf this runs, or None."""
        return self.thread.origin().process if self.thread else None

    @property
    def side(self):
        if self.in_kernel:
            return "kernel"
        return "guest" if self.in_guest else (self.domain_names or ("unknown",))[0]

    def space(self):
        """Reads memory as the stopped code sees it."""
        return Space(0 if self.in_kernel else self.root)

    def will_fault(self):
        """The instruction is not in memory yet, but will be: it stops here once more when it is."""
        if self.space().physical(self.rip) is not None:
            return False
        aspace = self.user_aspace
        region = self.machine.region_at(aspace, self.rip) if aspace else None
        return region is not None and "x" in region.rights

    @property
    def user_aspace(self):
        """The struct aspace that the thread's code runs in, in user mode."""
        return self.thread.guest_space if self.in_guest else self.thread.domain.follow("aspace", "struct aspace")

    def mapped_file(self):
        """(guest path, address of the region, offset in the file) of what a guest runs; Nones."""
        aspace = self.thread.guest_space
        region = self.machine.region_at(aspace, self.rip) if aspace else None
        if region is None:
            return None, None, None
        linux = self.thread.linux
        self.machine.name_region(linux.follow("mm", "struct mm") if linux else None, region)
        return region.file, region.start, region.offset


def direct(physical):
    """The kernel's own address of physical memory."""
    return DIRECT_MAP + physical
