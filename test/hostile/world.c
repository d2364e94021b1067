/* SPDX-License-Identifier: MIT
 *
 * The surroundings of a hostile child: what it can name, point at and hold open.
 *
 * - Everything here may fail: where a system lacks a kind of file, the pool is shorter by one.
 * - The names lie in the child's own directory or in /proc/self: a child of root cannot break what the run itself needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "hostile.h"

const char *const paths[] = {
	"file",
	"directory",
	"directory/inner",
	"link",
	"loop",
	"dangling",
	"fifo",
	"socket",
	"new",
	"new2",
	"directory/new",
	".",
	"",
	"file/below",
	"missing/below",
	"/proc/self/fd/3",
	"/proc/self/fd/4",
	"/proc/self/fd/5",
	"/proc/self/fd/7",
	"/proc/self/fd/9",
	"/proc/self/fd/12",
	"/proc/self/fd/20",
	"/proc/self/fd/99",
	"/proc/self/cwd",
	"/proc/self/cwd/file",
	"/proc/self/exe",
	"/proc/self/status",
	"/proc/self/maps",
	"/proc/self/mem",
	"/proc/self/fd",
	"/proc/self/task",
	"/proc/self/ns/uts",
	"/dev/null",
	"/dev/zero",
	"/dev/full",
	"/dev/urandom",
	"/dev/ptmx",
	"/dev/tty",
	"/dev/pts",
	"tmpfs",
	"proc",
	"user.key",
	"trusted.key",
	"security.capability",
	"system.posix_acl_access",
};
const uint32_t path_count = sizeof paths / sizeof paths[0];

static void add_bad(struct places *places, const char *name, uint64_t value)
{
	places->bad[places->bad_count++] = (struct pointer){ name, value };
}

void places_make(struct places *places)
{
	int both = MAP_PRIVATE | MAP_ANONYMOUS;
	uint8_t *arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, both, -1, 0);
	uint8_t *fixed = mmap(NULL, PAGE, PROT_READ, both, -1, 0);
	uint8_t *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, both, -1, 0);

	memset(two, 0x41, PAGE);
	munmap(two + PAGE, PAGE);
	places->arena = arena;
	places->bad_count = 0;
	add_bad(places, "null", 0);
	add_bad(places, "eight", 8);
	add_bad(places, "unmapped", (uint64_t)(uintptr_t)(two + PAGE));
	add_bad(places, "kernel", 0xffff800000001000ull);
	add_bad(places, "noncanonical", 0x8000000000000010ull);
	add_bad(places, "readonly", (uint64_t)(uintptr_t)fixed);
	add_bad(places, "page-end", (uint64_t)(uintptr_t)(two + PAGE - 3));
	add_bad(places, "top", 0xfffffffffffffff8ull);
}

static void make_names(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = open("file", O_CREAT | O_RDWR, 0666), socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);

	for (int i = 0; i < 8; i++)
		if (write(fd, paths, 64) < 0)
			break;
	close(fd);
	mkdir("directory", 0777);
	mkdir("directory/inner", 0777);
	if (symlink("file", "link") || symlink("loop", "loop") || symlink("nowhere", "dangling") ||
	    mkfifo("fifo", 0666) || bind(socket_fd, (struct sockaddr *)&name, sizeof name))
		errno = 0;
	close(socket_fd);
}

static void open_files(void)
{
	int none = O_NONBLOCK | O_NOCTTY;
	int master;

	open("file", O_RDWR);
	open("file", O_RDONLY);
	open("file", O_WRONLY | O_APPEND);
	open(".", O_RDONLY | O_DIRECTORY);
	open("directory", O_PATH);
	open("file", O_PATH);
	open("link", O_PATH | O_NOFOLLOW);
	open("fifo", O_RDWR | none);
	open("/proc/self/status", O_RDONLY);
	open("/proc/self/maps", O_RDONLY);
	open("/proc/self/mem", O_RDWR);
	open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	open("/proc/self/ns/uts", O_RDONLY);
	open("/proc/mounts", O_RDONLY);
	open("/dev/null", O_RDWR);
	open("/dev/zero", O_RDWR);
	open("/dev/urandom", O_RDWR);
	master = open("/dev/ptmx", O_RDWR | none);
	if (!grantpt(master) && !unlockpt(master))
		open(ptsname(master) ? ptsname(master) : "/dev/tty", O_RDWR | O_NONBLOCK);
}

static void open_streams(pid_t victim)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = { 0, 'h', 'o', 's', 't' } };
	int pair[2];
	int fd, events;
	sigset_t all;

	if (pipe2(pair, O_NONBLOCK) == 0 && write(pair[1], "some bytes", 10) == 10)
		events = 0;
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	bind(fd, (struct sockaddr *)&name, sizeof name);
	listen(fd, 2);
	events = epoll_create1(0);
	epoll_ctl(events, EPOLL_CTL_ADD, fd, &(struct epoll_event){ .events = EPOLLIN });
	eventfd(3, EFD_NONBLOCK);
	timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	sigfillset(&all);
	signalfd(-1, &all, SFD_NONBLOCK);
	fd = inotify_init1(IN_NONBLOCK);
	inotify_add_watch(fd, ".", IN_ALL_EVENTS);
	syscall(SYS_pidfd_open, victim, 0);
	fd = (int)syscall(SYS_memfd_create, "memory", 2);
	if (ftruncate(fd, 3 * PAGE))
		close(fd);
}

int pool_open(pid_t victim)
{
	int first_free;

	make_names();
	open_files();
	open_streams(victim);
	first_free = dup(0);
	close(first_free);
	return first_free;
}
