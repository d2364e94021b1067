/* SPDX-License-Identifier: MIT
 *
 * Children that may do anything: how they are prepared, make a call, are followed and ended.
 *
 * - The parent is the reaper of all that its children start (PR_SET_CHILD_SUBREAPER), and ends it by its parent number.
 * - A child is given up when it made no step for the time allowed; that is no failure: a call may wait for ever. One that ends before
 *   it made a case is: the cases behind it are not made.
 */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hostile.h"

enum { DIE_MS = 10000, STEP_MS = 5, SILENCE_MS = 3000, INTERRUPT_US = 20000, ERRNO_LAST = 133 };

/* Places of no case: behind the last, and before the first of a child. */
#define PLACE_END UINT32_MAX
#define PLACE_NONE (UINT32_MAX - 1)

uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool makes_a_task(uint32_t number)
{
	return number == SYS_fork || number == SYS_vfork || number == SYS_clone || number == SYS_clone3;
}

static int64_t make_call(uint32_t number, const uint64_t *arguments)
{
	register uint64_t r10 __asm__("r10") = arguments[3];
	register uint64_t r8 __asm__("r8") = arguments[4];
	register uint64_t r9 __asm__("r9") = arguments[5];
	int64_t result = number;
	__asm__ volatile("syscall"
			 : "+a"(result), "+r"(r10), "+r"(r8), "+r"(r9)
			 : "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2])
			 : "rcx", "r11", "memory");
	return result;
}

/* As make_call; where the answer is 0 the caller is new, may have any stack, and ends. */
static int64_t make_task(uint32_t number, const uint64_t *arguments)
{
	register uint64_t r10 __asm__("r10") = arguments[3];
	register uint64_t r8 __asm__("r8") = arguments[4];
	register uint64_t r9 __asm__("r9") = arguments[5];
	int64_t result = number;
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov $60, %%eax\n\t"
			 "xor %%edi, %%edi\n\t"
			 "syscall\n\t"
			 "hlt\n"
			 "1:"
			 : "+a"(result), "+r"(r10), "+r"(r8), "+r"(r9)
			 : "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2])
			 : "rcx", "r11", "memory", "cc");
	return result;
}

int64_t hostile_call(uint32_t number, const uint64_t *arguments)
{
	return makes_a_task(number) ? make_task(number, arguments) : make_call(number, arguments);
}

bool answer_is_strange(int64_t result)
{
	return result < 0 && result >= -4095 && -result > ERRNO_LAST;
}

static void on_alarm(int number)
{
	(void)number;
}

void interrupt_calls(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, INTERRUPT_US }, { 0, INTERRUPT_US } };
	sigset_t none;

	sigemptyset(&none);
	sigaction(SIGALRM, &action, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void limit(int resource, rlim_t value)
{
	struct rlimit both = { value, value };
	setrlimit(resource, &both);
}

void child_prepare(const char *directory, uid_t user)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	if (mkdir(directory, 0777) || chown(directory, user, user) || chdir(directory))
		_exit(99);
	limit(RLIMIT_AS, 64 << 20);
	limit(RLIMIT_FSIZE, 1 << 20);
	limit(RLIMIT_NPROC, 32);
	limit(RLIMIT_NOFILE, 256);
	limit(RLIMIT_CORE, 0);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (user && (setgroups(0, NULL) || setresgid(user, user, user) || setresuid(user, user, user)))
		_exit(99);
}

struct progress *progress_make(void)
{
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

/* The wait status once the child is gone, -1 if it is still there after the time. */
static int reap_within(pid_t child, uint64_t limit_ms)
{
	uint64_t end = now_ms() + limit_ms;
	int status;

	do {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		usleep(STEP_MS * 1000);
	} while (now_ms() < end);
	return -1;
}

int child_follow(pid_t child, struct progress *progress, uint32_t silence_ms)
{
	uint64_t steps = 0, last = now_ms();

	while (now_ms() - last < silence_ms) {
		int status;
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		if (progress->steps != steps) {
			steps = progress->steps;
			last = now_ms();
		}
		usleep(STEP_MS * 1000);
	}
	kill(child, SIGKILL);
	return reap_within(child, DIE_MS);
}

void cases_end(struct progress *progress)
{
	progress->number = PLACE_END;
	_exit(0);
}

void cases_note_answer(struct progress *progress, int64_t result)
{
	progress->result = result;
	if (!answer_is_strange(result))
		return;
	progress->strange++;
	progress->strange_result = result;
}

static void report(const struct cases *cases, struct progress *progress, int status)
{
	if (progress->strange)
		printf("strange %s: %lld\n", cases->name, (long long)progress->strange_result);
	if (status == -1)
		printf("undead %s\n", cases->name);
	else if (progress->number < PLACE_NONE && WIFSIGNALED(status))
		cases->ended(cases->what, progress->number, WTERMSIG(status));
	progress->strange = 0;
}

uint64_t cases_follow(const struct cases *cases, struct progress *progress)
{
	static uint32_t serial;
	uint64_t from = 0;
	char directory[64];

	for (;;) {
		pid_t child;
		int status;
		snprintf(directory, sizeof directory, "/tmp/hostile-%u", serial++);
		progress->number = PLACE_NONE;
		progress->steps = from;
		child = fork();
		if (child == 0)
			cases->run(cases->what, from, directory);
		status = child < 0 ? 0 : child_follow(child, progress, SILENCE_MS);
		report(cases, progress, status);
		if (status == -1 || progress->number == PLACE_END)
			return progress->steps;
		if (progress->steps == from) {
			printf("ended %s before its case %llu: status %x\n", cases->name,
			       (unsigned long long)from, (unsigned)status);
			return from;
		}
		from = progress->steps;
	}
}

/* The parent of a process by its stat line, 0 if there is none. */
static pid_t parent_of(const char *pid)
{
	char path[64], text[512], *end;
	ssize_t count;
	int fd;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	count = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[count < 0 ? 0 : count] = 0;
	end = count < 0 ? NULL : strrchr(text, ')');
	return end ? atoi(end + 3) : 0;
}

static void kill_children(void)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (atoi(entry->d_name) > 0 && parent_of(entry->d_name) == getpid())
			kill(atoi(entry->d_name), SIGKILL);
	if (directory)
		closedir(directory);
}

bool kill_leftovers(void)
{
	uint64_t end = now_ms() + DIE_MS;

	while (now_ms() < end) {
		pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);
		if (pid < 0)
			return true;
		if (pid == 0) {
			kill_children();
			usleep(STEP_MS * 1000);
		}
	}
	return false;
}
