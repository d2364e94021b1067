/* SPDX-License-Identifier: MIT
 *
 * Ids are seen by every thread at once: a child of vfork has its own, raw setresuid changes only the calling thread,
 * setpgid from outside and a new parent reach all threads, and exec from a second thread makes it the leader.
 */
#include "../contract.h"

#include <pthread.h>
#include <sys/prctl.h>

static int ready, report[2], started[2];

static long id(long call)
{
	return syscall(call);
}

static void *watcher(void *unused)
{
	long group = id(SYS_getpgrp), parent = id(SYS_getppid);
	(void)unused;
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (id(SYS_getpgrp) == group || id(SYS_getppid) == parent)
		sched_yield();
	bool own = id(SYS_getpgrp) == id(SYS_getpid) && id(SYS_gettid) != id(SYS_getpid);
	MUST(write(report[1], own ? "y" : "n", 1));
	return NULL;
}

static int with_watchers(void)
{
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		MUST(-pthread_create(&threads[i], NULL, watcher, NULL));
	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < 3)
		sched_yield();
	MUST(write(started[1], "s", 1));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

/* The child's group and then, by our end, its parent change while its threads look. */
static int change_and_leave(void *unused)
{
	char byte;
	pid_t child = fork();
	(void)unused;
	if (!child)
		_exit(with_watchers());
	MUST(read(started[0], &byte, 1));
	MUST(setpgid(child, child));
	return 0;
}

static void new_group_and_parent(void)
{
	char answers[4] = "";
	MUST(pipe(report));
	MUST(pipe(started));
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid_t middle = start(change_and_leave, NULL);
	for (int i = 0; i < 3; i++)
		MUST(read(report[0], answers + i, 1));
	TEXT(answers);
	reap("middle", middle);
	IS(waitpid(-1, NULL, 0) > 0);
}

static void *become_other(void *unused)
{
	(void)unused;
	CALL(syscall(SYS_setresgid, 7, 8, 9));
	CALL(syscall(SYS_setresuid, 4, 5, 6));
	SHOW(id(SYS_getuid));
	SHOW(id(SYS_geteuid));
	SHOW(id(SYS_getgid));
	SHOW(id(SYS_getegid));
	return NULL;
}

static int one_thread_changes(void *unused)
{
	pthread_t thread;
	(void)unused;
	MUST(-pthread_create(&thread, NULL, become_other, NULL));
	MUST(-pthread_join(thread, NULL));
	SHOW(id(SYS_getuid));
	SHOW(id(SYS_geteuid));
	SHOW(id(SYS_getgid));
	SHOW(id(SYS_getegid));
	return 0;
}

static void child_of_vfork(void)
{
	static volatile long seen[3];
	long own = id(SYS_getpid);
	pid_t child = vfork();
	if (!child) {
		seen[0] = id(SYS_getpid);
		seen[1] = id(SYS_gettid);
		seen[2] = id(SYS_getppid);
		_exit(0);
	}
	IS(seen[0] == child);
	IS(seen[1] == child);
	IS(seen[2] == own);
	IS(id(SYS_getpid) == own);
	reap("vfork", child);
}

static void *exec_self(void *path)
{
	char before[16];
	snprintf(before, sizeof(before), "%ld", id(SYS_getpid));
	execl(path, path, "again", before, (char *)NULL);
	return NULL;
}

static int exec_from_thread(void *path)
{
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, exec_self, path));
	pause();
	return 1;
}

int main(int count, char **arguments)
{
	if (count == 3) {
		IS(id(SYS_getpid) == atol(arguments[2]));
		IS(id(SYS_gettid) == id(SYS_getpid));
		return 0;
	}
	child_of_vfork();
	run_child("one thread", one_thread_changes, NULL);
	new_group_and_parent();
	run_child("exec", exec_from_thread, "/proc/self/exe");
	return 0;
}
