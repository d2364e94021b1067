# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES test/test.c test/arch_test.c)
