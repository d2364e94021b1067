/* SPDX-License-Identifier: MIT
 *
 * execveat(2), fexecve(3): by descriptor alone, relative to a directory, flags; what the new program sees as its
 * file name; a script by descriptor; an unlinked and an in-memory file.
 */
#include "../contract.h"

#include <sys/auxv.h>

static int self;

static void attempt(const char *name, int at, const char *path, int flags)
{
	pid_t child = fork();
	if (child == 0) {
		char *arguments[] = { "zero", "one", NULL }, *environment[] = { NULL };
		syscall(SYS_execveat, at, path, arguments, environment, flags);
		say("%s: %s\n", name, errno_name(errno));
		_exit(1);
	}
	reap(name, child);
}

static void copy_to(int to)
{
	static char bytes[1 << 20];
	long count = MUST(pread(self, bytes, sizeof(bytes), 0));
	MUST(write(to, bytes, (size_t)count));
}

int main(int argc, char **argv)
{
	char link[256] = { 0 };
	if (argc > 1) {
		const char *name = (const char *)getauxval(AT_EXECFN);
		MUST(readlink("/proc/self/exe", link, sizeof(link) - 1));
		const char *base = strrchr(link, '/');
		say("argv[0] %s, file name %s, exe %s\n", argv[0], name, base ? base : link);
		return 7;
	}
	self = (int)MUST(open("/proc/self/exe", O_RDONLY));
	MUST(mkdir("directory", 0755));
	int to = (int)MUST(open("directory/copy", O_WRONLY | O_CREAT, 0755));
	copy_to(to);
	MUST(close(to));
	MUST(symlink("copy", "directory/link"));
	int at = (int)MUST(open("directory", O_PATH)),
	    copy = (int)MUST(open("directory/copy", O_PATH | O_CLOEXEC));
	attempt("relative", at, "copy", 0);
	attempt("by descriptor", copy, "", AT_EMPTY_PATH);
	attempt("by descriptor without the flag", copy, "", 0);
	attempt("link", at, "link", 0);
	attempt("link not followed", at, "link", AT_SYMLINK_NOFOLLOW);
	attempt("current directory", AT_FDCWD, "directory/copy", 0);
	attempt("unknown flag", at, "copy", 1);
	attempt("bad descriptor", 99, "copy", 0);
	attempt("no directory", copy, "x", 0);
	write_file("directory/script", "#!/bin/sh\necho script $# $1\nexit 9\n");
	MUST(chmod("directory/script", 0755));
	attempt("script", at, "script", 0);
	int script = (int)MUST(open("directory/script", O_RDONLY | O_CLOEXEC));
	attempt("script by closing descriptor", script, "", AT_EMPTY_PATH);
	MUST(unlink("directory/copy"));
	attempt("unlinked", copy, "", AT_EMPTY_PATH);
	int memory = (int)MUST(memfd_create("memory", MFD_CLOEXEC));
	copy_to(memory);
	attempt("in memory", memory, "", AT_EMPTY_PATH);
	return 0;
}
