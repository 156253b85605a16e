"""One thread is blocked in a receive, another ends it by closing, whatever Python's signals do.

    close_from_thread.py LIBRARY
"""
import base64
import ctypes
import errno
import hashlib
import os
import signal
import socket
import sys
import threading
import time
from ctypes import POINTER, c_char_p, c_int, c_int32, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p

SIZE = 4096
LATE = 500
# Far more than anything takes on a busy machine: a call that needs longer never comes back.
PATIENCE = 30
# A fraction of this is enough, but not on a busy machine. A call that is not ended takes longer.
AT_ONCE = 1
# recvfrom and ppoll, by the names that the kernel gives to machines
WAITING = {"x86_64": ("45", "271"), "aarch64": ("207", "73")}[os.uname().machine]


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


library = ctypes.CDLL(sys.argv[1])
library.websocket_connect.argtypes = [c_int, POINTER(WebSocketRequest), c_int32, c_void_p]
library.websocket_recv_msg.argtypes = [c_int, c_char_p, c_size_t, POINTER(c_uint32), POINTER(c_uint64), c_int32]


def answer(peer):
    """A server's side of the handshake."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += peer.recv(1)
    key = next(line[19:] for line in request.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key: "))
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    peer.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def await_blocked(thread):
    end = time.monotonic() + PATIENCE
    sightings = 0
    while sightings < 5:
        assert time.monotonic() < end, "the receiver does not block"
        time.sleep(0.001)
        with open(f"/proc/self/task/{thread}/syscall") as file:
            sightings = sightings + 1 if file.read().split(" ")[0] in WAITING else 0


def end_receiver(name, close, before=None, meanwhile=None):
    sock, peer = socket.socketpair()
    memory = (c_uint8 * SIZE)()
    request = WebSocketRequest(host=b"localhost", url=b"/", tmp_buf=memory, tmp_buf_len=SIZE)
    server = threading.Thread(target=answer, args=(peer,))
    server.start()
    ws = library.websocket_connect(sock.fileno(), request, 30000, None)
    assert ws >= 0, ws
    server.join()
    begun = threading.Event()
    codes = []
    numbers = []

    def receive():
        echo, kind, remaining = ctypes.create_string_buffer(64), c_uint32(), c_uint64()
        library.websocket_recv_msg(ws, echo, len(echo), kind, remaining, 1)
        if before:
            before()
        numbers.append(threading.get_native_id())
        begun.set()
        codes.append(library.websocket_recv_msg(ws, echo, len(echo), kind, remaining, -1))

    receiver = threading.Thread(target=receive, daemon=True)
    receiver.start()
    assert begun.wait(PATIENCE)
    await_blocked(numbers[0])
    if meanwhile:
        meanwhile()
    start = time.monotonic()
    result = close(ws)
    took = time.monotonic() - start
    ctypes.memset(memory, 0xAA, SIZE)
    late = b"\x82\x7e" + LATE.to_bytes(2, "big") + b"\xee" * LATE
    peer.sendall(late)
    receiver.join(PATIENCE)
    changed = SIZE - bytes(memory).count(0xAA)
    print(f"{name}: ended in {took:.6f} s, {changed} bytes of reused memory changed", flush=True)
    assert changed == 0
    assert result == 0
    assert codes == [-errno.ENOTCONN], codes
    assert took < AT_ONCE
    sock.setblocking(False)
    assert sock.recv(SIZE) == late
    sock.close()
    peer.close()


def block_signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


for name, close in [("websocket_disconnect", library.websocket_disconnect), ("zsock_close", library.zsock_close)]:
    end_receiver(name, close)
    end_receiver(f"{name}, signals blocked", close, before=block_signals)
    end_receiver(f"{name}, SIGURG ignored", close, meanwhile=lambda: signal.signal(signal.SIGURG, signal.SIG_IGN))
