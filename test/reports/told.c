/* SPDX-License-Identifier: MIT */
/*
 * A program that makes each call whose arguments are told with what they point at (servers/linux-personality/calls/strace), so
 * that what is told of it on both systems can be compared line by line.
 *
 * Every value that it passes or gets is the same in every run, but for addresses and numbers of processes. An argument names the
 * group of calls. Nothing is checked here: what a call answers is told.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include "told.h"

char bytes[4096];

static void tell_time(void)
{
	struct timespec none = { 0 }, soon = { .tv_nsec = 1000000 }, bad = { .tv_nsec = -1 };
	struct timespec times[2] = { { .tv_sec = 1700000000, .tv_nsec = 5 }, { .tv_nsec = UTIME_OMIT } };
	struct itimerval timer = { .it_value = { .tv_sec = 1000 } }, old;
	NUMBER(nanosleep, &soon, NULL);
	NUMBER(nanosleep, &none, bytes);
	NUMBER(nanosleep, &bad, NULL);
	NUMBER(nanosleep, BAD, NULL);
	NUMBER(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &soon, NULL);
	NUMBER(clock_getres, CLOCK_MONOTONIC, bytes);
	NUMBER(clock_gettime, CLOCK_REALTIME, BAD);
	NUMBER(clock_settime, CLOCK_MONOTONIC, &soon);
	NUMBER(setitimer, ITIMER_VIRTUAL, &timer, NULL);
	timer.it_value.tv_sec = 0;
	NUMBER(setitimer, ITIMER_VIRTUAL, &timer, BAD);
	NUMBER(setitimer, ITIMER_PROF, &timer, &old);
	NUMBER(getitimer, ITIMER_REAL, &old);
	NUMBER(alarm, 0);
	NUMBER(open, "file", O_RDWR | O_CREAT, 0644);
	NUMBER(utimensat, AT_FDCWD, "file", times, 0);
	NUMBER(utimensat, AT_FDCWD, "file", NULL, AT_SYMLINK_NOFOLLOW);
	struct utimbuf both = { 1700000000, 1700000001 };
	NUMBER(utime, "file", &both);
	struct timeval moments[2] = { { 1700000000, 5 }, { 1700000001, 0 } };
	NUMBER(utimes, "file", moments);
	int fd = (int)NUMBER(timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct itimerspec setting = { .it_value = { 1000, 1 } };
	NUMBER(timerfd_settime, fd, 0, &setting, NULL);
	setting.it_value.tv_sec = 0, setting.it_value.tv_nsec = 0;
	NUMBER(timerfd_settime, fd, TFD_TIMER_ABSTIME, &setting, NULL);
	NUMBER(timerfd_gettime, fd, &setting);
	struct sigevent event = { .sigev_signo = SIGUSR1, .sigev_notify = SIGEV_SIGNAL };
	int id;
	NUMBER(timer_create, CLOCK_MONOTONIC, &event, &id);
	NUMBER(timer_settime, id, 0, &setting, NULL);
	NUMBER(timer_gettime, id, &setting);
	NUMBER(timer_delete, id);
}

static void on_signal(int number)
{
	(void)number;
}

static void tell_signals(void)
{
	sigset_t set, none;
	struct sigaction action = { .sa_handler = on_signal };
	sigemptyset(&none);
	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_RESTART | SA_NODEFER;
	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGCHLD);
	sigaction(SIGUSR2, &action, NULL);
	sigaction(SIGUSR2, NULL, &action);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigprocmask(SIG_SETMASK, &none, &set);
	NUMBER(rt_sigprocmask, SIG_BLOCK, BAD, NULL, 8);
	NUMBER(rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
	kill(getpid(), SIGUSR1);
	NUMBER(tgkill, getpid(), getpid(), SIGUSR2);
	sigaddset(&none, SIGRTMIN);
	sigaddset(&none, SIGUSR1);
	sigprocmask(SIG_BLOCK, &none, NULL);
	kill(getpid(), SIGUSR1);
	NUMBER(rt_sigpending, &set, 8);
	struct timespec zero = { 0 };
	siginfo_t info;
	NUMBER(rt_sigtimedwait, &none, &info, &zero, 8);
	NUMBER(rt_sigtimedwait, &none, &info, &zero, 8);
	kill(getpid(), SIGUSR1);
	sigemptyset(&set);
	NUMBER(rt_sigsuspend, &set, 8);
	stack_t stack = { .ss_sp = bytes, .ss_size = 4096 }, old;
	NUMBER(sigaltstack, &stack, &old);
	stack.ss_flags = SS_DISABLE;
	NUMBER(sigaltstack, &stack, NULL);
	NUMBER(signalfd4, -1, &none, 8, SFD_CLOEXEC | SFD_NONBLOCK);
	union sigval value = { .sival_int = 7 };
	sigqueue(getpid(), SIGUSR2, value);
	kill(getpid(), SIGCONT);
	kill(getpid(), 0);
	NUMBER(kill, 1 << 29, SIGTERM);
	struct itimerval timer = { .it_value = { .tv_usec = 20000 } };
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	struct timespec second = { .tv_sec = 1 };
	NUMBER(nanosleep, &second, NULL);
	signal(SIGALRM, SIG_DFL);
}

static void tell_waiting(void)
{
	int pair[2], other[2], status;
	struct timespec zero = { 0 }, soon = { .tv_nsec = 1000000 };
	struct timeval tick = { 0 };
	sigset_t set;
	sigemptyset(&set);
	NUMBER(pipe, pair);
	NUMBER(pipe, other);
	NUMBER(write, pair[1], "x", 1);
	struct pollfd entries[2] = { { pair[0], POLLIN, 0 }, { pair[1], POLLOUT | POLLERR, 0 } };
	NUMBER(poll, entries, 2, -1);
	NUMBER(poll, entries, 1, 0);
	entries[0].fd = other[0];
	NUMBER(poll, entries, 1, 1);
	NUMBER(poll, NULL, 0, 0);
	entries[0].fd = -1;
	NUMBER(ppoll, entries, 1, &zero, NULL, 8);
	NUMBER(ppoll, entries, 1, &soon, &set, 8);
	fd_set readable, writable;
	FD_ZERO(&readable);
	FD_SET(pair[0], &readable);
	FD_SET(other[0], &readable);
	FD_ZERO(&writable);
	FD_SET(pair[1], &writable);
	NUMBER(select, 16, &readable, &writable, NULL, NULL);
	FD_ZERO(&readable);
	FD_SET(other[0], &readable);
	NUMBER(select, 16, &readable, NULL, NULL, &tick);
	NUMBER(pselect6, 16, &readable, NULL, NULL, &zero, NULL);
	NUMBER(select, 0, NULL, NULL, NULL, &tick);
	int epoll = (int)NUMBER(epoll_create1, EPOLL_CLOEXEC);
	struct epoll_event event = { EPOLLIN | EPOLLRDHUP | EPOLLET, { .u64 = 5 } }, found[4];
	NUMBER(epoll_ctl, epoll, EPOLL_CTL_ADD, pair[0], &event);
	event.data.u64 = 0x123456789abcdef0;
	NUMBER(epoll_ctl, epoll, EPOLL_CTL_MOD, pair[0], &event);
	NUMBER(epoll_wait, epoll, found, 4, 0);
	NUMBER(epoll_pwait, epoll, found, 4, 0, NULL, 8);
	NUMBER(epoll_ctl, epoll, EPOLL_CTL_DEL, pair[0], NULL);
	NUMBER(eventfd2, 3, EFD_CLOEXEC | EFD_NONBLOCK);
	int watch = (int)NUMBER(inotify_init1, IN_CLOEXEC);
	NUMBER(inotify_add_watch, watch, "/tmp", IN_CREATE | IN_DELETE);
	NUMBER(wait4, -1, &status, 0, NULL);
	NUMBER(wait4, -1, &status, WNOHANG | WUNTRACED, NULL);
}

static void tell_sockets(void)
{
	int pair[2], one = 1;
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" }, peer;
	struct sockaddr_un hidden = { .sun_family = AF_UNIX, .sun_path = "\0told" };
	socklen_t length = sizeof(peer), size = sizeof(one);
	struct ucred owner;
	NUMBER(socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	int fd = (int)NUMBER(socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int client = (int)NUMBER(socket, AF_UNIX, SOCK_STREAM, 0);
	NUMBER(socket, 99, SOCK_STREAM, 0);
	NUMBER(bind, fd, &name, 9);
	NUMBER(listen, fd, 5);
	NUMBER(connect, client, &name, sizeof(name));
	NUMBER(accept, fd, &peer, &length);
	length = sizeof(peer);
	NUMBER(accept4, fd, &peer, &length, SOCK_CLOEXEC);
	length = sizeof(peer);
	NUMBER(getsockname, fd, &peer, &length);
	length = sizeof(peer);
	NUMBER(getpeername, client, &peer, &length);
	NUMBER(bind, client, &hidden, 7);
	NUMBER(connect, client, BAD, 110);
	NUMBER(setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &one, 4);
	NUMBER(getsockopt, fd, SOL_SOCKET, SO_TYPE, &one, &size);
	NUMBER(getsockopt, fd, SOL_SOCKET, SO_ERROR, &one, &size);
	size = sizeof(owner);
	NUMBER(getsockopt, pair[0], SOL_SOCKET, SO_PEERCRED, &owner, &size);
	NUMBER(sendto, pair[0], "hello", 5, MSG_NOSIGNAL, NULL, 0);
	NUMBER(recvfrom, pair[1], bytes, 100, MSG_DONTWAIT, NULL, NULL);
	NUMBER(recvfrom, pair[1], bytes, 100, MSG_DONTWAIT | MSG_PEEK, NULL, NULL);
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec piece = { "message", 7 };
	struct msghdr message = {
		.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	*header = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	NUMBER(sendmsg, pair[0], &message, 0);
	piece = (struct iovec){ bytes, 100 };
	NUMBER(recvmsg, pair[1], &message, MSG_CMSG_CLOEXEC);
	NUMBER(sendmsg, pair[0], BAD, 0);
	NUMBER(shutdown, pair[0], SHUT_WR);
}

static void tell_system(void)
{
	struct rlimit limit = { 100, RLIM_INFINITY };
	struct utsname names;
	struct rusage usage;
	struct sysinfo info;
	gid_t groups[4];
	uid_t ids[3];
	cpu_set_t cpus;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	NUMBER(prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
	limit = (struct rlimit){ 8 << 20, 1024 };
	NUMBER(setrlimit, RLIMIT_CPU, &limit);
	limit = (struct rlimit){ 4 << 20, RLIM_INFINITY };
	NUMBER(setrlimit, RLIMIT_STACK, &limit);
	NUMBER(prlimit64, 0, RLIMIT_STACK, NULL, &limit);
	NUMBER(getrlimit, RLIMIT_STACK, &limit);
	NUMBER(getrusage, RUSAGE_CHILDREN, &usage);
	NUMBER(getrusage, RUSAGE_SELF, BAD);
	NUMBER(sethostname, "told", 4);
	NUMBER(uname, &names);
	NUMBER(uname, BAD);
	NUMBER(sysinfo, &info);
	NUMBER(sysinfo, BAD);
	NUMBER(getgroups, 0, NULL);
	NUMBER(setgroups, 2, (gid_t[]){ 3, 4 });
	NUMBER(getgroups, 4, groups);
	NUMBER(getresuid, ids, ids + 1, ids + 2);
	NUMBER(setresuid, -1, 0, -1);
	NUMBER(getpgid, 0);
	NUMBER(sched_setaffinity, 0, sizeof(cpus), &cpus);
	NUMBER(sched_getaffinity, 0, 8, &cpus);
	NUMBER(sched_getscheduler, 0);
	NUMBER(sched_setscheduler, 0, SCHED_OTHER, (int[]){ 0 });
	NUMBER(mkdir, "mounted", 0700);
	NUMBER(mount, "none", "mounted", "tmpfs", MS_NOSUID | MS_NODEV, "mode=700");
	struct statfs system;
	NUMBER(statfs, "missing", &system);
	NUMBER(statfs, "/proc", &system);
	NUMBER(umount2, "mounted", MNT_DETACH);
	NUMBER(mount, "none", "missing", NULL, MS_REMOUNT | MS_BIND, NULL);
	NUMBER(getppid);
	NUMBER(personality, 0xffffffff);
	NUMBER(time, BAD);
}

static void tell_terminal(void)
{
	struct termios settings;
	struct winsize size = { 24, 80, 0, 0 };
	int number, zero = 0, fd = (int)NUMBER(open, "/dev/ptmx", O_RDWR | O_NOCTTY);
	char name[32];
	NUMBER(ioctl, fd, TIOCSPTLCK, &zero);
	NUMBER(ioctl, fd, TIOCGPTN, &number);
	snprintf(name, sizeof(name), "/dev/pts/%d", number);
	int side = (int)NUMBER(open, name, O_RDWR | O_NOCTTY);
	NUMBER(ioctl, side, TCGETS, &settings);
	NUMBER(ioctl, side, TCSETSW, &settings);
	NUMBER(ioctl, side, TIOCSWINSZ, &size);
	NUMBER(ioctl, side, TIOCGWINSZ, &size);
	NUMBER(ioctl, side, TIOCGPGRP, &number);
	NUMBER(ioctl, side, TCFLSH, TCIOFLUSH);
	NUMBER(ioctl, side, FIONBIO, &zero);
	NUMBER(ioctl, side, TIOCSCTTY, 0);
	NUMBER(ioctl, side, 0x89ff, 5);
}

static void on_child(int number)
{
	(void)number;
}

/* A child that ends so, once its parent waits for it. */
static pid_t child(int status, int number)
{
	struct timespec moment = { .tv_nsec = 50000000 };
	pid_t made = (pid_t)NUMBER(fork);
	if (made)
		return made;
	NUMBER(nanosleep, &moment, NULL);
	if (number)
		kill(getpid(), number);
	NUMBER(exit_group, status);
	return 0;
}

