/* SPDX-License-Identifier: MIT */
/*
 * Names of the system: uname(2)'s fields and the UTS namespaces that hold the two changeable ones.
 */
#ifndef LICHEN_PERSONALITY_UTS_H
#define LICHEN_PERSONALITY_UTS_H

#include <stdint.h>
#include "core/lock.h"

#define UTS_BYTES 65

struct uts_namespace {
	uint32_t references; /* A */
	struct lock lock;    /* RANK_TABLE */
	uint64_t id;
	char node[UTS_BYTES], domain[UTS_BYTES];
};

/* What Linux this system is compatible with; also in /proc/version. */
extern const char uts_release[], uts_version[], uts_machine[], uts_system[];

/* The first namespace: "(none)" twice; one reference. */
struct uts_namespace *uts_namespace_create(void);
/* A consistent copy of both names. */
void uts_names(struct uts_namespace *space, char node[UTS_BYTES], char domain[UTS_BYTES]);

#endif
