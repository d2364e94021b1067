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

#include "table.h"

enum { DONE = 0, FAILED = 1, MISUSED = 2 };

struct command {
	const char *name, *usage, *help;
	const char *file; /* of /proc/lichen */
	int (*run)(const struct command *command, char **arguments, const struct output *output);
};

/* A table, or the rows of it that are called like the argument. */
static int show(const struct command *command, char **arguments, const struct output *output)
{
	return table_show(command->file, arguments[0], output) ? DONE : FAILED;
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
	  "/proc/lichen/servers", show },
	{ "domains", "[NAME]", "their domains, as the kernel numbers them", "/proc/lichen/domains", show },
	{ "handles", "[NAME]", "the rights that each of them holds", "/proc/lichen/handles", show },
	{ "events", "", "the newest events: traps, switches, messages, faults", "/proc/lichen/events", show },
	{ "routes", "[NAME]", "calls that the kernel answers by itself", "/proc/lichen/routes", show },
	{ "calls", "[PID | all]", "how many it answered, and how many were forwarded", "/proc/lichen/calls",
	  show },
	{ "gaps", "[NAME]", "what programs asked for and did not get", "/proc/lichen/gaps", show },
	{ "record", "[start MB | stop]", "record events into memory, for scripts/trace",
	  "/proc/lichen/record", order },
	{ "trace", "[PID [+children | off]]", "tell all calls of a process in /proc/lichen/strace",
	  "/proc/lichen/trace", order },
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]), ARGUMENTS_MAX = 2 };

static int usage(FILE *to)
{
	fputs("usage: lichenctl [--json] COMMAND [ARGUMENT...]\n\n", to);
	for (unsigned i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %-23s %s\n", commands[i].name, commands[i].usage, commands[i].help);
	fputs("\n  --json    for programs\n  --help    this text\n\n"
	      "Colours on a terminal, unless NO_COLOR is set. Most commands need root.\n",
	      to);
	return to == stdout ? DONE : MISUSED;
}

static int misused(const char *what, const char *word)
{
	fprintf(stderr, "lichenctl: %s: %s (see --help)\n", word, what);
	return MISUSED;
}

static int run(char **words, const struct output *output)
{
	unsigned arguments = 0;
	while (words[1 + arguments])
		arguments++;
	for (unsigned i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, words[0]))
			continue;
		if (arguments > ARGUMENTS_MAX || (arguments > 1 && commands[i].run == show))
			return misused("too many arguments", words[0]);
		return commands[i].run(&commands[i], words + 1, output);
	}
	return misused("no such command", words[0]);
}

int main(int count, char **words)
{
	struct output output = { .colour = isatty(1) && !getenv("NO_COLOR") };
	int at = 1;
	for (; at < count && words[at][0] == '-'; at++) {
		if (!strcmp(words[at], "--help") || !strcmp(words[at], "-h"))
			return usage(stdout);
		if (strcmp(words[at], "--json"))
			return misused("no such option", words[at]);
		output.json = true;
	}
	if (at == count)
		return usage(stderr);
	int status = run(words + at, &output);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "lichenctl: standard output: %s\n", strerror(errno));
		return FAILED;
	}
	return status;
}
