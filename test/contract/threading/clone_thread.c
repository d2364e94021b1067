/* SPDX-License-Identifier: MIT
 *
 * pthread_create(3), clone(2) with CLONE_THREAD: another tid, the same pid and parent, one memory, one descriptor
 * table, one working directory and umask; errno and the signal mask are the thread's own; wait does not see it.
 */
#include "contract.h"

#include <pthread.h>

static long thread_tid;
static int shared;

static void *body(void *argument)
{
	thread_tid = syscall(SYS_gettid);
	IS(getpid() == *(pid_t *)argument);
	IS(thread_tid != getpid());
	IS(signal_is_blocked(SIGUSR1));
	block_signal(SIGUSR2);
	shared = 42;
	errno = ENOTTY;
	SHOW(open("/dev/null", O_RDONLY));
	MUST(mkdir("sub", 0700));
	CALL(chdir("sub"));
	umask(077);
	return (void *)7L;
}

int main(void)
{
	pthread_t thread;
	void *result;
	pid_t pid = getpid(), parent = getppid();
	int status;
	umask(022);
	block_signal(SIGUSR1);
	errno = EDOM;
	MUST(-pthread_create(&thread, NULL, body, &pid));
	MUST(-pthread_join(thread, &result));
	SHOW((long)result);
	SHOW(shared);
	IS(getpid() == pid && getppid() == parent);
	IS(syscall(SYS_gettid) == pid);
	IS(signal_is_blocked(SIGUSR2));
	CALL(fcntl(3, F_GETFD));
	char cwd[256];
	IS(getcwd(cwd, sizeof(cwd)) && strcmp(strrchr(cwd, '/'), "/sub") == 0);
	say("umask 0%o\n", (unsigned)umask(022));
	CALL(waitpid(-1, &status, __WALL | WNOHANG));
	for (int i = 0; i < 2000 && syscall(SYS_tkill, thread_tid, 0) == 0; i++)
		sleep_ms(1);
	IS(kill((pid_t)thread_tid, 0) == -1 && errno == ESRCH);
	return 0;
}
