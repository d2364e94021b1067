# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES debug/format.c debug/log.c debug/panic.c debug/symbols.c)
