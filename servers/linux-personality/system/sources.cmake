# SPDX-License-Identifier: MIT
set(system_SOURCES events.c kmsg.c log.c machine.c random.c rtc.c sysv_ids.c sysv_messages.c sysv_semaphore_control.c
    sysv_semaphores.c sysv_shared.c uts.c)
