/* SPDX-License-Identifier: MIT
 *
 * prctl(2): the name is cut at 15 bytes, shown by /proc, inherited by fork, replaced by exec; subreaper, dumpable,
 * parent-death signal, keepcaps, no_new_privs and timer slack are read back; unknown options are EINVAL.
 */
#include "contract.h"

#include <sys/prctl.h>

static volatile sig_atomic_t died;

static void on_death(int signal_number)
{
	died = signal_number;
}

static int waits_for_parents_death(void *unused)
{
	(void)unused;
	int number = 0;
	catch_signal(SIGUSR1, on_death, 0);
	CALL(prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0));
	CALL(prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0));
	TEXT(signal_name(number));
	write_file("ready", "");
	while (!died || access("go", F_OK) == -1)
		sleep_ms(2);
	TEXT(signal_name(died));
	return 3;
}

static int middle(void *unused)
{
	char name[16];
	MUST(prctl(PR_GET_NAME, name, 0, 0, 0));
	TEXT(name);
	SHOW(prctl(PR_GET_PDEATHSIG, &(int){ 0 }, 0, 0, 0));
	int subreaper = 5;
	MUST(prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0));
	SHOW(subreaper);
	start(waits_for_parents_death, unused);
	while (access("ready", F_OK) == -1)
		sleep_ms(2);
	return 2;
}

int main(void)
{
	char name[17] = { 0 }, text[64];
	int subreaper = 5;
	CALL(prctl(PR_SET_NAME, "a name that is too long", 0, 0, 0));
	CALL(prctl(PR_GET_NAME, name, 0, 0, 0));
	TEXT(name);
	read_file("/proc/self/comm", text, sizeof(text));
	TEXT(text);
	CALL(prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0));
	SHOW(subreaper);
	CALL(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	CALL(prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0));
	SHOW(subreaper);
	run_child("middle", middle, NULL);
	write_file("go", "");
	reap("orphan", -1);
	CALL(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0));
	CALL(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	CALL(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	CALL(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	CALL(prctl(PR_SET_DUMPABLE, 7, 0, 0, 0));
	CALL(prctl(PR_SET_PDEATHSIG, 99, 0, 0, 0));
	CALL(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	CALL(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
	CALL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	CALL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CALL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	CALL(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	CALL(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
	CALL(prctl(99999, 0, 0, 0, 0));
	CALL(prctl(PR_SET_NAME, 8L, 0, 0, 0));
	return 0;
}
