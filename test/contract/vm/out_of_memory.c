/* SPDX-License-Identifier: MIT
 *
 * A program that writes to more memory than the machine has is killed with SIGKILL; other processes live on, and what was
 * taken is there again. oom_score_adj (proc(5)) moves the choice: a small process that offers itself goes first, one that
 * forbids it never.
 */
#include "contract.h"

#define CHUNK (1ul << 20)
#define SMALL_CHUNKS 4

static void adjust(const char *value)
{
	int fd = MUST(open("/proc/self/oom_score_adj", O_WRONLY));
	MUST(write(fd, value, strlen(value)));
	MUST(close(fd));
}

static void take(unsigned long chunks)
{
	for (unsigned long i = 0; i < chunks; i++) {
		char *place = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (place == MAP_FAILED)
			_exit(2);
		memset(place, 1, CHUNK);
	}
}

/* A child that takes so much, says so through the pipe, and stays. */
static pid_t child(const char *adjustment, unsigned long chunks, int told)
{
	pid_t pid = (pid_t)MUST(fork());
	if (pid)
		return pid;
	adjust(adjustment);
	take(chunks);
	MUST(write(told, "x", 1));
	for (;;)
		pause();
}

static int end_of(pid_t pid)
{
	int status = 0;
	MUST(waitpid(pid, &status, 0));
	return status;
}

int main(void)
{
	int told[2], status;
	char byte;

	MUST(pipe(told));
	pid_t sheltered = child("-1000", SMALL_CHUNKS, told[1]);
	pid_t offered = child("1000", SMALL_CHUNKS, told[1]);
	MUST(read(told[0], &byte, 1));
	MUST(read(told[0], &byte, 1));
	pid_t greedy = child("0", ~0ul, told[1]);
	pid_t first = (pid_t)MUST(wait(&status));
	IS(first == offered);
	show_status("first", status);
	IS((pid_t)MUST(wait(&status)) == greedy);
	show_status("second", status);
	CALL(waitpid(sheltered, &status, WNOHANG)); /* still there */
	CALL(kill(sheltered, SIGTERM));
	show_status("sheltered", end_of(sheltered));

	pid_t after = (pid_t)MUST(fork());
	if (!after) {
		take(SMALL_CHUNKS);
		execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
		_exit(4);
	}
	show_status("after", end_of(after));
	return 0;
}
