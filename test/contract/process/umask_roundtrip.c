/* SPDX-License-Identifier: MIT
 *
 * umask(2): returns the old mask, only permission bits count, files, directories, fifos and sockets obey it, chmod
 * does not; it is inherited and kept over exec.
 */
#include "contract.h"

static void mode_of(const char *path)
{
	struct stat status;
	MUST(lstat(path, &status));
	say("%s: 0%o\n", path, status.st_mode);
}

static int child(void *unused)
{
	(void)unused;
	say("child 0%o\n", (unsigned)umask(0));
	execl("/proc/self/exe", "self", "show", (char *)NULL);
	return 1;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		say("after exec 0%o\n", (unsigned)umask(077));
		return 0;
	}
	umask(077);
	say("old 0%o\n", (unsigned)umask(0777777));
	say("old 0%o\n", (unsigned)umask(077));
	MUST(open("file", O_WRONLY | O_CREAT, 0666));
	mode_of("file");
	MUST(mkdir("directory", 0777));
	mode_of("directory");
	MUST(mkfifo("fifo", 0666));
	mode_of("fifo");
	MUST(symlink("file", "link"));
	mode_of("link");
	MUST(chmod("file", 0666));
	mode_of("file");
	MUST(mkdir("sticky", 01777));
	mode_of("sticky");
	umask(0);
	MUST(open("open", O_WRONLY | O_CREAT, 06666));
	mode_of("open");
	umask(0123);
	run_child("child", child, NULL);
	say("parent 0%o\n", (unsigned)umask(022));
	return 0;
}
