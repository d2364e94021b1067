/* SPDX-License-Identifier: MIT */
/*
 * The first line of a script: execve(2), "Interpreter scripts". Pure.
 */
#ifndef LICHEN_PERSONALITY_SCRIPT_H
#define LICHEN_PERSONALITY_SCRIPT_H

#include <stdint.h>

#define SCRIPT_HEAD_BYTES 256u

struct script_line {
	char interpreter[SCRIPT_HEAD_BYTES];
	char argument[SCRIPT_HEAD_BYTES]; /* empty: none */
};

/* 1: a script, line filled; 0: no script; -ENOEXEC: begins like one but names no interpreter. */
int script_parse(const char *head, uint64_t bytes, struct script_line *line);

#endif