static void end_later(void)
{
	struct timespec moment = { .tv_nsec = 50000000 };
	NUMBER(nanosleep, &moment, NULL);
	NUMBER(exit, 1);
}

static void tell_processes(void)
{
	int status;
	struct rusage usage;
	siginfo_t info;
	NUMBER(wait4, child(3, 0), &status, 0, NULL);
	NUMBER(wait4, child(0, SIGKILL), &status, 0, NULL);
	NUMBER(wait4, child(0, SIGTERM), &status, WUNTRACED, BAD);
	NUMBER(waitid, P_PID, child(5, 0), &info, WEXITED, NULL);
	pid_t stopped = child(0, SIGSTOP);
	NUMBER(wait4, stopped, &status, WUNTRACED, NULL);
	sigset_t ends, none;
	sigemptyset(&none);
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	kill(stopped, SIGKILL);
	NUMBER(wait4, stopped, &status, 0, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_RESTART };
	sigaction(SIGCHLD, &action, NULL);
	NUMBER(wait4, child(0, 0), &status, 0, NULL);
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, NULL);
	pid_t made = (pid_t)NUMBER(clone, SIGCHLD | CLONE_PARENT_SETTID, NULL, &status, NULL, 0);
	if (!made)
		end_later();
	NUMBER(waitid, P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT, NULL);
	NUMBER(wait4, made, &status, __WALL, NULL);
	uint64_t words[8] = { [4] = SIGCHLD };
	made = (pid_t)NUMBER(clone3, words, sizeof(words));
	if (!made)
		end_later();
	NUMBER(wait4, made, NULL, 0, NULL);
	NUMBER(wait4, -1, NULL, 0, &usage);
	char *arguments[] = { "told", "one", "two words", NULL }, *environment[] = { "A=1", "B=2", NULL };
	NUMBER(execve, "missing", arguments, environment);
	NUMBER(execve, "/bin/true", arguments, environment);
}

static const struct {
	const char *name;
	void (*tell)(void);
} groups[] = {
	{ "files", tell_files },
	{ "descriptors", tell_descriptors },
	{ "memory", tell_memory },
	{ "time", tell_time },
	{ "signals", tell_signals },
	{ "waiting", tell_waiting },
	{ "sockets", tell_sockets },
	{ "system", tell_system },
	{ "terminal", tell_terminal },
	{ "processes", tell_processes },
	{ "interrupted", tell_interrupted },
	{ "stopped", tell_stopped },
	{ "threads", tell_threads },
	{ "ipc", tell_ipc },
	{ "rest", tell_rest },
	{ "names", tell_name_sets },
};

int main(int count, char **words)
{
	umask(022); /* what comes before is the libc's */
	for (size_t i = 0; count > 1 && i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(words[1], groups[i].name))
			groups[i].tell();
	return 0;
}
