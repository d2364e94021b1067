/* SPDX-License-Identifier: MIT
 *
 * proc(5): another process as its parent sees it: asleep, stopped, a zombie, gone. An open file of a process that is gone answers
 * ESRCH, a name in its open directory ENOENT.
 */
#include "proc_text.h"

static char text[8192];

static char state_of(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_whole(path, text, sizeof(text)) < 0)
		return '?';
	return strrchr(text, ')')[2];
}

static void show_entry(pid_t pid, const char *name)
{
	char path[64], line[256], masked[512];
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	say("%s: %s\n", name, read_whole(path, text, sizeof(text)) < 0 ? "cannot be read" : "there");
	if (find_line(text, "State:", line, sizeof(line)))
		say("  %s\n", line);
	if (find_line(text, "Threads:", line, sizeof(line))) {
		mask_line(line, masked);
		say("  %s\n", masked);
	}
}

static long open_of(pid_t pid, const char *name, int flags)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open(path, flags);
}

int main(void)
{
	pid_t child = start(sleep_forever, NULL);
	int status;
	wait_until_asleep(child);
	say("asleep: %c\n", state_of(child));
	show_entry(child, "status");
	int stat = (int)MUST(open_of(child, "stat", O_RDONLY));
	int directory = (int)MUST(open_of(child, "", O_RDONLY | O_DIRECTORY));
	MUST(kill(child, SIGSTOP));
	MUST(waitpid(child, &status, WUNTRACED));
	say("stopped: %c\n", state_of(child));
	MUST(kill(child, SIGKILL));
	siginfo_t info;
	MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
	say("ended: %c\n", state_of(child));
	show_entry(child, "status");
	show_entry(child, "cmdline");
	CALL(open_of(child, "maps", O_RDONLY) >= 0);
	char link[64];
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/exe", child);
	CALL(readlink(path, link, sizeof(link)));
	MUST(waitpid(child, NULL, 0));
	say("gone: %c\n", state_of(child));
	CALL(read(stat, text, sizeof(text)));
	CALL(openat(directory, "stat", O_RDONLY));
	CALL(open_of(child, "stat", O_RDONLY));
	return 0;
}
