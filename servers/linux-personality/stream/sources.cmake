# SPDX-License-Identifier: MIT
set(stream_SOURCES pipe.c pipe_open.c pipe_ring.c poll.c poll_table.c poll_timeout.c select.c)
