#!/usr/bin/env python3
"""Echo server on the Python package `websockets`, for the interoperability tests.

Listens on a free port of 127.0.0.1, or of the address given, prints the port as its first line, and echoes
every message with its type. Ends when its standard input does, so that it
cannot outlive the test that started it.

    websockets_echo.py [--address ADDRESS] [--tls PEM] [--ping SECONDS]
    websockets_echo.py [--address ADDRESS] [--tls PEM] SERVER_NO_CONTEXT CLIENT_NO_CONTEXT SERVER_BITS CLIENT_BITS

With --tls, over TLS, with the certificate and the key in that file. With --ping it pings so often, and ends a connection
that does not answer for as long. With the other arguments, permessage-deflate with
these parameters (0 or 1, 8 to 15).
"""
import argparse
import asyncio
import ssl
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


def tls(pem):
    if pem is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def extensions(parameters):
    if not parameters:
        return None
    server_no_context, client_no_context, server_bits, client_bits = parameters
    return [
        ServerPerMessageDeflateFactory(
            server_no_context_takeover=server_no_context == 1,
            client_no_context_takeover=client_no_context == 1,
            # 15 is what goes without saying
            server_max_window_bits=server_bits if server_bits < 15 else None,
            client_max_window_bits=client_bits if client_bits < 15 else None,
        )
    ]


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--tls")
    parser.add_argument("--ping", type=float)
    parser.add_argument("parameters", type=int, nargs="*")
    arguments = parser.parse_args()
    ended = asyncio.get_running_loop().create_future()

    def standard_input():
        if not sys.stdin.buffer.read1(4096) and not ended.done():
            ended.set_result(None)

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), standard_input)
    async with serve(
        echo,
        arguments.address,
        0,
        compression=None,
        extensions=extensions(arguments.parameters),
        max_size=64 << 20,
        ping_interval=arguments.ping,
        ping_timeout=arguments.ping,
        ssl=tls(arguments.tls),
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await ended


asyncio.run(main())
