/* SPDX-License-Identifier: MIT
 *
 * Runs many contract tests in one boot. Its one argument is a list file, a line per test:
 *     NAME SECONDS PROGRAM [ARGUMENT...]
 * Each test gets a session of its own, a fresh directory under /tmp/contract, standard input from /dev/null, no
 * other descriptors, default dispositions, an empty mask, umask 022 and PATH as its only environment. Its standard
 * output and error go into one pipe. When it ends, or SECONDS passed, everything it left behind is killed.
 *
 * For each test the driver prints "@begin NAME", and after its end "@end NAME WORD NUMBER LENGTH", LENGTH bytes of
 * output and a line feed. WORD is exit, signal or timeout. It passes no verdict.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	OUTPUT_MAX = 1 << 18,
	LIST_MAX = 1 << 18,
	WORDS_MAX = 24,
	DRAIN_MS = 500,
	GRACE_MS = 3000,
	FD_MAX = 1024
};

struct test {
	char *name, *words[WORDS_MAX];
	long seconds;
};

struct result {
	pid_t pid;
	bool ended, timed_out;
	int status;
	size_t length;
};

static char output[OUTPUT_MAX];

static void fail(const char *what)
{
	fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void write_all(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(STDOUT_FILENO, bytes, length);
		if (count < 0 && errno != EINTR)
			fail("standard output");
		if (count > 0) {
			bytes += count;
			length -= (size_t)count;
		}
	}
}

static long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	remove(path);
	return 0;
}

static void make_directory(char *path, size_t size, const char *name)
{
	mkdir("/tmp/contract", 0755);
	snprintf(path, size, "/tmp/contract/%s", name);
	for (char *p = path + strlen("/tmp/contract/"); *p; p++)
		if (*p == '/')
			*p = '.';
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (mkdir(path, 0755) < 0)
		fail(path);
}

/* In the child: everything that a test may rely on, then the program. */
static void execute(const struct test *test, const char *directory, int output_end)
{
	char *environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	sigset_t none;
	setsid();
	umask(022);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int input = open("/dev/null", O_RDONLY);
	if (chdir(directory) < 0 || dup2(input, 0) < 0 || dup2(output_end, 1) < 0 || dup2(output_end, 2) < 0)
		_exit(126);
	for (int fd = 3; fd < FD_MAX; fd++)
		close(fd);
	execve(test->words[0], test->words, environment);
	_exit(127);
}

/* The parent's process id from a stat file, where there is one. */
static pid_t parent_of(const char *pid)
{
	char path[64], text[512];
	int parent = -1;
	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t count = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[count > 0 ? count : 0] = 0;
	char *end = strrchr(text, ')');
	if (end)
		sscanf(end + 1, " %*c %d", &parent);
	return parent;
}

/* The driver adopts what a test leaves behind in other sessions; kill it and reap it. */
static void kill_adopted(void)
{
	DIR *directory = opendir("/proc");
	if (!directory)
		return;
	for (struct dirent *entry; (entry = readdir(directory));)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    parent_of(entry->d_name) == getpid())
			kill(atoi(entry->d_name), SIGKILL);
	closedir(directory);
}

static void reap_all(struct result *result)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == result->pid) {
			result->ended = true;
			result->status = status;
		}
}

/* Reads what is there; false at the end of the pipe. */
static bool take_output(int pipe_end, struct result *result)
{
	char spill[4096];
	bool full = result->length == OUTPUT_MAX;
	char *to = full ? spill : output + result->length;
	ssize_t count = read(pipe_end, to, full ? sizeof(spill) : OUTPUT_MAX - result->length);
	if (count > 0 && !full)
		result->length += (size_t)count;
	return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Collects output until the program has ended and the pipe is drained, killing what outlives its time. */
static void follow(const struct test *test, int pipe_end, struct result *result)
{
	long deadline = now_ms() + test->seconds * 1000;
	bool open_pipe = true, killed = false;
	while (!result->ended || open_pipe) {
		struct pollfd poll_fd = { .fd = open_pipe ? pipe_end : -1, .events = POLLIN };
		poll(&poll_fd, 1, result->ended ? 50 : 20);
		if (poll_fd.revents)
			open_pipe = take_output(pipe_end, result);
		reap_all(result);
		if (result->ended && !killed) {
			kill(-result->pid, SIGKILL);
			kill_adopted();
			killed = true;
			deadline = now_ms() + DRAIN_MS;
		}
		if (now_ms() < deadline)
			continue;
		if (killed)
			return;
		result->timed_out = true;
		kill(-result->pid, SIGKILL);
		kill(result->pid, SIGKILL);
		killed = true;
		deadline = now_ms() + GRACE_MS;
	}
}

static void report(const struct test *test, const struct result *result)
{
	char line[256];
	const char *word = result->timed_out || !result->ended ? "timeout"
			   : WIFEXITED(result->status)         ? "exit"
							       : "signal";
	int number = !result->ended              ? 0
		     : WIFEXITED(result->status) ? WEXITSTATUS(result->status)
						 : WTERMSIG(result->status);
	int length = snprintf(line, sizeof(line), "@end %s %s %d %zu\n", test->name, word, number,
			      result->length);
	write_all(line, (size_t)length);
	write_all(output, result->length);
	write_all("\n", 1);
}

static void run(const struct test *test)
{
	char directory[256], line[256];
	int ends[2];
	struct result result = { 0 };
	int length = snprintf(line, sizeof(line), "@begin %s\n", test->name);
	write_all(line, (size_t)length);
	make_directory(directory, sizeof(directory), test->name);
	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe");
	result.pid = fork();
	if (result.pid < 0)
		fail("fork");
	if (result.pid == 0)
		execute(test, directory, ends[1]);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	follow(test, ends[0], &result);
	close(ends[0]);
	kill_adopted();
	reap_all(&result);
	report(test, &result);
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Splits one line of the list in place; false for an empty one. */
static bool parse(char *line, struct test *test)
{
	int count = 0;
	memset(test, 0, sizeof(*test));
	test->name = strtok(line, " ");
	char *seconds = strtok(NULL, " ");
	if (!test->name || !seconds)
		return false;
	test->seconds = atol(seconds);
	for (char *word; count < WORDS_MAX - 1 && (word = strtok(NULL, " "));)
		test->words[count++] = word;
	return count > 0;
}

int main(int argc, char **argv)
{
	static char list[LIST_MAX];
	struct test test;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	ssize_t count = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);
	if (count < 0)
		fail("usage: driver LIST");
	close(fd);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (char *line = list, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (parse(line, &test))
			run(&test);
	}
	write_all("@done\n", 6);
	return 0;
}
