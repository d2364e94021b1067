/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the ioctls that every file knows, and controls of anonymous memory files.
 */
#ifndef LICHEN_PERSONALITY_CONTROL_H
#define LICHEN_PERSONALITY_CONTROL_H

#include "file/file.h"

#define LINUX_FIONREAD 0x541bu
#define LINUX_FIONBIO 0x5421u
#define LINUX_FIONCLEX 0x5450u
#define LINUX_FIOCLEX 0x5451u
#define LINUX_FIOASYNC 0x5452u

/* F_ADD_SEALS and F_GET_SEALS: EINVAL for files that cannot be sealed. */
int64_t control_seals(struct file *file, uint32_t command, uint32_t seals);

#endif
