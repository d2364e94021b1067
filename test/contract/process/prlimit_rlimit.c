/* SPDX-License-Identifier: MIT
 *
 * getrlimit(2), prlimit(2): all limits agree between the two calls; NOFILE, FSIZE, AS, DATA, CPU and STACK have
 * their effect; soft above hard is EINVAL; a normal user cannot raise a hard limit.
 */
#include "contract.h"

#include <sys/resource.h>

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	MUST(setrlimit(resource, &(struct rlimit){ soft, hard }));
}

static int open_files(void *unused)
{
	(void)unused;
	limit(RLIMIT_NOFILE, 6, 10);
	CALL(dup(0));
	CALL(dup(0));
	CALL(dup(0));
	CALL(dup(0));
	CALL(dup2(0, 6));
	CALL(fcntl(0, F_DUPFD, 6));
	CALL(fcntl(0, F_DUPFD, 5));
	return 0;
}

static void on_file_size(int signal_number)
{
	say("%s\n", signal_name(signal_number));
}

static int file_size(void *unused)
{
	(void)unused;
	catch_signal(SIGXFSZ, on_file_size, 0);
	limit(RLIMIT_FSIZE, 10, 10);
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	CALL(write(fd, "12345678", 8));
	CALL(write(fd, "12345678", 8));
	CALL(write(fd, "12345678", 8));
	CALL(ftruncate(fd, 11));
	signal(SIGXFSZ, SIG_DFL);
	CALL(write(fd, "1", 1));
	return 0;
}

static int memory(void *unused)
{
	(void)unused;
	limit(RLIMIT_AS, 64 << 20, 64 << 20);
	DOES(mmap(NULL, 65 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	DOES(mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	limit(RLIMIT_DATA, 1 << 20, 1 << 20);
	DOES(mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	DOES(mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned long now = (unsigned long)syscall(SYS_brk, 0);
	IS(syscall(SYS_brk, now + (2 << 20)) == (long)now);
	return 0;
}

static int processor(void *unused)
{
	limit(RLIMIT_CPU, 1, 2);
	while (!unused)
		;
	return 0;
}

int main(void)
{
	struct rlimit one, two;
	int differ = 0;
	for (int i = 0; i < 16; i++) {
		MUST(getrlimit(i, &one));
		MUST(syscall(SYS_prlimit64, 0, i, NULL, &two));
		differ += memcmp(&one, &two, sizeof(one)) != 0 || one.rlim_cur > one.rlim_max;
	}
	SHOW(differ);
	MUST(getrlimit(RLIMIT_STACK, &one));
	SHOW(one.rlim_cur);
	MUST(getrlimit(RLIMIT_NOFILE, &one));
	IS(one.rlim_cur >= 256);
	CALL(getrlimit(16, &one));
	CALL(setrlimit(RLIMIT_CORE, &(struct rlimit){ 2, 1 }));
	run_child("NOFILE", open_files, NULL);
	run_child("FSIZE", file_size, NULL);
	run_child("memory", memory, NULL);
	run_child("CPU", processor, NULL);
	pid_t child = start(sleep_forever, NULL);
	CALL(prlimit(child, RLIMIT_NOFILE, &(struct rlimit){ 5, 50 }, NULL));
	CALL(prlimit(child, RLIMIT_NOFILE, NULL, &two));
	say("child: %ld %ld\n", (long)two.rlim_cur, (long)two.rlim_max);
	MUST(kill(child, SIGKILL));
	reap("child", child);
	limit(RLIMIT_NOFILE, 10, 20);
	MUST(setuid(1000));
	CALL(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 20, 20 }));
	CALL(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 20, 21 }));
	CALL(prlimit(getppid(), RLIMIT_NOFILE, NULL, &two));
	CALL(prlimit(4000000, RLIMIT_NOFILE, NULL, &two));
	return 0;
}
