/* SPDX-License-Identifier: MIT */
/*
 * Reports out of the kernel's log (reports.h). A line of a report is "[time] <domain> writer: |N| key facts"; lines of several reports
 * may be mixed, so a report is known by domain and number.
 */
#include "reports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

enum { READ_ALL = 3, SIZE = 10, REPORTS_MAX = 256, WORD = 64 };

struct line {
	double time;
	unsigned long domain, number;
	const char *text;
};

struct one {
	unsigned long domain, number, lines;
	double time;
	bool whole;
	char kind[WORD], of[WORD], reason[WORD];
};

static struct one reports[REPORTS_MAX];
static unsigned report_count;

static char *log_read(void)
{
	int size = klogctl(SIZE, NULL, 0);
	char *text = size < 0 ? NULL : malloc((size_t)size + 1);
	int got = text ? klogctl(READ_ALL, text, size) : -1;
	if (got < 0) {
		fprintf(stderr, "lichenctl: the kernel's log: %s\n", strerror(errno));
		free(text);
		return NULL;
	}
	text[got] = 0;
	return text;
}

/* False: no line of a report. */
static bool line_parse(const char *text, struct line *line)
{
	int at = 0;
	const char *stamp = strchr(text, '[');
	if (!stamp || sscanf(stamp, "[%lf] <%lu> %*[^:]: |%lu| %n", &line->time, &line->domain, &line->number,
			     &at) != 3)
		return false;
	line->text = stamp + at;
	return at > 0;
}

/* The value of the fact NAME=VALUE of a line, without quotes; "" where there is none. */
static void fact(const char *text, const char *name, char value[WORD])
{
	char key[WORD];
	snprintf(key, sizeof(key), " %s=", name);
	const char *at = strstr(text, key);
	value[0] = 0;
	if (at)
		sscanf(at + strlen(key), at[strlen(key)] == '"' ? "\"%63[^\"]" : "%63[^ ]", value);
}

static struct one *report_of(const struct line *line)
{
	for (unsigned i = report_count; i > 0; i--)
		if (reports[i - 1].number == line->number && reports[i - 1].domain == line->domain)
			return &reports[i - 1];
	return NULL;
}

static struct one *report_begun(const struct line *line)
{
	char kind[WORD];
	if (sscanf(line->text, "report begin %63s", kind) != 1 || report_count == REPORTS_MAX)
		return report_of(line);
	struct one *report = &reports[report_count++];
	*report = (struct one){ .domain = line->domain, .number = line->number, .time = line->time };
	memcpy(report->kind, kind, sizeof(kind));
	return report;
}

static void line_take(struct one *report, const char *text)
{
	unsigned long lines;
	report->lines++;
	if (!strncmp(text, "process ", 8) || !strncmp(text, "server ", 7))
		fact(text, "name", report->of);
	if (!strncmp(text, "reason ", 7))
		fact(text, "signame", report->reason);
	if (!strncmp(text, "reason ", 7) && !report->reason[0])
		fact(text, "text", report->reason);
	if (sscanf(text, "report end %lu", &lines) == 1)
		report->whole = lines == report->lines;
}

static void collect(const char *log)
{
	for (const char *at = log; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		struct line line;
		struct one *report = line_parse(at, &line) ? report_begun(&line) : NULL;
		if (report && !report->whole)
			line_take(report, line.text);
	}
}

static const char *word_or_dash(const char *word)
{
	return *word ? word : "-";
}

static bool list(const struct output *output)
{
	char *text = NULL;
	size_t bytes;
	FILE *table = open_memstream(&text, &bytes);
	if (!table)
		return false;
	fputs("number time         kind    of                   state lines reason\n", table);
	for (unsigned i = 0; i < report_count; i++)
		fprintf(table, "%-6lu %-12.6f %-7s %-20s %-5s %-5lu %s\n", reports[i].number, reports[i].time,
			reports[i].kind, word_or_dash(reports[i].of), reports[i].whole ? "whole" : "cut",
			reports[i].lines, word_or_dash(reports[i].reason));
	bool done = !fclose(table) && table_show_text(text, NULL, output);
	free(text);
	return done;
}

static void line_show(const char *text, const struct output *output, bool first)
{
	if (!output->json) {
		puts(text);
		return;
	}
	fputs(first ? "[\n  " : ",\n  ", stdout);
	json_string(text);
}

static bool show_one(char *log, unsigned long number, const struct output *output)
{
	char *rest, *at = strtok_r(log, "\n", &rest);
	bool any = false;
	for (; at; at = strtok_r(NULL, "\n", &rest)) {
		struct line line;
		if (!line_parse(at, &line) || line.number != number)
			continue;
		line_show(line.text, output, !any);
		any = true;
	}
	if (any && output->json)
		puts("\n]");
	return any;
}

bool reports_show(const char *number, const struct output *output)
{
	char *end = NULL, *log = log_read();
	if (!log)
		return false;
	unsigned long wanted = number ? strtoul(number, &end, 10) : 0;
	bool shown;
	if (number) {
		shown = !*end && show_one(log, wanted, output);
	} else {
		collect(log);
		shown = list(output);
	}
	if (!shown)
		fprintf(stderr, "lichenctl: the log has no report %s\n",
			number ? number : "that could be listed");
	free(log);
	return shown;
}
