# SPDX-License-Identifier: MIT
"""scripts/iso: the bootable image: GRUB for BIOS, the kernel by multiboot2, the boot archive as its only module.

GRUB's core image carries just the modules that this boot needs, so GRUB adds less than 1 MB. The same inputs give the same
bytes: fixed dates and volume identifier, sorted files, no time or path of the build inside.
"""
import os
import re
import shutil
import tempfile
from pathlib import Path

import build
import cpio
import tree

GRUB_MODULES = ("biosdisk", "iso9660", "normal", "multiboot2", "part_msdos", "vga_text", "video", "vbe", "vga")
GRUB_FILES = Path("/usr/lib/grub/i386-pc")
# The screen stays in text mode. GRUB's multiboot2 command asks for a framebuffer where a kernel can use one, so this is said
# after it.
CONFIG = """set timeout=0
set default=0
menuentry "Lichen" {{
	multiboot2 /boot/lichen-kernel{words}
	set gfxpayload=text
	module2 /boot/root.cpio
}}
"""


def _quoted(words):
    for word in words:
        if re.search(r"['\n]", word):
            raise tree.Failure(f"the word {word!r} cannot go through GRUB's command line")
    return "".join(f" '{word}'" if re.search(r"[^\w./=,:@%+-]", word) else f" {word}" for word in words)


def _set_dates(directory):
    for path in sorted(directory.rglob("*"), reverse=True):
        os.utime(path, (cpio.FIXED_TIME, cpio.FIXED_TIME))


def make(image, archive, words):
    """Write the image for a boot archive and kernel command line words."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(cpio.FIXED_TIME), "TZ": "UTC", "LC_ALL": "C"}
    with tempfile.TemporaryDirectory(prefix="lichen-iso-") as scratch:
        files = Path(scratch) / "files"
        (files / "boot" / "grub").mkdir(parents=True)
        shutil.copyfile(build.kernel_file(), files / "boot" / "lichen-kernel")
        shutil.copyfile(archive, files / "boot" / "root.cpio")
        (files / "boot" / "grub" / "grub.cfg").write_text(CONFIG.format(words=_quoted(words)))
        tree.tool(["grub-mkimage", "-O", "i386-pc-eltorito", "-p", "/boot/grub", "-d", str(GRUB_FILES),
                   "-o", str(files / "boot" / "grub" / "core.img"), *GRUB_MODULES],
                  "making GRUB's image", env=environment)
        _set_dates(files)
        with tree.new_path(image) as name:
            os.unlink(name)
            tree.tool(["xorriso", "-as", "mkisofs", "-quiet", "-o", name, "-V", "LICHEN", "-r",
                       "--set_all_file_dates", f"={cpio.FIXED_TIME}",
                       "-b", "boot/grub/core.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
                       "--grub2-boot-info", "--grub2-mbr", str(GRUB_FILES / "boot_hybrid.img"), str(files)],
                      "making the ISO", env=environment)


def command(arguments):
    parser = tree.Parser(prog="iso", description="Make the bootable ISO. The same tree gives the same bytes.")
    parser.add_argument("--output", required=True, metavar="FILE", type=tree.output_file, help="where to write it")
    parser.add_argument("--append", action="append", default=[], metavar="WORDS", help="words for the kernel command line")
    options = parser.parse_args(arguments)
    build.kernel_and_servers()
    make(options.output, build.root_archive(), " ".join(options.append).split())
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    tree.main(command, "iso")
