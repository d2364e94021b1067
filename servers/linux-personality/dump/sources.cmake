# SPDX-License-Identifier: MIT
set(dump_SOURCES core_file.c gather.c notes.c pattern.c regions.c write.c)
