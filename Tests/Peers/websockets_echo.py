#!/usr/bin/env python3
"""Echo server on the Python package `websockets`, for the interoperability tests.

Listens on a free loopback port, prints the port as its first line, and echoes
every message with its type. Ends when its standard input does, so that it
cannot outlive the test that started it.
"""
import asyncio
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


async def main():
    ended = asyncio.get_running_loop().create_future()

    def standard_input():
        if not sys.stdin.buffer.read1(4096) and not ended.done():
            ended.set_result(None)

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), standard_input)
    async with serve(
        echo, "127.0.0.1", 0, compression=None, max_size=64 << 20, ping_interval=None
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await ended


asyncio.run(main())
