/* SPDX-License-Identifier: MIT */
/*
 * lichenctl: what the system says of itself, for people and for programs. One row each of `commands`.
 *
 * Status 0, 1 when something could not be shown or done, 2 for a command line that is not understood.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports.h"
#include "table.h"

enum { DONE = 0, FAILED = 1, MISUSED = 2, FOLLOW_US = 50000 };

#define TRACE_FILE "/proc/lichen/trace"

struct command {
	const char *name, *usage, *help;
	const char *file; /* of /proc/lichen */
	int (*run)(const struct command *command, char **arguments, const struct output *output);
	int (*follow)(const struct command *command,
		      const struct output *output); /* NULL: it cannot be followed */
};

/* A table, or the rows of it that are called like the argument. */
static int show(const struct command *command, char **arguments, const struct output *output)
{
	return table_show(command->file, arguments[0], output) ? DONE : FAILED;
}

/* The table's new rows, until the reader goes away. */
static int follow_rows(const struct command *command, const struct output *output)
{
	char *text;
	unsigned long last = 0;
	while ((text = file_read(command->file, NULL))) {
		table_show_new(text, &last, output);
		free(text);
		if (fflush(stdout))
			return FAILED;
		usleep(FOLLOW_US);
	}
	return FAILED;
}

/* Lines that are gone from the file once they were read. */
static int lines_show(const struct command *command, const struct output *output)
{
	char *rest, *text = file_read(command->file, NULL), *line = text ? strtok_r(text, "\n", &rest) : NULL;
	for (; line; line = strtok_r(NULL, "\n", &rest)) {
		if (output->json)
			json_string(line);
		else
			fputs(line, stdout);
		putchar('\n');
	}
	free(text);
	return text ? DONE : FAILED;
}

/* Whoever reads them is not told of, or there would be no end. */
static void stop_telling_of_itself(void)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%d off\n", getpid()),
	    fd = open(TRACE_FILE, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, line, (size_t)length) < 0)
		errno = 0; /* it was not told of */
	close(fd);
}

static int lines(const struct command *command, char **arguments, const struct output *output)
{
	(void)arguments;
	stop_telling_of_itself();
	return lines_show(command, output);
}

static int follow_lines(const struct command *command, const struct output *output)
{
	stop_telling_of_itself();
	while (lines_show(command, output) == DONE && !fflush(stdout))
		usleep(FOLLOW_US);
	return FAILED;
}

static int reports(const struct command *command, char **arguments, const struct output *output)
{
	(void)command;
	return reports_show(arguments[0], output) ? DONE : FAILED;
}

/* Words written to a file that takes orders; without words, what it says. */
static int order(const struct command *command, char **arguments, const struct output *output)
{
	char line[256];
	if (!arguments[0])
		return show(command, arguments, output);
	int length = snprintf(line, sizeof(line), "%s%s%s\n", arguments[0], arguments[1] ? " " : "",
			      arguments[1] ? arguments[1] : "");
	int fd = open(command->file, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && length < (int)sizeof(line) && write(fd, line, (size_t)length) == length;
	if (!done)
		fprintf(stderr, "lichenctl: %s: %s\n", command->file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return done ? DONE : FAILED;
}

static const struct command commands[] = {
	{ "servers", "[NAME]", "servers and drivers: state, restarts, memory, messages",
	  "/proc/lichen/servers", show, NULL },
	{ "domains", "[NAME]", "their domains, as the kernel numbers them", "/proc/lichen/domains", show,
	  NULL },
	{ "handles", "[NAME]", "the rights that each of them holds", "/proc/lichen/handles", show, NULL },
	{ "events", "[--follow]", "the newest events: traps, switches, messages, faults",
	  "/proc/lichen/events", show, follow_rows },
	{ "routes", "[NAME]", "calls that the kernel answers by itself", "/proc/lichen/routes", show, NULL },
	{ "calls", "[PID | all]", "how many it answered, and how many were forwarded", "/proc/lichen/calls",
	  show, NULL },
	{ "gaps", "[NAME]", "what programs asked for and did not get", "/proc/lichen/gaps", show, NULL },
	{ "record", "[start MB | stop]", "record events into memory, for scripts/trace",
	  "/proc/lichen/record", order, NULL },
	{ "trace", "[PID [+children | off]]", "tell all calls of a process from now on", TRACE_FILE, order,
	  NULL },
	{ "strace", "[--follow]", "the calls told since the last look", "/proc/lichen/strace", lines,
	  follow_lines },
	{ "reports", "[NUMBER]", "deaths that the kernel's log tells of, or one of them", NULL, reports,
	  NULL },
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int usage(FILE *to)
{
	fputs("usage: lichenctl [--json] [--follow] COMMAND [ARGUMENT...]\n\n", to);
	for (unsigned i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %-23s %s\n", commands[i].name, commands[i].usage, commands[i].help);
	fputs("\n  --json    for programs; with --follow an object a line\n"
	      "  --follow  go on with what comes\n  --help    this text\n\n"
	      "Colours on a terminal, unless NO_COLOR is set. Most commands need root.\n",
	      to);
	return to == stdout ? DONE : MISUSED;
}

static int misused(const char *what, const char *word)
{
	fprintf(stderr, "lichenctl: %s: %s (see --help)\n", word, what);
	return MISUSED;
}

static int run(char **words, bool follow, const struct output *output)
{
	unsigned arguments = 0;
	while (words[1 + arguments])
		arguments++;
	for (unsigned i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, words[0]))
			continue;
		if (arguments > (commands[i].run == order ? 2 : commands[i].run != lines))
			return misused("too many arguments", words[0]);
		if (follow && setvbuf(stdout, NULL, _IOLBF, 0))
			return misused("no memory", words[0]);
		if (follow)
			return commands[i].follow && !arguments
				       ? commands[i].follow(&commands[i], output)
				       : misused("--follow makes no sense", words[0]);
		return commands[i].run(&commands[i], words + 1, output);
	}
	return misused("no such command", words[0]);
}

int main(int count, char **words)
{
	struct output output = { .colour = isatty(1) && !getenv("NO_COLOR") };
	int left = 0;
	bool follow = false;
	for (int at = 1; at < count; at++) {
		if (words[at][0] != '-')
			words[left++] = words[at];
		else if (!strcmp(words[at], "--help") || !strcmp(words[at], "-h"))
			return usage(stdout);
		else if (!strcmp(words[at], "--json"))
			output.json = true;
		else if (!strcmp(words[at], "--follow") || !strcmp(words[at], "-f"))
			follow = true;
		else
			return misused("no such option", words[at]);
	}
	words[left] = NULL;
	if (!left)
		return usage(stderr);
	int status = run(words, follow, &output);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "lichenctl: standard output: %s\n", strerror(errno));
		return FAILED;
	}
	return status;
}
