#!/usr/bin/env python3
"""The broker of the Python package `amqtt`, MQTT 3.1.1, for the tests of the MQTT client.

Listens on loopback, on a port for each transport that is asked for, prints `running` once all listeners are open, and
ends when its standard input does, so that it cannot outlive the test that started it, or by SIGTERM.

    amqtt_broker.py --pem PEM --log FILE [--tcp PORT] [--tls PORT] [--ws PORT] [--wss PORT] [--ping SECONDS]

Anybody may come in. The certificate and its key are in PEM.
"""
import argparse
import asyncio
import functools
import logging
import signal
import sys

import websockets
from amqtt.broker import Broker


def listeners(arguments):
    # a listener `default` has to be there; without `bind` it is none
    table = {"default": {"bind": None}}
    for name in ("tcp", "tls", "ws", "wss"):
        port = getattr(arguments, name)
        if port is None:
            continue
        table[name] = {"type": "ws" if name.startswith("ws") else "tcp", "bind": f"127.0.0.1:{port}"}
        if name in ("tls", "wss"):
            table[name] |= {"ssl": True, "certfile": arguments.pem, "keyfile": arguments.pem}
    return table


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pem", required=True)
    parser.add_argument("--log", required=True)
    for name in ("tcp", "tls", "ws", "wss"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--ping", type=float, help="seconds between the PINGs of a WebSocket; none are sent without it")
    arguments = parser.parse_args()
    # amqtt leaves its WebSockets at that package's defaults: messages of a megabyte at most, and a PING each 20 seconds,
    # which few tests would live to see.
    websockets.serve = functools.partial(
        websockets.serve, max_size=None, ping_interval=arguments.ping, ping_timeout=30
    )
    logging.basicConfig(filename=arguments.log, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("transitions").setLevel(logging.WARNING)

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_reader(sys.stdin.fileno(), lambda: sys.stdin.buffer.read1(4096) or ended.set())

    broker = Broker(
        {
            "listeners": listeners(arguments),
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    print("running", flush=True)
    await ended.wait()
    # connections that do not end must not keep it
    try:
        await asyncio.wait_for(broker.shutdown(), 5)
    except asyncio.TimeoutError:
        logging.warning("the broker did not shut down in time")


asyncio.run(main())
