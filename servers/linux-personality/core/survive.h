/* SPDX-License-Identifier: MIT */
/*
 * Globals that must outlive this server: a section of their own, which lies in the arena.
 *
 * Every variable that holds process state is marked SURVIVES and starts as zeros; everything else is rebuilt at start.
 * Such variables hold no code or stack pointers. Tables lie apart (SURVIVES_TABLE), so that the locks and counters that every
 * call touches share a page.
 */
#ifndef LICHEN_PERSONALITY_SURVIVE_H
#define LICHEN_PERSONALITY_SURVIVE_H

#define SURVIVES __attribute__((section(".survive,\"aw\",@nobits#")))
#define SURVIVES_TABLE __attribute__((section(".survive.table,\"aw\",@nobits#")))

#endif
