# SPDX-License-Identifier: MIT
set(stream_SOURCES anonymous.c epoll.c epoll_ready.c epoll_set.c eventfd.c inotify.c inotify_notify.c inotify_queue.c
    pipe.c pipe_open.c pipe_ring.c poll.c poll_table.c poll_timeout.c select.c signalfd.c timerfd.c)
