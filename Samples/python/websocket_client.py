#!/usr/bin/env python3
"""Connects, sends binary frames, and shows what comes back; the C library is all it needs.

    websocket_client.py HOST PORT [COUNT]

The library is looked for where the system looks, or is the file that WESTWIND_LIBRARY names.
"""
import ctypes
import os
import socket
import sys
from ctypes import POINTER, c_bool, c_char_p, c_int, c_int32, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p

BINARY = 2


class WebSocketRequest(ctypes.Structure):
    _fields_ = [
        ("host", c_char_p),
        ("url", c_char_p),
        ("optional_headers_cb", c_void_p),
        ("optional_headers", POINTER(c_char_p)),
        ("cb", c_void_p),
        ("http_cb", c_void_p),
        ("tmp_buf", POINTER(c_uint8)),
        ("tmp_buf_len", c_size_t),
    ]


library = ctypes.CDLL(os.environ.get("WESTWIND_LIBRARY", "libwestwind.so.0"))
library.websocket_connect.argtypes = [c_int, POINTER(WebSocketRequest), c_int32, c_void_p]
library.websocket_send_msg.argtypes = [c_int, c_char_p, c_size_t, c_int, c_bool, c_bool, c_int32]
library.websocket_recv_msg.argtypes = [c_int, c_char_p, c_size_t, POINTER(c_uint32), POINTER(c_uint64), c_int32]


def check(what, code):
    if code < 0:
        sys.exit(f"{what}: {os.strerror(-code)}")
    return code


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    sock = socket.create_connection((host, port), timeout=3)
    sock.setblocking(True)
    memory = (c_uint8 * 4096)()  # has to live as long as the WebSocket
    name = f"[{host}]" if ":" in host else host
    request = WebSocketRequest(
        host=f"{name}:{port}".encode(), url=b"/", tmp_buf=memory, tmp_buf_len=len(memory)
    )
    ws = check("websocket_connect", library.websocket_connect(sock.fileno(), request, 3000, None))
    for i in range(1, count + 1):
        payload = f"frame {i}".encode()
        sent = library.websocket_send_msg(ws, payload, len(payload), BINARY, True, True, 3000)
        check("websocket_send_msg", sent)
        echo, kind, remaining = ctypes.create_string_buffer(64), c_uint32(), c_uint64()
        got = library.websocket_recv_msg(ws, echo, len(echo), kind, remaining, 3000)
        check("websocket_recv_msg", got)
        text = echo.raw[:got].decode()
        print(f"sent {sent} bytes, received {got} of type {kind.value:#x}, {remaining.value} remaining: {text}")
    library.websocket_disconnect(ws)
    sock.close()


main()
