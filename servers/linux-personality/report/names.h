/* SPDX-License-Identifier: MIT */
/*
 * What numbers of signals are called in reports and traces.
 */
#ifndef LICHEN_PERSONALITY_REPORT_NAMES_H
#define LICHEN_PERSONALITY_REPORT_NAMES_H

#include <stdint.h>

/* "SIGSEGV"; real-time signals are "SIGRT"; "?" for a number that is none. */
const char *signal_name(int number);
/* "SEGV_MAPERR", "SI_TKILL" ...; "?" */
const char *signal_code_name(int number, int code);

#endif
