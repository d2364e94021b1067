# SPDX-License-Identifier: MIT
set(time_SOURCES clocks.c cpu_limit.c interval.c posix_timer.c sleep.c timer.c)
