/* SPDX-License-Identifier: MIT */
/*
 * The start of the generated file systems.
 */
#ifndef LICHEN_PERSONALITY_PROC_INIT_H
#define LICHEN_PERSONALITY_PROC_INIT_H

/* The kernel's command line, which is copied. Once, after the timers. */
void proc_init(const char *command_line);

#endif
