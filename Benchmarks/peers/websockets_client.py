"""The benchmark's client on websockets: its asyncio client on uvloop, or its synchronous one where that is the faster.

It hands each message to the system by itself; there is no way to have it send several at once."""

import asyncio
import os
import sys

import uvloop
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.sync.client import connect as connect_synchronously

from task import WINDOW, Moment, Task, decline, fail, private_memory, report_memory


def options(task):
    """What both clients are told."""
    extensions = None
    if task.is_deflated:
        extensions = [
            ClientPerMessageDeflateFactory(
                server_no_context_takeover=True,
                client_no_context_takeover=True,
                compress_settings={"level": 6, "memLevel": 8},
            )
        ]
    return {
        "ssl": task.tls,
        "compression": None,
        "extensions": extensions,
        "max_size": None,
        "max_queue": (1024, 256),
        "ping_interval": None,
        "proxy": None,
    }


def check(message, size):
    if len(message) != size:
        fail("websockets: another message was expected")


def exchange_synchronously(ws, task, payload):
    size, count = task.size, task.count
    if task.workload == "ping-pong":
        for _ in range(count):
            ws.send(payload)
            check(ws.recv(decode=False), size)
    elif task.workload == "send":
        for _ in range(count):
            ws.send(payload)
        check(ws.recv(decode=False), 1)
    else:
        ws.send(b".")
        for _ in range(count):
            check(ws.recv(decode=False), size)


async def exchange(ws, task, payload):
    size, count = task.size, task.count
    if task.workload == "pipeline":
        first = min(WINDOW, count)
        for _ in range(first):
            await ws.send(payload)
        for _ in range(count - first):
            check(await ws.recv(decode=False), size)
            await ws.send(payload)
        for _ in range(first):
            check(await ws.recv(decode=False), size)
    elif task.workload == "pipeline-batched":
        for left in range(count, 0, -WINDOW):
            now = min(left, WINDOW)
            for _ in range(now):
                await ws.send(payload)
            for _ in range(now):
                check(await ws.recv(decode=False), size)
    elif task.workload == "receive":
        await ws.send(b".")
        for _ in range(count):
            check(await ws.recv(decode=False), size)
    else:
        await ws.send(payload)
        check(await ws.recv(decode=False), size)


def run_synchronously(task):
    ws = connect_synchronously(task.url, **options(task))
    payload = task.payload()
    start = Moment()
    exchange_synchronously(ws, task, payload)
    start.report_since()


async def run(task):
    payload = task.payload()
    settings = options(task) | {"write_limit": 256 * 1024}
    if task.workload == "idle":
        before = private_memory()
        kept = []
        for _ in range(task.count):
            kept.append(await connect(task.url, **settings))
            await exchange(kept[-1], task, payload)
        report_memory(before, task.count)
    elif task.workload == "setup":
        start = Moment()
        for _ in range(task.count):
            ws = await connect(task.url, **settings)
            await exchange(ws, task, payload)
            ws.transport.abort()
        start.report_since()
    else:
        ws = await connect(task.url, **settings)
        start = Moment()
        await exchange(ws, task, payload)
        start.report_since()
    end()


def end():
    """Ends the connections without a closing handshake."""
    sys.stdout.flush()
    os._exit(0)


task = Task()
if task.workload == "send-batched":
    decline()
# The synchronous client has a thread that reads: a message at a time costs it less than asyncio, many small ones more.
if task.workload in ("ping-pong", "send") or task.workload == "receive" and task.size >= 1024:
    run_synchronously(task)
    end()
uvloop.run(run(task))
