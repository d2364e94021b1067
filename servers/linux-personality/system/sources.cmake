# SPDX-License-Identifier: MIT
set(system_SOURCES log.c machine.c random.c rtc.c uts.c)
