#!/usr/bin/env python3
"""Connects with the Python package `websockets`, for the interoperability tests, and says what came of it in one line.

    websockets_connect.py URL ORIGIN

"open" where the WebSocket was opened; it is closed again. The response's status and body where it was not.
"""
import sys

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

url, origin = sys.argv[1:]
try:
    with connect(url, origin=origin, proxy=None):
        print("open")
except InvalidStatus as refusal:
    print(f"{refusal.response.status_code} {refusal.response.body.decode()}".strip())
