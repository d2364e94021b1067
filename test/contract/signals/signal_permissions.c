/* SPDX-License-Identifier: MIT
 *
 * kill(2): a normal user may signal processes whose real or saved id is one of its own, SIGCONT within the session,
 * nobody else; kill(-1) reaches all it may and not itself; process 1 ignores what it has no handler for.
 */
#include "../contract.h"

static int sleeper(void *uid)
{
	MUST(setuid((uid_t)(long)uid));
	write_file("/tmp/ready-to-be-signalled", "");
	return sleep_forever(NULL);
}

static pid_t start_sleeper(uid_t uid)
{
	unlink("/tmp/ready-to-be-signalled");
	pid_t child = start(sleeper, (void *)(long)uid);
	while (access("/tmp/ready-to-be-signalled", F_OK) == -1)
		sleep_ms(1);
	return child;
}

static int normal_user(void *children)
{
	pid_t *pids = children;
	MUST(setresuid(2001, 2002, 2003));
	say("root's: %s\n", kill(pids[0], 0) == -1 ? errno_name(errno) : "allowed");
	say("of the real id: %s\n", kill(pids[1], 0) == -1 ? errno_name(errno) : "allowed");
	say("of the effective id: %s\n", kill(pids[2], 0) == -1 ? errno_name(errno) : "allowed");
	say("of the saved id: %s\n", kill(pids[3], 0) == -1 ? errno_name(errno) : "allowed");
	say("SIGCONT to root's in the session: %s\n",
	    kill(pids[0], SIGCONT) == -1 ? errno_name(errno) : "allowed");
	say("process 1: %s\n", kill(1, SIGTERM) == -1 ? errno_name(errno) : "allowed");
	CALL(kill(-1, SIGTERM));
	return 5;
}

int main(void)
{
	int status;
	pid_t pids[4] = { start_sleeper(0), start_sleeper(2001), start_sleeper(2002), start_sleeper(2003) };
	unlink("/tmp/ready-to-be-signalled");
	run_child("normal user", normal_user, pids);
	for (int i = 1; i < 3; i++) {
		MUST(waitpid(pids[i], &status, 0));
		show_status("sleeper", status);
	}
	sleep_ms(50);
	CALL(waitpid(pids[0], &status, WNOHANG));
	CALL(waitpid(pids[3], &status, WNOHANG));
	CALL(kill(1, SIGUSR2));
	CALL(kill(1, 0));
	for (int i = 0; i < 4; i += 3) {
		MUST(kill(pids[i], SIGKILL));
		reap("rest", pids[i]);
	}
	return 0;
}
