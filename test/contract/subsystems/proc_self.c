/* SPDX-License-Identifier: MIT
 *
 * proc(5): /proc/self and thread-self, the exe link, the fields of stat and statm, the lines of status and limits, with numbers
 * masked.
 */
#include "proc_text.h"

#include <sys/prctl.h>

static char text[65536], line[8192];

static void show_status_lines(void)
{
	static const char *const labels[] = {
		"Name:",
		"Umask:",
		"State:",
		"Tgid:",
		"Pid:",
		"PPid:",
		"TracerPid:",
		"Uid:",
		"Gid:",
		"FDSize:",
		"Groups:",
		"NStgid:",
		"NSpid:",
		"VmPeak:",
		"VmSize:",
		"VmLck:",
		"VmHWM:",
		"VmRSS:",
		"VmData:",
		"VmStk:",
		"VmExe:",
		"VmLib:",
		"VmPTE:",
		"VmSwap:",
		"Threads:",
		"SigQ:",
		"SigPnd:",
		"ShdPnd:",
		"SigBlk:",
		"CapInh:",
		"CapPrm:",
		"CapEff:",
		"CapBnd:",
		"CapAmb:",
		"NoNewPrivs:",
		"Seccomp:",
		"Cpus_allowed_list:",
		"Mems_allowed:",
		"voluntary_ctxt_switches:",
	};
	char masked[8192];
	MUST(read_whole("/proc/self/status", text, sizeof(text)));
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!find_line(text, labels[i], line, sizeof(line)))
			say("no line %s\n", labels[i]);
		mask_line(line, masked);
		say("  %s\n", masked);
	}
}

static int count_words(const char *words)
{
	int count = 0;
	while (*(words += strspn(words, " \n"))) {
		words += strcspn(words, " \n");
		count++;
	}
	return count;
}

static void show_stat_fields(void)
{
	char state, name[64];
	int pid, parent, group, session, terminal, foreground;
	MUST(read_whole("/proc/self/stat", text, sizeof(text)));
	SHOW(count_words(text));
	SHOW(sscanf(text, "%d (%63[^)]) %c %d %d %d %d %d", &pid, name, &state, &parent, &group, &session,
		    &terminal, &foreground));
	TEXT(name);
	IS(pid == getpid() && parent == getppid());
	IS(group == getpgrp() && session == getsid(0));
	say("state %c, terminal %d, foreground %d\n", state, terminal, foreground);
	MUST(read_whole("/proc/self/statm", text, sizeof(text)));
	SHOW(count_words(text));
}

int main(void)
{
	char link[64] = { 0 }, wanted[64];
	MUST(prctl(PR_SET_NAME, "a strange one"));
	MUST(readlink("/proc/self", link, sizeof(link) - 1));
	IS(atoi(link) == getpid());
	memset(link, 0, sizeof(link));
	MUST(readlink("/proc/thread-self", link, sizeof(link) - 1));
	snprintf(wanted, sizeof(wanted), "%d/task/%d", getpid(), getpid());
	IS(!strcmp(link, wanted));
	char executable[256] = { 0 };
	IS(readlink("/proc/self/exe", executable, sizeof(executable) - 1) > 0 && executable[0] == '/');
	IS(access(executable, X_OK) == 0);
	show_stat_fields();
	show_status_lines();
	show_masked("/proc/self/limits");
	show_masked("/proc/self/comm");
	show_masked("/proc/self/oom_score_adj");
	show_masked("/proc/self/uid_map");
	return 0;
}
