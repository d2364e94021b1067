#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Host peer of lxbench's hostnet rows: the first byte of a connection says what to do. R = send, T = sink, P = echo."""
import socket
import sys
import threading


def serve(peer):
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        mode = peer.recv(1)
        while mode == b"R":
            peer.sendall(b"z" * 262144)
        while data := peer.recv(262144):
            if mode == b"P":
                peer.sendall(data)
    except OSError:
        pass
    peer.close()


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main()
