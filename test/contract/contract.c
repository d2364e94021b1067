/* SPDX-License-Identifier: MIT
 *
 * The printing, child and signal calls of contract.h, linked into every contract test. Nothing here is buffered:
 * a line is formatted on the stack and leaves with one write, also from signal handlers and after fork.
 */
#include "contract.h"

#include <stdarg.h>

enum { LINE_SIZE = 2048, SETUP_FAILED = 99 };

void say(const char *format, ...)
{
	char line[LINE_SIZE];
	int saved = errno;
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length >= LINE_SIZE)
		length = LINE_SIZE - 1;
	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		_exit(SETUP_FAILED);
	errno = saved;
}

bool contract_truth(const char *text, bool value)
{
	say("%s: %s\n", text, value ? "yes" : "no");
	return value;
}

long contract_call(const char *text, long value)
{
	if (value == -1)
		say("%s: -1 %s\n", text, errno_name(errno));
	else
		say("%s: %ld\n", text, value);
	return value;
}

long contract_does(const char *text, long value)
{
	say("%s: %s\n", text, value == -1 ? errno_name(errno) : "done");
	return value;
}

long contract_must(const char *file, int line, const char *text, long value)
{
	if (value != -1)
		return value;
	const char *base = strrchr(file, '/');
	say("%s:%d: setup failed: %s: %s\n", base ? base + 1 : file, line, text, errno_name(errno));
	_exit(SETUP_FAILED);
}

#define NAMED(constant) [constant] = #constant

const char *errno_name(int number)
{
	static const char *const names[] = {
		[0] = "no errno",       NAMED(EPERM),
		NAMED(ENOENT),          NAMED(ESRCH),
		NAMED(EINTR),           NAMED(EIO),
		NAMED(ENXIO),           NAMED(E2BIG),
		NAMED(ENOEXEC),         NAMED(EBADF),
		NAMED(ECHILD),          NAMED(EAGAIN),
		NAMED(ENOMEM),          NAMED(EACCES),
		NAMED(EFAULT),          NAMED(ENOTBLK),
		NAMED(EBUSY),           NAMED(EEXIST),
		NAMED(EXDEV),           NAMED(ENODEV),
		NAMED(ENOTDIR),         NAMED(EISDIR),
		NAMED(EINVAL),          NAMED(ENFILE),
		NAMED(EMFILE),          NAMED(ENOTTY),
		NAMED(ETXTBSY),         NAMED(EFBIG),
		NAMED(ENOSPC),          NAMED(ESPIPE),
		NAMED(EROFS),           NAMED(EMLINK),
		NAMED(EPIPE),           NAMED(EDOM),
		NAMED(ERANGE),          NAMED(EDEADLK),
		NAMED(ENAMETOOLONG),    NAMED(ENOLCK),
		NAMED(ENOSYS),          NAMED(ENOTEMPTY),
		NAMED(ELOOP),           NAMED(ENODATA),
		NAMED(ETIME),           NAMED(EPROTO),
		NAMED(EBADMSG),         NAMED(EOVERFLOW),
		NAMED(EBADFD),          NAMED(ENOTSOCK),
		NAMED(EDESTADDRREQ),    NAMED(EMSGSIZE),
		NAMED(EPROTOTYPE),      NAMED(ENOPROTOOPT),
		NAMED(EPROTONOSUPPORT), NAMED(ESOCKTNOSUPPORT),
		NAMED(EOPNOTSUPP),      NAMED(EAFNOSUPPORT),
		NAMED(EADDRINUSE),      NAMED(EADDRNOTAVAIL),
		NAMED(ECONNRESET),      NAMED(ENOBUFS),
		NAMED(EISCONN),         NAMED(ENOTCONN),
		NAMED(ETOOMANYREFS),    NAMED(ETIMEDOUT),
		NAMED(ECONNREFUSED),    NAMED(EALREADY),
		NAMED(EINPROGRESS),     NAMED(ESTALE),
		NAMED(EOWNERDEAD),      NAMED(ENOTRECOVERABLE),
		NAMED(ECANCELED),
	};
	if (number < 0 || number >= (int)(sizeof(names) / sizeof(names[0])) || !names[number])
		return "unnamed errno";
	return names[number];
}

const char *signal_name(int signal_number)
{
	static const char *const names[] = {
		[0] = "no signal", NAMED(SIGHUP),    NAMED(SIGINT),  NAMED(SIGQUIT),  NAMED(SIGILL),
		NAMED(SIGTRAP),    NAMED(SIGABRT),   NAMED(SIGBUS),  NAMED(SIGFPE),   NAMED(SIGKILL),
		NAMED(SIGUSR1),    NAMED(SIGSEGV),   NAMED(SIGUSR2), NAMED(SIGPIPE),  NAMED(SIGALRM),
		NAMED(SIGTERM),    NAMED(SIGSTKFLT), NAMED(SIGCHLD), NAMED(SIGCONT),  NAMED(SIGSTOP),
		NAMED(SIGTSTP),    NAMED(SIGTTIN),   NAMED(SIGTTOU), NAMED(SIGURG),   NAMED(SIGXCPU),
		NAMED(SIGXFSZ),    NAMED(SIGVTALRM), NAMED(SIGPROF), NAMED(SIGWINCH), NAMED(SIGIO),
		NAMED(SIGPWR),     NAMED(SIGSYS),    [34] = "SIG34", [35] = "SIG35",  [36] = "SIG36",
		[40] = "SIG40",    [64] = "SIG64",
	};
	if (signal_number < 0 || signal_number >= (int)(sizeof(names) / sizeof(names[0])) ||
	    !names[signal_number])
		return "unnamed signal";
	return names[signal_number];
}

