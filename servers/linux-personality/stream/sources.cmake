# SPDX-License-Identifier: MIT
set(stream_SOURCES anonymous.c epoll.c epoll_ready.c epoll_set.c eventfd.c inotify.c inotify_notify.c inotify_queue.c
    pipe.c pipe_open.c pipe_ring.c poll.c poll_table.c poll_timeout.c select.c signalfd.c socket_calls.c
    socket_control.c socket_message.c socket_options.c splice.c timerfd.c unix_address.c unix_collect.c unix_connect.c
    unix_message.c unix_receive.c unix_rights.c unix_send.c unix_socket.c)
