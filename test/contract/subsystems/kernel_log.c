/* SPDX-License-Identifier: MIT
 *
 * syslog(2), /dev/kmsg: readers wait for more text and are interrupted; a record of what a program wrote, by its parts.
 */
#include "contract.h"

#include <sys/klog.h>

enum { READ = 2 };

static volatile sig_atomic_t rang;

static void ring(int number)
{
	(void)number;
	rang++;
}

static int says(void *text)
{
	int log = (int)MUST(open("/dev/kmsg", O_WRONLY));
	sleep_ms(100);
	return write(log, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : 1;
}

/* Everything, until nothing more comes: then the call waits. */
static void drains(void)
{
	char text[4096];
	int length;
	catch_signal(SIGALRM, ring, 0);
	do {
		alarm(1);
		length = klogctl(READ, text, sizeof(text));
	} while (length > 0);
	printf("drained: %d %s, rang %d\n", length, errno_name(errno), rang > 0);
	pid_t child = start(says, "<5>one line\n");
	alarm(10);
	length = klogctl(READ, text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = 0;
	printf("then %s the line\n", strstr(text, "one line") ? "with" : "without");
	alarm(0);
	reap("writer", child);
}

static void record(int log, const char *what)
{
	char text[8192], *rest;
	ssize_t length = MUST(read(log, text, sizeof(text) - 1));
	text[length] = 0;
	long priority = strtol(text, &rest, 10);
	IS(*rest == ',');
	long sequence = strtol(rest + 1, &rest, 10);
	IS(sequence > 0 && *rest == ',');
	long micros = strtol(rest + 1, &rest, 10);
	IS(micros > 0 && *rest == ',');
	printf("%s: %ld %s", what, priority, strchr(rest, ';') ? strchr(rest, ';') : "?\n");
}

/* More than the log holds, by a file each time: a file may write a few lines only in a while. */
static void fills(void)
{
	char line[900];
	memset(line, 'x', sizeof(line));
	memcpy(line, "<7>", 3);
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 600; i++) {
		int log = (int)MUST(open("/dev/kmsg", O_WRONLY));
		MUST(write(log, line, sizeof(line)));
		close(log);
	}
}

/* The reader hears once of what it missed. */
static void overwritten(int log)
{
	char text[8192];
	MUST(lseek(log, 0, SEEK_SET));
	MUST(read(log, text, sizeof(text)));
	fills();
	CALL(read(log, text, sizeof(text)));
	printf("then a record: %d\n", read(log, text, sizeof(text)) > 900);
	MUST(lseek(log, 0, SEEK_SET));
	printf("from the start: %d\n", read(log, text, sizeof(text)) > 900);
}

int main(void)
{
	char text[8192];
	drains();
	int log = (int)MUST(open("/dev/kmsg", O_RDONLY | O_NONBLOCK));
	overwritten(log);
	MUST(lseek(log, 0, SEEK_END));
	CALL(read(log, text, sizeof(text)));
	MUST(says("<3>error\n"));
	CALL(read(log, text, 4));
	MUST(says("<3>error\n"));
	record(log, "with a level");
	MUST(says("without\n"));
	record(log, "without a level");
	MUST(fcntl(log, F_SETFL, 0));
	pid_t child = start(says, "<30>daemon\n");
	record(log, "waited for");
	reap("writer", child);
	CALL(lseek(log, 5, SEEK_SET));
	CALL(lseek(log, 0, SEEK_CUR));
	return 0;
}
