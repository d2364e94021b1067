/* SPDX-License-Identifier: MIT
 *
 * alarm(2), pause(2): the alarm interrupts pause with EINTR after a second, a later alarm replaces the first and
 * returns its remaining seconds, fork does not hand it on, exec would, and uncaught it kills.
 */
#include "contract.h"

static volatile sig_atomic_t rings;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	rings++;
}

static int child_has_none(void *unused)
{
	(void)unused;
	SHOW(alarm(0));
	return 0;
}

static int child_dies(void *unused)
{
	(void)unused;
	signal(SIGALRM, SIG_DFL);
	alarm(1);
	return sleep_forever(NULL);
}

int main(void)
{
	catch_signal(SIGALRM, on_alarm, SA_RESTART);
	SHOW(alarm(0));
	long before = now_ms();
	SHOW(alarm(1));
	CALL(pause());
	long elapsed = now_ms() - before;
	IS(elapsed >= 990 && elapsed < 5000);
	SHOW(rings);
	SHOW(alarm(10));
	run_child("child", child_has_none, NULL);
	long left = alarm(20);
	IS(left == 10 || left == 9);
	left = alarm(0);
	IS(left == 20 || left == 19);
	SHOW(alarm(0));
	SHOW(rings);
	run_child("uncaught", child_dies, NULL);
	return 0;
}
