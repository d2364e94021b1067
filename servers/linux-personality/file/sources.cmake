# SPDX-License-Identifier: MIT
set(file_SOURCES descriptor_calls.c file.c file_locks.c files.c memory_devices.c memory_file.c open_kind.c read_write.c
    regular.c size_limit.c transfer.c)
