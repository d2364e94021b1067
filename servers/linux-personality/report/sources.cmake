# SPDX-License-Identifier: MIT
set(report_SOURCES death.c history.c line.c names.c place.c rate.c registers.c signals.c stack.c)
