# SPDX-License-Identifier: MIT
"""The two systems that a run can boot: what must be built, and QEMU's arguments to boot it.

Kernel command line words (both systems): init=PATH, and lichen.agent=ttyS1 when OpenRC is to start the agent. What the user appends
comes last. On Lichen the kernel file and the archive go in by PVH (direct) or by an ISO through GRUB (iso).
"""
import shutil

import archive
import build
import iso
import linux_kernel
import tree

AGENT = "/sbin/lichen-agent"
KERNEL_MEGABYTES = 4  # the first megabyte, the kernel, and what QEMU keeps for itself


def init_words(options):
    words = []
    if options.init == "command":
        words.append(f"init={AGENT}")
    elif options.command is not None:
        words.append("lichen.agent=ttyS1")
    if options.forward:
        words.append("lichen.network=dhcp")
    return words


def _make_archive(options, scratch):
    """The archive's path; the plain one is kept in the build directory, one with additions belongs to the run."""
    if options.root and not options.root.is_dir():
        path = scratch / "agent.cpio"
        archive.write_minimal(path)
        return path
    root = options.root
    if root is None and not options.add:
        return build.root_archive()
    path = scratch / "root.cpio"
    archive.write(archive.guest_tree(root), options.add, path)
    return path


def megabytes(memory):
    """--memory's number."""
    return int(memory.rstrip("MG")) * (1024 if memory.endswith("G") else 1)


def _check_memory(options, path):
    """Where the archive leaves no room for the kernel, QEMU puts it over the kernel, which cannot say so any more."""
    needed = -(-path.stat().st_size // (1 << 20)) + KERNEL_MEGABYTES
    if megabytes(options.memory) < needed:
        raise tree.Failure(f"--memory {options.memory}: too little for this boot archive, which needs {needed} MB")


class Lichen:
    name = "Lichen"
    log_is_console = False
    panic_marks = (b"] panic: ",)

    def __init__(self, options):
        for given, what in ((options.disk, "--disk"), (options.forward, "--forward"),
                            (options.root and options.root.is_file(), "--root IMAGE")):
            if given:
                raise tree.Failure(f"{what} does not work on this system yet (only with --linux)")
        self.options = options

    def boot_arguments(self, scratch):
        build.kernel_and_servers()
        words = init_words(self.options) + self.options.append
        if self.options.command is not None:
            words.insert(0, "panic=exit")
        path = _make_archive(self.options, scratch)
        _check_memory(self.options, path)
        if self.options.boot == "direct":
            return ["-kernel", str(build.kernel_file()), "-initrd", str(path), "-append", " ".join(words)]
        image = scratch / "lichen.iso"
        iso.make(image, path, words)
        return ["-cdrom", str(image)]

    def disks(self):
        return []


class Linux:
    name = "Linux"
    log_is_console = True
    panic_marks = (b"Kernel panic - not syncing",)

    def __init__(self, options):
        if options.boot == "iso":
            raise tree.Failure("--linux boots directly; --boot iso is for this system")
        self.options = options
        self.root_image = options.root if options.root and not options.root.is_dir() else None
        if self.root_image and options.add:
            raise tree.Failure("--add needs a root that is an archive; put the files into the image instead")

    def boot_arguments(self, scratch):
        home = linux_kernel.fetch()
        words = ["rdinit=/.lichen/init", "console=ttyS0", "quiet", "panic=-1", *init_words(self.options)]
        if self.root_image:
            words.append("lichen.root=/dev/vda")
        initrd = scratch / "initrd"
        with open(initrd, "wb") as file:
            with open(_make_archive(self.options, scratch), "rb") as base:
                shutil.copyfileobj(base, file, 1 << 20)
            linux_kernel.write_extra_archive(home, file)
        return ["-kernel", str(home / "vmlinuz"), "-initrd", str(initrd),
                "-append", " ".join(words + self.options.append)]

    def disks(self):
        return ([self.root_image] if self.root_image else []) + self.options.disk
