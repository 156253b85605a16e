"""The benchmark's client on picows, all in its callbacks. It sends each message at once and has no compression."""

import asyncio
import os
import sys

import picows
import uvloop
from picows import WSMsgType

from task import WINDOW, Moment, Task, decline, fail, private_memory, report_memory

BINARY = WSMsgType.BINARY
# what picows wants before a message that it masks in place: the most that a header takes
HEADER_LIMIT = 14


class Exchange(picows.WSListener):
    """What all workloads share: sending while there is room, and the end."""

    def __init__(self, task, size=None, count=None):
        super().__init__()
        # of what is received
        self.size = task.size if size is None else size
        self.count = task.count if count is None else count
        self.message = bytearray(HEADER_LIMIT) + task.payload()
        self.unsent = 0
        self.is_full = False
        self.over = asyncio.get_running_loop().create_future()

    def send(self, count):
        self.unsent += count
        self.send_while_room()

    def send_while_room(self):
        send, message = self.transport.send_reuse_external_bytearray, self.message
        while self.unsent > 0 and not self.is_full:
            self.unsent -= 1
            send(BINARY, message, HEADER_LIMIT)

    def pause_writing(self):
        self.is_full = True

    def resume_writing(self):
        self.is_full = False
        self.send_while_room()

    def check(self, frame):
        if frame.payload_size != self.size or frame.msg_type != BINARY or not frame.fin:
            fail("picows: another message was expected")

    def on_ws_connected(self, transport):
        self.transport = transport

    def on_ws_disconnected(self, transport):
        if not self.over.done():
            fail("picows: the connection is closed")

    def start(self):
        """Sends what comes before the first answer."""
        self.send(1)

    def on_ws_frame(self, transport, frame):
        self.check(frame)
        self.count -= 1
        if self.count == 0:
            self.over.set_result(None)


class PingPong(Exchange):
    def on_ws_frame(self, transport, frame):
        self.check(frame)
        self.count -= 1
        if self.count:
            transport.send_reuse_external_bytearray(BINARY, self.message, HEADER_LIMIT)
        else:
            self.over.set_result(None)


class Pipeline(Exchange):
    def start(self):
        self.send(min(WINDOW, self.count))

    def on_ws_frame(self, transport, frame):
        self.check(frame)
        self.count -= 1
        if self.count >= WINDOW:
            self.send(1)
        elif self.count == 0:
            self.over.set_result(None)


class PipelineBatched(Pipeline):
    awaited = WINDOW

    def on_ws_frame(self, transport, frame):
        self.check(frame)
        self.count -= 1
        self.awaited -= 1
        if self.count == 0:
            self.over.set_result(None)
        elif self.awaited == 0:
            self.awaited = WINDOW
            self.send(min(WINDOW, self.count))


class Send(Exchange):
    def __init__(self, task):
        super().__init__(task, size=1, count=1)
        self.total = task.count

    def start(self):
        self.send(self.total)


class Receive(Exchange):
    def start(self):
        self.transport.send(BINARY, b".")


class One(Exchange):
    def __init__(self, task):
        super().__init__(task, count=1)


EXCHANGES = {
    "ping-pong": PingPong,
    "pipeline": Pipeline,
    "pipeline-batched": PipelineBatched,
    "send": Send,
    "receive": Receive,
    "setup": One,
    "idle": One,
}


async def connect(task):
    exchange = EXCHANGES[task.workload]
    buffer = 2048 if exchange is One else 256 * 1024
    _, listener = await picows.ws_connect(
        lambda: exchange(task), task.url, ssl_context=task.tls, max_frame_size=1 << 24, read_buffer_init_size=buffer
    )
    return listener


async def run(task):
    if task.workload == "idle":
        before = private_memory()
        kept = []
        for _ in range(task.count):
            kept.append(await connect(task))
            kept[-1].start()
            await kept[-1].over
        report_memory(before, task.count)
    elif task.workload == "setup":
        start = Moment()
        for _ in range(task.count):
            one = await connect(task)
            one.start()
            await one.over
            one.transport.disconnect()
        start.report_since()
    else:
        one = await connect(task)
        start = Moment()
        one.start()
        await one.over
        start.report_since()
    # ends the connections without a word
    sys.stdout.flush()
    os._exit(0)


def main():
    task = Task()
    if task.is_deflated or task.workload not in EXCHANGES:
        decline()
    uvloop.run(run(task))


main()
