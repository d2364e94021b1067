/* SPDX-License-Identifier: MIT */
/*
 * Reading and showing tables (table.h).
 */
#include "table.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS_MAX = 16, READ_STEP = 65536 };

/* How words that tell a state look. */
static const struct {
	const char *word, *look;
} looks[] = {
	{ "running", "\033[32m" }, { "on", "\033[32m" },    { "ended", "\033[1;31m" },
	{ "off", "\033[1;33m" },   { "absent", "\033[2m" },
};

static bool complain(const char *path)
{
	const char *why = strerror(errno);
	if (errno == ENOENT && strncmp(path, "/proc/lichen", 12) == 0)
		why = access("/proc/lichen", F_OK) ? "this is no Lichen system" : "not on this system";
	fprintf(stderr, "lichenctl: %s: %s\n", path, why);
	return false;
}

char *file_read(const char *path, unsigned long *bytes)
{
	char *text = NULL;
	size_t used = 0;
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0) {
		char *longer = realloc(text, used + READ_STEP + 1);
		if (!longer)
			break;
		text = longer;
		got = read(fd, text + used, READ_STEP);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	if (got != 0) {
		complain(path);
		free(text);
		text = NULL;
	} else {
		text[used] = 0;
	}
	if (fd >= 0)
		close(fd);
	if (bytes)
		*bytes = used;
	return text;
}

void json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

/* Cut a line into at most `most` cells, the last of which takes the rest; how many there are. */
static unsigned cells_cut(char *line, char **cells, unsigned most)
{
	unsigned count = 0;
	while (count < most) {
		line += strspn(line, " ");
		if (!*line)
			break;
		cells[count++] = line;
		if (count < most)
			line += strcspn(line, " ");
		if (count < most && *line)
			*line++ = 0;
	}
	return count;
}

/* As JSON has them, without sign and exponent: at most one point, no zero before other digits. */
static bool is_number(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	size_t places = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	size_t length = whole + (places ? 1 + places : 0);
	return whole && !text[length] && length < 16 && (text[0] != '0' || whole == 1);
}

static void row_as_json(char **names, char **cells, unsigned columns, const char *before)
{
	fputs(before, stdout);
	putchar('{');
	for (unsigned i = 0; i < columns; i++) {
		fputs(i ? ", " : "", stdout);
		json_string(names[i]);
		fputs(": ", stdout);
		if (is_number(cells[i]))
			fputs(cells[i], stdout);
		else
			json_string(cells[i]);
	}
	putchar('}');
}

static const char *look_of(const char *cell)
{
	for (unsigned i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		if (!strcmp(looks[i].word, cell))
			return looks[i].look;
	}
	return NULL;
}

/* The line as it stands, so that columns stay in their places, with words of a state emphasised. */
static void row_as_text(const char *line, bool colour)
{
	while (colour && *line) {
		char word[32];
		size_t blank = strspn(line, " "), length = strcspn(line + blank, " ");
		const char *look = NULL;
		if (length < sizeof(word)) {
			memcpy(word, line + blank, length);
			word[length] = 0;
			look = look_of(word);
		}
		printf("%.*s%s%.*s%s", (int)blank, line, look ? look : "", (int)length, line + blank,
		       look ? "\033[0m" : "");
		line += blank + length;
	}
	puts(line);
}

static bool row_show(char **names, unsigned columns, char *line, const char *only,
		     const struct output *output, bool first)
{
	char *cells[COLUMNS_MAX], *copy = strdup(line);
	unsigned count = copy ? cells_cut(copy, cells, columns) : 0;
	bool wanted = count && (!only || !strcmp(cells[0], only));
	while (count < columns)
		cells[count++] = "";
	if (wanted && output->json)
		row_as_json(names, cells, columns, first ? "\n  " : ",\n  ");
	else if (wanted)
		row_as_text(line, output->colour);
	free(copy);
	return wanted;
}

static void heading_show(const char *heading, const struct output *output)
{
	printf(output->colour ? "\033[1m%s\033[0m\n" : "%s\n", heading);
}

static unsigned rows_show(char *text, const char *only, const struct output *output)
{
	char *names[COLUMNS_MAX], *rest, *heading = strtok_r(text, "\n", &rest), *line;
	unsigned shown = 0;
	if (output->json)
		putchar('[');
	else if (heading)
		heading_show(heading, output);
	unsigned columns = heading ? cells_cut(heading, names, COLUMNS_MAX) : 0;
	while (columns && (line = strtok_r(NULL, "\n", &rest)))
		shown += row_show(names, columns, line, only, output, !shown);
	if (output->json)
		puts(shown ? "\n]" : "]");
	return shown;
}

bool table_show_text(char *text, const char *only, const struct output *output)
{
	return rows_show(text, only, output) || !only;
}

static void new_row_show(char **names, unsigned columns, char *line, const struct output *output)
{
	char *cells[COLUMNS_MAX];
	if (!output->json) {
		row_as_text(line, output->colour);
		return;
	}
	unsigned count = cells_cut(line, cells, columns);
	while (count < columns)
		cells[count++] = "";
	row_as_json(names, cells, columns, "");
	putchar('\n');
}

void table_show_new(char *text, unsigned long *last, const struct output *output)
{
	char *names[COLUMNS_MAX], *rest, *heading = strtok_r(text, "\n", &rest), *line;
	if (heading && !*last && !output->json)
		heading_show(heading, output);
	unsigned columns = heading ? cells_cut(heading, names, COLUMNS_MAX) : 0;
	while (columns && (line = strtok_r(NULL, "\n", &rest))) {
		unsigned long number = strtoul(line, NULL, 10);
		if (number <= *last)
			continue;
		if (*last && number > *last + 1)
			fprintf(stderr, "lichenctl: %lu rows were lost\n", number - *last - 1);
		new_row_show(names, columns, line, output);
		*last = number;
	}
}

bool table_show(const char *path, const char *only, const struct output *output)
{
	char *text = file_read(path, NULL);
	if (!text)
		return false;
	bool shown = table_show_text(text, only, output);
	free(text);
	if (shown)
		return true;
	fprintf(stderr, "lichenctl: %s: nothing is called %s\n", path, only);
	return false;
}
