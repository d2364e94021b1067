/* SPDX-License-Identifier: MIT */
/*
 * Start of the routes.
 */
#include "route/routes.h"

#include <string.h>
#include "core/errno.h"
#include "core/start.h"
#include "route/descriptors.h"
#include "runtime/kernel.h"

#define OPTION_OFF "lichen.routes=off"

static bool enabled;

/* A word of the command line, not a part of one. */
static bool has_word(const char *line, const char *word)
{
	size_t bytes = strlen(word);
	for (const char *at = strstr(line, word); at; at = strstr(at + bytes, word))
		if ((at == line || at[-1] == ' ') && (at[bytes] == ' ' || at[bytes] == '\0'))
			return true;
	return false;
}

static void add_rows(const struct route *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		start_must("routes", errno_from_status(k_route_add(own_address(&rows[i])).status));
}

void routes_init(const char *command_line)
{
	enabled = !has_word(command_line, OPTION_OFF);
	if (!enabled)
		return;
	add_rows(route_rows, route_row_count);
	add_rows(route_wait_rows, route_wait_row_count);
	start_must("routes of descriptors", descriptor_routes_init());
}

bool routes_enabled(void)
{
	return enabled;
}
