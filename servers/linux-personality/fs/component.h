/* SPDX-License-Identifier: MIT */
/*
 * Names cut into components, for the two walks: the one over held caches (walk_held.c) and the one that may ask (walk.c).
 */
#ifndef LICHEN_PERSONALITY_COMPONENT_H
#define LICHEN_PERSONALITY_COMPONENT_H

#include "fs/walk.h"

/* One component of the name that is left. */
struct component {
	const char *name;
	uint32_t bytes;
	bool last;    /* nothing but slashes follows */
	bool slashes; /* slashes follow */
	uint64_t hash;
};

/* The next component; *rest goes behind it. False when only slashes, or nothing, are left. */
static inline bool component_next(const char **rest, struct component *component)
{
	const char *at = *rest;
	uint64_t hash = NAME_HASH_START;
	while (*at == '/')
		at++;
	if (!*at) {
		*rest = at;
		return false;
	}
	component->name = at;
	for (; *at && *at != '/'; at++)
		hash = name_hash_add(hash, *at);
	component->hash = hash;
	component->bytes = (uint32_t)(at - component->name);
	component->slashes = *at == '/';
	while (*at == '/')
		at++;
	component->last = !*at;
	*rest = at;
	return true;
}

static inline enum last_kind component_kind(const struct component *component)
{
	if (component->name[0] != '.' || component->bytes > 2)
		return LAST_NAME;
	if (component->bytes == 1)
		return LAST_DOT;
	return component->name[1] == '.' ? LAST_DOT_DOT : LAST_NAME;
}

/* A finished walk to the parent: what the last component is. */
void parent_fill(struct walk_parent *parent, const struct component *component);
/* A link's target and a slash if wanted before what is left of the name: *rest, which may lie in the buffer, then does.
   -ENAMETOOLONG when that is more than `size`. */
struct link_target {
	const char *text;
	uint32_t bytes;
	bool slashes;
};
int rest_push_target(const char **rest, char *buffer, uint32_t size, const struct link_target *target);

#endif
