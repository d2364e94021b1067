# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES debug/format.c debug/log.c)
