/* SPDX-License-Identifier: MIT
 *
 * execve(2): arguments and environment arrive exactly, empty strings and odd bytes included, also 100 KiB of them;
 * an empty argv becomes one empty string; too much is E2BIG and the caller lives on. Executes itself.
 */
#include "contract.h"

extern char **environ;

static int arrived(int argc, char **argv)
{
	SHOW(argc);
	for (int i = 1; i < argc; i++) {
		if (strlen(argv[i]) < 100)
			show_bytes("argument", argv[i], (long)strlen(argv[i]));
		else
			say("argument of %zu bytes, all x: %d\n", strlen(argv[i]),
			    strspn(argv[i], "x") == strlen(argv[i]));
	}
	for (char **entry = environ; *entry; entry++)
		show_bytes("environment", *entry, (long)strlen(*entry));
	IS(argv[argc] == NULL);
	IS(argc == 0 || argv[argc - 1] < environ[0] || !environ[0]);
	return argc;
}

static int run(void *argv)
{
	char *environment[] = { "FIRST=1", "SECOND=", "no equals sign", "FIRST=again", NULL };
	execve("/proc/self/exe", argv, environment);
	say("execve: %s\n", errno_name(errno));
	return 77;
}

int main(int argc, char **argv)
{
	static char large[100001], larger[131073];
	if (argc != 1 || (argv[0][0] == 'S' || argv[0][0] == 0))
		return arrived(argc, argv);
	memset(large, 'x', sizeof(large) - 1);
	memset(larger, 'x', sizeof(larger) - 1);
	run_child("plain", run, (char *[]){ "SELF", "one", "", "three words here", "\x01\xff\n", NULL });
	run_child("large", run, (char *[]){ "SELF", large, NULL });
	run_child("one string of 128 KiB", run, (char *[]){ "SELF", larger, NULL });
	larger[131071] = 0;
	run_child("one byte less", run, (char *[]){ "SELF", larger, NULL });
	run_child("no argument", run, (char *[]){ NULL });
	static char *many[200];
	for (int i = 0; i < 199; i++)
		many[i] = large;
	run_child("20 MB", run, many);
	run_child("bad pointer", run, (char *[]){ "SELF", (char *)8, NULL });
	return 0;
}
