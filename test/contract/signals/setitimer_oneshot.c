/* SPDX-License-Identifier: MIT
 *
 * setitimer(2): a one-shot ITIMER_REAL fires once, a periodic one again and again, cancelling gives the time left,
 * ITIMER_VIRTUAL and ITIMER_PROF count processor time and raise their own signals.
 */
#include "contract.h"

#include <sys/time.h>

static volatile sig_atomic_t alarms, virtuals, profs;

static void handler(int signal_number)
{
	if (signal_number == SIGALRM)
		alarms++;
	else if (signal_number == SIGVTALRM)
		virtuals++;
	else
		profs++;
}

/* Both count the same time here, but Linux may raise the two in either order and some ticks apart. */
static void spin_until_both(void)
{
	long deadline = now_ms() + 15000;
	while ((virtuals == 0 || profs == 0) && now_ms() < deadline)
		for (volatile int i = 0; i < 100000; i++)
			;
}

int main(void)
{
	struct itimerval once = { { 0, 0 }, { 0, 100000 } }, left;
	struct itimerval every = { { 0, 20000 }, { 0, 20000 } }, ten = { { 0, 0 }, { 10, 0 } }, none = { 0 };
	catch_signal(SIGALRM, handler, 0);
	catch_signal(SIGVTALRM, handler, 0);
	catch_signal(SIGPROF, handler, 0);
	long before = now_ms();
	CALL(setitimer(ITIMER_REAL, &once, NULL));
	CALL(pause());
	IS(now_ms() - before >= 100);
	sleep_ms(150);
	SHOW(alarms);
	CALL(getitimer(ITIMER_REAL, &left));
	say("left %ld.%06ld\n", (long)left.it_value.tv_sec, (long)left.it_value.tv_usec);
	CALL(setitimer(ITIMER_REAL, &every, NULL));
	while (alarms < 6)
		pause();
	CALL(setitimer(ITIMER_REAL, &ten, &left));
	IS(left.it_interval.tv_usec == 20000 && left.it_value.tv_sec == 0 && left.it_value.tv_usec <= 20000);
	alarms = 0;
	CALL(setitimer(ITIMER_REAL, &none, &left));
	IS(left.it_value.tv_sec == 9 || (left.it_value.tv_sec == 10 && left.it_value.tv_usec == 0));
	sleep_ms(60);
	SHOW(alarms);
	CALL(setitimer(ITIMER_VIRTUAL, &once, NULL));
	CALL(setitimer(ITIMER_PROF, &once, NULL));
	sleep_ms(250);
	say("while asleep: %d %d\n", virtuals, profs);
	spin_until_both();
	say("after computing: %d %d\n", virtuals, profs);
	CALL(setitimer(3, &once, NULL));
	CALL(setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 1000000 } }, NULL));
	CALL(getitimer(9, &left));
	return 0;
}
