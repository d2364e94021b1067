/* SPDX-License-Identifier: MIT
 *
 * symlink(2), readlink(2), path_resolution(7): any text as target, truncation without final 0, following in the
 * middle and at the end of paths, chains of 40 and 41, long targets, the links of /proc/self/fd.
 */
#include "contract.h"

static void chain(int length)
{
	char name[16], target[16];
	write_file("link-0", "end of chain");
	for (int i = 1; i <= length; i++) {
		snprintf(name, sizeof(name), "link-%d", i);
		snprintf(target, sizeof(target), "link-%d", i - 1);
		unlink(name);
		MUST(symlink(target, name));
	}
}

int main(void)
{
	char text[5000], target[4200];
	struct stat status;
	CALL(symlink("any text at all, even // this", "odd"));
	show_bytes("odd", text, readlink("odd", text, sizeof(text)));
	show_bytes("truncated", text, readlink("odd", text, 3));
	CALL(readlink("odd", text, 0));
	CALL(symlink("", "empty"));
	CALL(symlink("x", "odd"));
	MUST(mkdir("directory", 0755));
	write_file("directory/file", "found");
	MUST(symlink("directory", "to-directory"));
	CALL(open("to-directory/file", O_RDONLY));
	CALL(open("to-directory/../directory/file", O_RDONLY));
	MUST(lstat("to-directory", &status));
	IS(S_ISLNK(status.st_mode));
	MUST(lstat("to-directory/", &status));
	IS(S_ISDIR(status.st_mode));
	CALL(rmdir("to-directory"));
	CALL(mkdir("to-directory", 0755));
	CALL(readlink("directory/file", text, sizeof(text)));
	CALL(readlink("none", text, sizeof(text)));
	chain(41);
	CALL(access("link-40", F_OK));
	CALL(access("link-41", F_OK));
	CALL(readlink("link-41", text, sizeof(text)));
	memset(target, 't', sizeof(target));
	target[4095] = 0;
	CALL(symlink(target, "long"));
	SHOW(readlink("long", text, sizeof(text)));
	target[4095] = 't';
	target[4096] = 0;
	CALL(symlink(target, "too-long"));
	memcpy(target, "directory/", 10);
	for (int i = 10; i < 300; i += 2)
		memcpy(target + i, "./", 2);
	strcpy(target + 300, "file");
	CALL(symlink(target, "winding"));
	CALL(read_file("winding", text, sizeof(text)));
	CALL(unlink("to-directory"));
	CALL(access("directory/file", F_OK));
	return 0;
}
