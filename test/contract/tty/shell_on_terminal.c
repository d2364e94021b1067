/* SPDX-License-Identifier: MIT
 *
 * An interactive shell with job control on a terminal: commands typed one after the other, ^C ends the foreground
 * job, ^Z stops it, jobs, bg and fg see it; each answer is awaited before the next line is typed.
 */
#include "terminal.h"

static char seen[16384];
static long used;

/* Types a line and waits until the text appears; prints whether it did. */
static void expect(const char *keys, const char *text)
{
	long end = now_ms() + 5000;
	long from = used;
	type(keys);
	while (now_ms() < end) {
		struct pollfd poll_fd = { master, POLLIN, 0 };
		if (poll(&poll_fd, 1, 100) == 1) {
			long count = read(master, seen + used, sizeof(seen) - 1 - (size_t)used);
			if (count <= 0)
				break;
			used += count;
			seen[used] = 0;
		}
		if (strstr(seen + from, text)) {
			say("%s: seen\n", text);
			return;
		}
	}
	say("%s: not seen\n", text);
	show_bytes("instead", seen + from, used - from);
}

static int shell(void *unused)
{
	(void)unused;
	take_terminal();
	for (int fd = 0; fd < 3; fd++)
		MUST(dup2(slave, fd));
	MUST(close(master));
	char *arguments[] = { "sh", "-i", NULL },
	     *environment[] = { "PS1=ready> ", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", NULL };
	execve("/bin/sh", arguments, environment);
	return 126;
}

int main(void)
{
	open_terminal();
	change('l', ECHO, 0);
	pid_t child = start(shell, NULL);
	MUST(close(slave));
	expect("", "ready> ");
	expect("echo $((6 * 7)) answer\n", "42 answer");
	expect("tty | sed 's/[0-9]*$/N/'\n", "/dev/pts/N");
	expect("sh -c 'echo started $((1 + 1)); exec sleep 100'\n", "started 2");
	expect("\x03", "ready> ");
	expect("echo after=$?\n", "after=130");
	expect("sh -c 'echo started $((1 + 2)); exec sleep 101'\n", "started 3");
	expect("\x1a", "Stopped");
	expect("jobs\n", "sleep 101");
	expect("bg\n", "sleep 101");
	expect("jobs\n", "Running");
	expect("kill %1; wait; echo killed\n", "killed");
	expect("cat\n", "");
	expect("typed to cat\n", "typed to cat");
	expect("\x04", "ready> ");
	type("exit 7\n");
	reap("shell", child);
	return 0;
}
