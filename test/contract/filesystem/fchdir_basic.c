/* SPDX-License-Identifier: MIT
 *
 * fchdir(2), chdir(2): the working directory follows the descriptor even when renamed; needs a directory and search
 * permission; a child's change does not move the parent.
 */
#include "contract.h"

static const char *last_name(void)
{
	static char cwd[256];
	return getcwd(cwd, sizeof(cwd)) ? strrchr(cwd, '/') : errno_name(errno);
}

static int child(void *unused)
{
	(void)unused;
	CALL(chdir("inner"));
	TEXT(last_name());
	MUST(setuid(1000));
	CALL(chdir("/"));
	return 0;
}

static int normal_user(void *closed)
{
	MUST(setuid(1000));
	CALL(fchdir(*(int *)closed));
	return 0;
}

int main(void)
{
	MUST(mkdir("one", 0755));
	MUST(mkdir("one/inner", 0755));
	MUST(mkdir("closed", 0700));
	write_file("file", "x");
	int one = (int)MUST(open("one", O_RDONLY)), here = (int)MUST(open(".", O_PATH | O_DIRECTORY));
	int file = (int)MUST(open("file", O_RDONLY)), closed = (int)MUST(open("closed", O_RDONLY));
	CALL(fchdir(one));
	TEXT(last_name());
	run_child("child", child, NULL);
	TEXT(last_name());
	CALL(rename("../one", "../two"));
	TEXT(last_name());
	CALL(access("inner", F_OK));
	CALL(fchdir(here));
	CALL(access("two", F_OK));
	CALL(fchdir(file));
	CALL(fchdir(99));
	run_child("normal user", normal_user, &closed);
	CALL(chdir("file"));
	CALL(chdir("none"));
	CALL(chdir(""));
	MUST(mkdir("gone", 0755));
	MUST(chdir("gone"));
	MUST(rmdir("../gone"));
	TEXT(last_name());
	CALL(access(".", F_OK));
	CALL(open("new", O_WRONLY | O_CREAT, 0600));
	CALL(chdir(".."));
	CALL(access("two", F_OK));
	return 0;
}
