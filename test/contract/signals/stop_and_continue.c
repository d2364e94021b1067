/* SPDX-License-Identifier: MIT
 *
 * signal(7): a stop holds back everything but SIGKILL and SIGCONT; SIGCONT removes pending stops and a stop pending
 * SIGCONTs, continues even when blocked or ignored, and runs its handler; waits survive a stop and continue.
 */
#include "../contract.h"

static int report[2];

static void handler(int signal_number)
{
	char byte = signal_number == SIGCONT ? 'c' : 'u';
	if (write(report[1], &byte, 1) != 1)
		_exit(98);
}

static int child(void *unused)
{
	(void)unused;
	catch_signal(SIGCONT, handler, SA_RESTART);
	catch_signal(SIGUSR1, handler, SA_RESTART);
	MUST(write(report[1], "r", 1));
	return sleep_forever(NULL);
}

static int blocks_cont(void *unused)
{
	(void)unused;
	block_signal(SIGCONT);
	MUST(write(report[1], "r", 1));
	MUST(kill(getpid(), SIGSTOP));
	IS(signal_is_pending(SIGCONT));
	return 7;
}

static void expect(const char *name)
{
	char byte;
	MUST(read(report[0], &byte, 1));
	say("%s: %c\n", name, byte);
}

int main(void)
{
	int status;
	MUST(pipe(report));
	pid_t pid = start(child, NULL);
	expect("ready");
	MUST(kill(pid, SIGSTOP));
	MUST(waitpid(pid, &status, WUNTRACED));
	show_status("stopped", status);
	MUST(kill(pid, SIGUSR1));
	MUST(fcntl(report[0], F_SETFL, O_NONBLOCK));
	sleep_ms(100);
	char byte;
	CALL(read(report[0], &byte, 1));
	MUST(fcntl(report[0], F_SETFL, 0));
	MUST(kill(pid, SIGCONT));
	char two[2];
	for (int got = 0; got < 2;)
		got += (int)MUST(read(report[0], two + got, (size_t)(2 - got)));
	IS((two[0] == 'c' && two[1] == 'u') || (two[0] == 'u' && two[1] == 'c'));
	MUST(waitpid(pid, &status, WCONTINUED));
	show_status("continued", status);
	MUST(kill(pid, SIGSTOP));
	MUST(waitpid(pid, &status, WUNTRACED));
	MUST(kill(pid, SIGTERM));
	CALL(waitpid(pid, &status, WNOHANG));
	MUST(kill(pid, SIGKILL));
	reap("killed while stopped", pid);
	pid = start(blocks_cont, NULL);
	expect("ready");
	MUST(waitpid(pid, &status, WUNTRACED));
	show_status("stopped", status);
	MUST(kill(pid, SIGCONT));
	reap("with SIGCONT blocked", pid);
	return 0;
}