void show_bytes(const char *name, const void *bytes, long length)
{
	char text[LINE_SIZE / 2];
	size_t used = 0;
	const unsigned char *from = bytes;
	for (long i = 0; i < length && used + 5 < sizeof(text); i++) {
		if (from[i] >= ' ' && from[i] < 127 && from[i] != '\\')
			text[used++] = (char)from[i];
		else
			used += (size_t)sprintf(text + used, "\\x%02x", from[i]);
	}
	text[used] = 0;
	say("%s: %ld \"%s\"\n", name, length, text);
}

void show_status(const char *name, int status)
{
	if (WIFEXITED(status))
		say("%s: exited %d\n", name, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		say("%s: killed %s%s\n", name, signal_name(WTERMSIG(status)),
		    WCOREDUMP(status) ? " core" : "");
	else if (WIFSTOPPED(status))
		say("%s: stopped %s event %d\n", name, signal_name(WSTOPSIG(status)), status >> 16);
	else if (WIFCONTINUED(status))
		say("%s: continued\n", name);
	else
		say("%s: status 0x%x\n", name, (unsigned)status);
}

pid_t start(int (*body)(void *argument), void *argument)
{
	pid_t child = (pid_t)MUST(fork());
	if (child == 0)
		_exit(body(argument));
	return child;
}

void reap(const char *name, pid_t child)
{
	int status = 0;
	pid_t found;
	do
		found = waitpid(child, &status, 0);
	while (found == -1 && errno == EINTR);
	if (found == -1)
		say("%s: not waited for: %s\n", name, errno_name(errno));
	else
		show_status(name, status);
}

void run_child(const char *name, int (*body)(void *argument), void *argument)
{
	reap(name, start(body, argument));
}

int sleep_forever(void *unused)
{
	while (!unused)
		pause();
	return SETUP_FAILED;
}

/* The state letter follows the last ')' of a stat file. */
static char stat_file_state(const char *path)
{
	char text[512];
	if (read_file(path, text, sizeof(text)) <= 0)
		return '?';
	const char *end = strrchr(text, ')');
	return end && end[1] ? end[2] : '?';
}

static void wait_until_stat_says_asleep(const char *path)
{
	enum { TRIES = 400, STEP_MS = 5 };
	int seen = 0;
	for (int i = 0; i < TRIES && seen < 2; i++) {
		sleep_ms(STEP_MS);
		seen = stat_file_state(path) == 'S' ? seen + 1 : 0;
	}
	if (seen < 2)
		printf("not asleep after %d ms\n", TRIES * STEP_MS);
}

void wait_until_asleep(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	wait_until_stat_says_asleep(path);
}

void wait_until_thread_asleep(pid_t tid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	wait_until_stat_says_asleep(path);
}

void catch_signal(int signal_number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	sigemptyset(&action.sa_mask);
	MUST(sigaction(signal_number, &action, NULL));
}

void catch_signal_info(int signal_number, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO };
	sigemptyset(&action.sa_mask);
	MUST(sigaction(signal_number, &action, NULL));
}

static void mask_change(int how, int signal_number)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	MUST(sigprocmask(how, &set, NULL));
}

void block_signal(int signal_number)
{
	mask_change(SIG_BLOCK, signal_number);
}

void unblock_signal(int signal_number)
{
	mask_change(SIG_UNBLOCK, signal_number);
}

bool signal_is_blocked(int signal_number)
{
	sigset_t set;
	MUST(sigprocmask(SIG_BLOCK, NULL, &set));
	return sigismember(&set, signal_number) == 1;
}

bool signal_is_pending(int signal_number)
{
	sigset_t set;
	MUST(sigpending(&set));
	return sigismember(&set, signal_number) == 1;
}

long now_ms(void)
{
	struct timespec now;
	MUST(clock_gettime(CLOCK_MONOTONIC, &now));
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(long milliseconds)
{
	struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		;
}

void write_file(const char *path, const char *text)
{
	int fd = (int)MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
	MUST(write(fd, text, strlen(text)));
	MUST(close(fd));
}

long read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	if (fd == -1)
		return -1;
	size_t used = 0;
	ssize_t count;
	while (used < size - 1 && (count = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)count;
	text[used] = 0;
	close(fd);
	return (long)used;
}
