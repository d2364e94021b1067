# SPDX-License-Identifier: MIT
list(APPEND KERNEL_SOURCES test/test.c test/arch_test.c test/device_test.c test/format_test.c)
