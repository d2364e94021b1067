/* SPDX-License-Identifier: MIT */
/*
 * The groups of told.c that are about waits that signals interrupt, threads, System V's objects, and what is left.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/reboot.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include "told.h"

static void on_alarm(int number)
{
	(void)number;
}

/* SIGALRM in 20 ms. */
static void alarm_soon(void)
{
	struct itimerval timer = { .it_value = { .tv_usec = 20000 } };
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void catch_alarm(int flags)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = flags };
	sigaction(SIGALRM, &action, NULL);
}

void tell_interrupted(void)
{
	int pair[2];
	struct timespec second = { .tv_sec = 1 };
	struct pollfd entry;
	fd_set set;
	sigset_t none;
	sigemptyset(&none);
	NUMBER(pipe, pair);
	entry = (struct pollfd){ pair[0], POLLIN, 0 };
	catch_alarm(0);
	alarm_soon();
	NUMBER(read, pair[0], bytes, 10);
	alarm_soon();
	NUMBER(poll, &entry, 1, 1000);
	alarm_soon();
	NUMBER(clock_nanosleep, CLOCK_MONOTONIC, 0, &second, NULL);
	alarm_soon();
	NUMBER(pause);
	alarm_soon();
	NUMBER(rt_sigsuspend, &none, 8);
	alarm_soon();
	FD_ZERO(&set);
	FD_SET(pair[0], &set);
	NUMBER(select, 8, &set, NULL, NULL, NULL);
	alarm_soon();
	NUMBER(ppoll, &entry, 1, NULL, &none, 8);
	int epoll = (int)NUMBER(epoll_create1, 0);
	alarm_soon();
	NUMBER(epoll_wait, epoll, bytes, 1, -1);
	alarm_soon();
	NUMBER(wait4, -1, NULL, 0, NULL);
	alarm_soon();
	NUMBER(rt_sigtimedwait, &none, NULL, &second, 8);
	catch_alarm(SA_RESTART);
	pid_t made = (pid_t)NUMBER(fork);
	if (!made) {
		second = (struct timespec){ .tv_nsec = 100000000 };
		NUMBER(nanosleep, &second, NULL);
		NUMBER(exit_group, 0);
	}
	alarm_soon();
	NUMBER(wait4, made, NULL, 0, NULL);
}

/* A child that sleeps, stops itself when it is to, and ends. */
static pid_t sleeper(long milliseconds, bool stops)
{
	struct timespec while_asleep = { .tv_nsec = milliseconds * 1000000 };
	pid_t made = (pid_t)NUMBER(fork);
	if (made)
		return made;
	NUMBER(nanosleep, &while_asleep, NULL);
	if (stops)
		kill(getpid(), SIGSTOP);
	NUMBER(exit_group, 0);
	return 0;
}

void tell_stopped(void)
{
	struct timespec longer = { .tv_nsec = 300000000 }, moment = { .tv_nsec = 50000000 };
	sigset_t ends, none;
	sigemptyset(&none);
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	pid_t made = sleeper(50, true);
	NUMBER(nanosleep, &longer, NULL);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	kill(made, SIGCONT);
	NUMBER(wait4, made, NULL, 0, NULL);
	made = sleeper(300, false);
	NUMBER(nanosleep, &moment, NULL);
	kill(made, SIGSTOP);
	NUMBER(nanosleep, &moment, NULL);
	kill(made, SIGCONT);
	NUMBER(wait4, made, NULL, __WALL, NULL);
	made = (pid_t)NUMBER(fork);
	if (!made)
		NUMBER(pause);
	NUMBER(nanosleep, &moment, NULL);
	kill(made, SIGKILL);
	NUMBER(wait4, made, NULL, __WALL, NULL);
	made = (pid_t)NUMBER(fork);
	if (!made)
		*(volatile int *)BAD = 1;
	NUMBER(wait4, made, NULL, 0, NULL);
	made = (pid_t)NUMBER(vfork);
	if (!made)
		NUMBER(exit_group, 0);
	NUMBER(wait4, -1, NULL, 0, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void *thread_main(void *argument)
{
	struct timespec moment = { .tv_nsec = 50000000 };
	NUMBER(nanosleep, &moment, NULL);
	NUMBER(sched_yield);
	return argument;
}

void tell_threads(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, thread_main, NULL);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, thread_main, NULL);
	pthread_join(thread, NULL);
}

