/* SPDX-License-Identifier: MIT
 *
 * Which child a wait takes: by number, by group, any; looked at and left there; stopped and continued ones; none that fits.
 */
#include "../contract.h"

static int exits(void *code)
{
	return (int)(long)code;
}

static void look(const char *text, idtype_t kind, pid_t id, int flags, pid_t expected)
{
	siginfo_t info = { 0 };
	long result = waitid(kind, (id_t)id, &info, flags);
	if (result)
		say("%s: %s\n", text, errno_name(errno));
	else
		say("%s: %s, code %d, status %d\n", text,
		    !info.si_pid              ? "nobody"
		    : info.si_pid == expected ? "the child"
					      : "another",
		    info.si_code, info.si_status);
}

int main(void)
{
	pid_t one = start(exits, (void *)3), two, three;

	look("by number, left", P_PID, one, WEXITED | WNOWAIT, one);
	look("left again", P_ALL, 0, WEXITED | WNOWAIT | WNOHANG, one);
	look("only stopped ones", P_PID, one, WSTOPPED | WNOHANG, one);
	look("taken", P_PID, one, WEXITED, one);
	look("gone", P_PID, one, WEXITED, one);

	two = start(sleep_forever, NULL);
	three = start(sleep_forever, NULL);
	MUST(setpgid(three, three));
	look("still running", P_PID, two, WEXITED | WNOHANG, two);
	MUST(kill(three, SIGKILL));
	look("of the group", P_PGID, three, WEXITED, three);
	look("of an empty group", P_PGID, three, WEXITED, three);
	MUST(kill(two, SIGSTOP));
	look("stopped", P_ALL, 0, WSTOPPED, two);
	look("told once", P_ALL, 0, WSTOPPED | WNOHANG, two);
	MUST(kill(two, SIGCONT));
	look("continued", P_PID, two, WCONTINUED, two);
	IS(waitpid(0, NULL, WNOHANG) == 0);
	IS(waitpid(-getpgrp(), NULL, WNOHANG) == 0);
	CALL(waitpid(-99999, NULL, WNOHANG));
	CALL(waitpid(two, NULL, 0x1000));
	look("no kind of event", P_ALL, 0, WNOHANG, two);
	look("no such kind", (idtype_t)9, 0, WEXITED, two);
	MUST(kill(two, SIGTERM));
	look("killed", P_ALL, 0, WEXITED, two);
	CALL(wait(NULL));
	return 0;
}
