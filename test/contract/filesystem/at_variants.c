/* SPDX-License-Identifier: MIT
 *
 * openat(2) and its family with AT_FDCWD and with real directory descriptors, also after the directory was renamed
 * or removed; absolute paths ignore the descriptor; renameat2's flags.
 */
#include "contract.h"

enum { NOREPLACE = 1, EXCHANGE = 2 };

static void show_content(int directory, const char *name)
{
	char text[32];
	int fd = openat(directory, name, O_RDONLY);
	if (fd == -1) {
		say("%s: %s\n", name, errno_name(errno));
		return;
	}
	show_bytes(name, text, read(fd, text, sizeof(text)));
	MUST(close(fd));
}

static void with_directory(int at)
{
	char text[32];
	CALL(mkdirat(at, "sub", 0755));
	int fd = (int)MUST(openat(at, "sub/file", O_RDWR | O_CREAT, 0644));
	MUST(write(fd, "data", 4));
	MUST(close(fd));
	CALL(linkat(at, "sub/file", at, "hard", 0));
	CALL(symlinkat("sub/file", at, "soft"));
	show_bytes("readlinkat", text, readlinkat(at, "soft", text, sizeof(text)));
	show_content(at, "soft");
	CALL(linkat(at, "soft", at, "link-to-soft", 0));
	CALL(linkat(at, "soft", at, "followed", AT_SYMLINK_FOLLOW));
	struct stat status;
	CALL(fstatat(at, "link-to-soft", &status, AT_SYMLINK_NOFOLLOW));
	say("mode 0%o\n", status.st_mode);
	CALL(fstatat(at, "followed", &status, 0));
	say("links %ld\n", (long)status.st_nlink);
	CALL(renameat(at, "hard", at, "renamed"));
	CALL(syscall(SYS_renameat2, at, "renamed", at, "soft", NOREPLACE));
	CALL(syscall(SYS_renameat2, at, "renamed", at, "sub", EXCHANGE));
	show_content(at, "sub");
	show_content(at, "renamed/file");
	CALL(syscall(SYS_renameat2, at, "renamed", at, "sub", EXCHANGE | NOREPLACE));
	CALL(unlinkat(at, "renamed", 0));
	CALL(unlinkat(at, "renamed", AT_REMOVEDIR));
	CALL(unlinkat(at, "renamed/file", 0));
	CALL(unlinkat(at, "renamed", AT_REMOVEDIR));
	CALL(unlinkat(at, "sub", AT_REMOVEDIR));
	CALL(unlinkat(at, "sub", 99));
}

int main(void)
{
	say("current directory\n");
	with_directory(AT_FDCWD);
	MUST(mkdir("other", 0755));
	int at = (int)MUST(open("other", O_RDONLY | O_DIRECTORY));
	MUST(rename("other", "moved"));
	say("descriptor\n");
	with_directory(at);
	CALL(access("moved/soft", F_OK));
	CALL(faccessat(at, "..", F_OK, 0));
	CALL(openat(99, "x", O_RDONLY));
	CALL(openat(0, "x", O_RDONLY));
	CALL(openat(99, "/dev/null", O_RDONLY));
	CALL(openat(at, "", O_RDONLY));
	MUST(mkdir("gone", 0755));
	at = (int)MUST(open("gone", O_PATH));
	MUST(rmdir("gone"));
	CALL(openat(at, "x", O_WRONLY | O_CREAT, 0600));
	CALL(openat(at, ".", O_RDONLY));
	CALL(mkdirat(at, "x", 0700));
	return 0;
}
