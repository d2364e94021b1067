/* SPDX-License-Identifier: MIT
 *
 * getcwd(2), chdir(2): the path without links and dots, lengths counted with the final 0, ERANGE, follows a rename
 * of a parent, ENOENT when removed.
 */
#include "contract.h"

int main(void)
{
	char start_path[256], cwd[4096], expected[512];
	MUST(syscall(SYS_getcwd, start_path, sizeof(start_path)));
	size_t base = strlen(start_path);
	IS(syscall(SYS_getcwd, cwd, sizeof(cwd)) == (long)base + 1);
	CALL(syscall(SYS_getcwd, cwd, base));
	IS(syscall(SYS_getcwd, cwd, base + 1) == (long)base + 1);
	CALL(syscall(SYS_getcwd, cwd, 0L));
	CALL(syscall(SYS_getcwd, 8L, sizeof(cwd)));
	MUST(mkdir("a", 0755));
	MUST(mkdir("a/b", 0755));
	MUST(mkdir("a/b/c", 0755));
	MUST(symlink("a/b", "link"));
	CALL(chdir("link/../b/./c//"));
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd + base);
	int fd = (int)MUST(open(".", O_RDONLY));
	CALL(chdir("../../.."));
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd + base);
	CALL(fchdir(fd));
	snprintf(expected, sizeof(expected), "%s/renamed", start_path);
	char old[512];
	snprintf(old, sizeof(old), "%s/a", start_path);
	CALL(rename(old, expected));
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd + base);
	CALL(chdir("/"));
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd);
	CALL(chdir("/../.."));
	MUST(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	TEXT(cwd);
	MUST(chdir(start_path));
	CALL(chdir("renamed/b/c"));
	MUST(rmdir("../c"));
	CALL(syscall(SYS_getcwd, cwd, sizeof(cwd)));
	return 0;
}
