/* SPDX-License-Identifier: MIT */
/*
 * What the files of the program `told` share.
 */
#ifndef TOLD_H
#define TOLD_H

#include <sys/syscall.h>
#include <unistd.h>

#define BAD ((void *)0x10)
#define NUMBER(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

extern char bytes[4096];

void tell_files(void);
void tell_descriptors(void);
void tell_memory(void);
void tell_interrupted(void);
void tell_stopped(void);
void tell_threads(void);
void tell_ipc(void);
void tell_rest(void);
void tell_name_sets(void);

#endif