/* Several messages in one call. */
static void tell_many_messages(void)
{
	int pair[2];
	struct iovec words[2] = { { "abc", 3 }, { "de", 2 } };
	struct mmsghdr messages[2] = { { .msg_hdr = { .msg_iov = words, .msg_iovlen = 1 } },
				       { .msg_hdr = { .msg_iov = words + 1, .msg_iovlen = 1 } } };
	NUMBER(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	NUMBER(sendmmsg, pair[0], messages, 2, 0);
	NUMBER(sendmmsg, 99, messages, 2, 0);
	words[0] = (struct iovec){ bytes, 10 };
	words[1] = (struct iovec){ bytes + 10, 10 };
	NUMBER(recvmmsg, pair[1], messages, 2, MSG_DONTWAIT, NULL);
	NUMBER(recvmmsg, pair[1], messages, 2, MSG_DONTWAIT, NULL);
}

void tell_ipc(void)
{
	struct sembuf operation = { 0, 1, IPC_NOWAIT };
	struct {
		long kind;
		char text[8];
	} message = { 5, "hello" };
	int id = (int)NUMBER(semget, IPC_PRIVATE, 2, IPC_CREAT | 0600);
	NUMBER(semop, id, &operation, 1);
	NUMBER(semctl, id, 0, GETVAL, 0);
	NUMBER(semctl, id, 0, SETVAL, 3);
	NUMBER(semctl, id, 0, IPC_RMID, 0);
	id = (int)NUMBER(msgget, IPC_PRIVATE, IPC_CREAT | IPC_EXCL | 0600);
	NUMBER(msgsnd, id, &message, 5, 0);
	NUMBER(msgrcv, id, &message, 8, 5, IPC_NOWAIT);
	NUMBER(msgctl, id, IPC_RMID, NULL);
	id = (int)NUMBER(shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	void *at = (void *)NUMBER(shmat, id, NULL, SHM_RDONLY);
	NUMBER(shmdt, at);
	NUMBER(shmctl, id, IPC_RMID, NULL);
	tell_many_messages();
}

void tell_rest(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	struct tms times_now;
	struct sched_param parameter = { 0 };
	struct timespec interval;
	int fd = (int)NUMBER(open, "file", O_RDWR | O_CREAT, 0600);
	NUMBER(capget, &header, data);
	NUMBER(setxattr, "file", "user.name", "value", 5, XATTR_CREATE);
	NUMBER(getxattr, "file", "user.name", NULL, 0);
	NUMBER(times, &times_now);
	NUMBER(sched_getparam, 0, &parameter);
	NUMBER(sched_get_priority_max, SCHED_FIFO);
	NUMBER(sched_rr_get_interval, 1 << 29, &interval);
	NUMBER(getpriority, PRIO_PROCESS, 0);
	NUMBER(setpriority, PRIO_PROCESS, 0, 0);
	NUMBER(mincore, BAD, 4096, bytes);
	NUMBER(mlockall, MCL_CURRENT | MCL_ONFAULT);
	NUMBER(munlockall);
	NUMBER(fadvise64, fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	NUMBER(fsync, fd);
	NUMBER(sync_file_range, fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	NUMBER(readahead, fd, 0, 10);
	NUMBER(prctl, PR_SET_CHILD_SUBREAPER, 1);
	NUMBER(prctl, PR_GET_CHILD_SUBREAPER, bytes);
	NUMBER(prctl, PR_SET_KEEPCAPS, 1);
	NUMBER(prctl, PR_CAPBSET_READ, CAP_CHOWN);
	NUMBER(prctl, PR_GET_PDEATHSIG, bytes);
	NUMBER(prctl, PR_SET_TIMERSLACK, 50000);
	NUMBER(unshare, 0);
	NUMBER(setns, -1, CLONE_NEWNS);
	NUMBER(reboot, 1, 2, 3, NULL);
	NUMBER(chroot, "missing");
	NUMBER(sched_getattr, 0, bytes, 48, 0);
	NUMBER(getcpu, NULL, NULL, NULL);
	NUMBER(pidfd_open, 1 << 29, 0);
}
