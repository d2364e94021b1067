/* SPDX-License-Identifier: MIT
 *
 * execve(2) errors: missing, no right, directory, no binary, empty, a file open for writing, links in a loop, long
 * names, truncated and damaged ELF files; the caller goes on unharmed after each.
 */
#include "../contract.h"

static void attempt(const char *name, const char *path)
{
	char *arguments[] = { "x", NULL };
	int status;
	pid_t child = (pid_t)MUST(fork());
	if (child == 0) {
		execve(path, arguments, arguments + 1);
		say("%s: %s\n", name, errno_name(errno));
		_exit(44);
	}
	MUST(waitpid(child, &status, 0));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 44)
		show_status(name, status);
}

static void damaged(const char *name, const unsigned char *good, size_t length, long at, unsigned value)
{
	unsigned char bytes[8192] = { 0 };
	memcpy(bytes, good, length);
	if (at >= 0)
		bytes[at] = (unsigned char)value;
	int fd = (int)MUST(open("damaged", O_WRONLY | O_CREAT | O_TRUNC, 0755));
	MUST(write(fd, bytes, length));
	MUST(close(fd));
	attempt(name, "./damaged");
}

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	attempt("not executable for others", "./private");
	attempt("in a closed directory", "./closed/file");
	return 0;
}

int main(void)
{
	unsigned char good[4096];
	char name[300];
	int self = (int)MUST(open("/proc/self/exe", O_RDONLY));
	MUST(read(self, good, sizeof(good)));
	attempt("missing", "./none");
	attempt("empty path", "");
	attempt("bad pointer", (char *)8);
	write_file("file", "x");
	attempt("no right", "./file");
	MUST(chmod("file", 0755));
	attempt("one byte", "./file");
	write_file("file", "");
	attempt("empty", "./file");
	attempt("through a file", "./file/x");
	attempt("directory", "/tmp");
	attempt("device", "/dev/null");
	MUST(symlink("loop", "loop"));
	attempt("loop", "./loop");
	memset(name, 'n', 299);
	name[299] = 0;
	attempt("long name", name);
	int writer = (int)MUST(open("busy", O_WRONLY | O_CREAT, 0755));
	MUST(write(writer, good, sizeof(good)));
	attempt("open for writing", "./busy");
	damaged("magic", good, 4096, 0, 0);
	damaged("type core", good, 4096, 16, 4);
	damaged("another machine", good, 4096, 18, 0x28);
	damaged("size of program headers", good, 4096, 54, 0);
	damaged("number of program headers", good, 4096, 56, 0);
	damaged("only the magic", good, 4, -1, 0);
	damaged("header alone", good, 64, -1, 0);
	MUST(mkdir("closed", 0700));
	write_file("closed/file", "x");
	write_file("private", "x");
	MUST(chmod("private", 0744) | chmod(".", 0755));
	run_child("normal user", normal_user, NULL);
	IS(open("/proc/self/exe", O_WRONLY) == -1 && errno == ETXTBSY);
	return 0;
}
