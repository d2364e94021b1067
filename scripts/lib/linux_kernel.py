# SPDX-License-Identifier: MIT
"""Debian's own kernel as the oracle: fetched as a package and unpacked into the cache, never installed.

The initial archive for it is our root archive followed by a second one with the modules that Debian does not build in
(file system and virtio drivers, in dependency order) and the stub that loads them (boot/linux-stub).
"""
import fnmatch
import re
import subprocess
import tarfile
from pathlib import Path

import apt
import cpio
import manifest
import mkroot
import tree

WANTED = ("crc32c_generic", "ext4", "virtio_pci", "virtio_blk", "virtio_net", "virtio_rng", "loop")
# Where these and what they depend on may lie below lib/modules/VERSION/kernel.
PLACES = ("fs/ext4/*", "fs/jbd2/*", "fs/mbcache*", "drivers/virtio/*", "drivers/block/virtio_blk*", "drivers/block/loop*",
          "drivers/net/virtio_net*", "drivers/net/net_failover*", "net/core/failover*", "drivers/char/hw_random/*",
          "crypto/*", "lib/*", "arch/x86/crypto/*")


def _wanted_member(path):
    match = re.match(r"\./lib/modules/[^/]+/kernel/(.*\.ko)$", path)
    return bool(match) and any(fnmatch.fnmatch(match.group(1), place) for place in PLACES)


def _unpack(deb, directory):
    """Take the kernel and the candidate modules out of the package."""
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as members:
            for member in members:
                name = Path(member.name).name
                if name.startswith("vmlinuz-"):
                    (directory / "vmlinuz").write_bytes(members.extractfile(member).read())
                elif _wanted_member(member.name):
                    (directory / name.replace("-", "_")).write_bytes(members.extractfile(member).read())
    if process.returncode or not (directory / "vmlinuz").exists():
        raise tree.Failure(f"{deb} is damaged; delete it and try again")


def _needs(module):
    """Names of the modules that a module file says it depends on."""
    match = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    names = match.group(1).decode().split(",") if match else []
    return [name.replace("-", "_") for name in names if name]


def _load_order(directory):
    order = []

    def visit(name):
        if name in order:
            return
        path = directory / f"{name}.ko"
        if path.exists():
            for needed in _needs(path):
                visit(needed)
            order.append(name)
        elif name not in WANTED:
            raise tree.Failure(f"the Linux package lacks the module {name}")
    for name in WANTED:
        visit(name)
    return order


def fetch():
    """The cache directory with vmlinuz, the needed modules and `order` for the current Debian kernel."""
    packages = apt.PrivateApt()
    packages.update()
    meta = packages.show("show", "linux-image-amd64")
    version = packages.candidate("linux-image-amd64")
    depends = next((stanza["Depends"] for stanza in meta if stanza.get("Version") == version), "")
    name = re.match(r"\S+", depends)
    if not name:
        raise tree.Failure("Debian's package lists do not say which kernel linux-image-amd64 means")
    release, deb = packages.download_binaries([name.group(0)])[name.group(0)]
    key = tree.sha256_text(release, WANTED, PLACES)[:8]
    home = tree.cache_dir("linux") / f"{name.group(0)}_{release}-{key}"
    with tree.locked(tree.cache_dir("linux") / "lock"):
        if not home.exists():
            tree.progress(f"unpacking {name.group(0)}")
            with tree.new_directory(home) as fresh:
                _unpack(deb, fresh)
                order = _load_order(fresh)
                for path in fresh.glob("*.ko"):
                    if path.stem not in order:
                        path.unlink()
                (fresh / "order").write_text("\n".join(order) + "\n")
    return home


def write_extra_archive(home, file):
    """The second archive: stub and modules."""
    extra = manifest.Manifest()
    stub = mkroot.static_program("boot/linux-stub", "linux-stub")
    extra.add(".lichen/init", manifest.Entry("f", 0o755, source=stub))
    for number, name in enumerate((home / "order").read_text().split()):
        extra.add(f".lichen/modules/{number:02}-{name}.ko", manifest.Entry("f", 0o644, source=home / f"{name}.ko"))
    cpio.write(extra, file)
