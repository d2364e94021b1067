# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES
    debug/log.c debug/event.c debug/recording.c debug/format.c debug/panic.c debug/report.c)
