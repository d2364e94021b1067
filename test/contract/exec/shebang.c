/* SPDX-License-Identifier: MIT
 *
 * execve(2), "Interpreter scripts": arguments as Linux makes them (one optional argument, spaces trimmed, the path
 * as given), nesting and its limit, bad and missing interpreters, a script without a first line.
 */
#include "../contract.h"

static char self[256];

static void script(const char *name, const char *text)
{
	write_file(name, text);
	MUST(chmod(name, 0755));
}

static void run(const char *path)
{
	pid_t child = fork();
	if (child == 0) {
		execl(path, "ARGV0", "one", "two words", (char *)NULL);
		say("%s: %s\n", path, errno_name(errno));
		_exit(44);
	}
	reap(path, child);
}

static int show_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *name = strrchr(argv[i], '/');
		say("  [%d] %s\n", i, argv[i][0] == '/' && name ? name : argv[i]);
	}
	return argc;
}

int main(int argc, char **argv)
{
	char text[600];
	if (argc > 1)
		return show_arguments(argc, argv);
	MUST(readlink("/proc/self/exe", self, sizeof(self) - 1));
	snprintf(text, sizeof(text), "#!%s\nrest\n", self);
	script("plain", text);
	run("./plain");
	run("plain");
	snprintf(text, sizeof(text), "#! \t%s   an argument with spaces  \t\nrest\n", self);
	script("argument", text);
	run("./argument");
	snprintf(text, sizeof(text), "#!%s x", self);
	script("no-newline", text);
	run("./no-newline");
	script("nested", "#!./plain nested\n");
	run("./nested");
	script("n1", "#!./nested\n");
	script("n2", "#!./n1\n");
	script("n3", "#!./n2\n");
	script("n4", "#!./n3\n");
	script("n5", "#!./n4\n");
	run("./n3");
	run("./n5");
	script("missing", "#!/none/at/all\n");
	run("./missing");
	script("directory", "#!/tmp\n");
	run("./directory");
	script("empty-line", "#!\n");
	run("./empty-line");
	script("blank-line", "#!   \n");
	run("./blank-line");
	script("carriage", "#!/bin/sh\r\n");
	run("./carriage");
	script("text", "echo no first line\n");
	run("./text");
	script("shell", "#!/bin/sh -e\necho \"$0 $#: $2\"\nfalse\necho not reached\n");
	run("./shell");
	memset(text, 'x', 300);
	memcpy(text, "#!/bin/", 7);
	strcpy(text + 300, "\n");
	script("long", text);
	run("./long");
	MUST(chmod("plain", 0644));
	run("./plain");
	return 0;
}
