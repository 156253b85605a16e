#!/usr/bin/env python3
"""An MQTT client on the Python package `paho-mqtt`, which a test drives: the other side of a conversation.

Reads a command a line from its standard input, each an object in JSON, and answers each with a line
`{"did": ...}`; each message that comes in is a line `{"message": ...}`, and an end of the connection that nobody asked
for is `{"lost": ...}`. A command that fails is answered with `{"did": ..., "error": ...}`. Ends when its standard input
does, so that it cannot outlive the test that started it.

    {"do": "connect", "port": 1883, "transport": "tcp", "version": 5, "id": "p", "clean": true, "keepAlive": 60,
     "ca": PATH, "user": NAME, "password": TEXT, "will": {"topic": ..., "payload": ..., "qos": ..., "retain": ...,
     "properties": {...}}, "properties": {...}, "inflight": 20}
    {"do": "subscribe", "filter": "a/#", "qos": 2, "properties": {...}, "noLocal": false, "retainAsPublished": false}
    {"do": "unsubscribe", "filter": "a/#"}
    {"do": "publish", "topic": "a/b", "payload": TEXT, "qos": 1, "retain": false, "properties": {...}}
        "file": PATH in place of "payload": what the file holds; "count": N: as often as that, the number from 0 on
        behind the payload
    {"do": "disconnect"}
    {"do": "drop"}      the connection is cut, without DISCONNECT

`transport` is tcp, tls, ws or wss. Properties have paho's names, such as "MessageExpiryInterval"; "UserProperty" is a
list of pairs, "CorrelationData" text.

A message is {"topic", "qos", "retain", "dup", "size", "sha256", "payload", "properties"}: the payload in hexadecimal,
where it has 1024 bytes at most.
"""
import hashlib
import json
import os
import socket
import sys
import threading
import traceback

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

PATIENCE = 60  # seconds
output = threading.Lock()


def say(value):
    with output:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def properties(kind, table):
    if not table:
        return None
    made = Properties(kind)
    for name, value in table.items():
        if name == "UserProperty":
            for pair in value:
                made.UserProperty = tuple(pair)
        else:
            setattr(made, name, value.encode() if name in ("CorrelationData", "AuthenticationData") else value)
    return made


def listed(made):
    if made is None:
        return {}
    table = {}
    for name in made.names.keys():
        name = name.replace(" ", "")
        if not hasattr(made, name):
            continue
        value = getattr(made, name)
        table[name] = value.decode(errors="replace") if isinstance(value, bytes) else value
    return table


def kernel_socket(client):
    # paho wraps the socket of a WebSocket, and keeps it under this name
    return getattr(client.socket(), "_socket", client.socket())


class Peer:
    def __init__(self, command):
        self.version = command.get("version", 5)
        self.answers = {}
        self.arrived = threading.Condition()
        self.wanted = True
        transport = command["transport"]
        self.client = client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=command["id"],
            protocol=mqtt.MQTTv5 if self.version == 5 else mqtt.MQTTv311,
            transport="websockets" if transport in ("ws", "wss") else "tcp",
            reconnect_on_failure=False,
            **({} if self.version == 5 else {"clean_session": command.get("clean", True)}),
        )
        if transport in ("ws", "wss"):
            client.ws_set_options(path=command.get("path", "/mqtt"))
        if transport in ("tls", "wss"):
            client.tls_set(command["ca"])
        if "user" in command:
            client.username_pw_set(command["user"], command.get("password"))
        client.max_inflight_messages_set(command.get("inflight", 20))
        client.max_queued_messages_set(0)
        if will := command.get("will"):
            client.will_set(
                will["topic"], will.get("payload", ""), will.get("qos", 0), will.get("retain", False),
                properties(PacketTypes.WILLMESSAGE, will.get("properties")) if self.version == 5 else None,
            )
        client.on_connect = lambda c, d, flags, reason, made: self.answer(
            "connect", {"reason": reason.value, "session": flags.session_present, "properties": listed(made)}
        )
        client.on_subscribe = lambda c, d, mid, reasons, made: self.answer(mid, {"reasons": [r.value for r in reasons]})
        client.on_unsubscribe = lambda c, d, mid, reasons, made: self.answer(
            mid, {"reasons": [r.value for r in reasons]}
        )
        client.on_publish = lambda c, d, mid, reason, made: self.answer(("publish", mid), {"reason": reason.value})
        client.on_disconnect = self.disconnected
        client.on_message = self.message
        arguments = {}
        if self.version == 5:
            arguments["clean_start"] = command.get("clean", True)
            arguments["properties"] = properties(PacketTypes.CONNECT, command.get("properties"))
        client.connect("127.0.0.1", command["port"], command.get("keepAlive", 60), **arguments)
        kernel_socket(client).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.loop_start()

    def answer(self, key, value):
        with self.arrived:
            self.answers[key] = value
            self.arrived.notify_all()

    def wait(self, key):
        with self.arrived:
            if not self.arrived.wait_for(lambda: key in self.answers, PATIENCE):
                raise TimeoutError(f"no answer in {PATIENCE} s")
            return self.answers.pop(key)

    def disconnected(self, client, data, flags, reason, made):
        self.answer("disconnect", {"reason": reason.value})
        if self.wanted:
            say({"lost": {"reason": reason.value}})

    def message(self, client, data, message):
        payload = message.payload
        say(
            {
                "message": {
                    "topic": message.topic,
                    "qos": message.qos,
                    "retain": bool(message.retain),
                    "dup": bool(message.dup),
                    "size": len(payload),
                    "sha256": hashlib.sha256(payload).hexdigest(),
                    "payload": payload.hex() if len(payload) <= 1024 else None,
                    "properties": listed(getattr(message, "properties", None)),
                }
            }
        )

    def subscribe(self, command):
        made = None
        qos = command.get("qos", 0)
        if self.version == 5:
            made = properties(PacketTypes.SUBSCRIBE, command.get("properties"))
            options = SubscribeOptions(
                qos, noLocal=command.get("noLocal", False), retainAsPublished=command.get("retainAsPublished", False),
                retainHandling=command.get("retainHandling", 0),
            )
            status, mid = self.client.subscribe(command["filter"], options=options, properties=made)
        else:
            status, mid = self.client.subscribe(command["filter"], qos)
        if status != mqtt.MQTT_ERR_SUCCESS:
            raise RuntimeError(mqtt.error_string(status))
        return self.wait(mid)

    def unsubscribe(self, command):
        status, mid = self.client.unsubscribe(command["filter"])
        if status != mqtt.MQTT_ERR_SUCCESS:
            raise RuntimeError(mqtt.error_string(status))
        return self.wait(mid)

    def publish(self, command):
        payload = command.get("payload", "").encode()
        if "file" in command:
            with open(command["file"], "rb") as file:
                payload = file.read()
        made = properties(PacketTypes.PUBLISH, command.get("properties")) if self.version == 5 else None
        numbers = [b""] if "count" not in command else [str(n).encode() for n in range(command["count"])]
        sent = []
        for number in numbers:
            info = self.client.publish(
                command["topic"], payload + number, command.get("qos", 0), command.get("retain", False), made
            )
            if info.rc != mqtt.MQTT_ERR_SUCCESS:
                raise RuntimeError(mqtt.error_string(info.rc))
            sent.append(info.mid)
        for mid in sent:
            answer = self.wait(("publish", mid))
        return answer

    def disconnect(self, command):
        self.wanted = False
        self.client.disconnect()
        answer = self.wait("disconnect")
        self.client.loop_stop()
        return answer

    def drop(self, command):
        self.wanted = False
        kernel_socket(self.client).shutdown(socket.SHUT_RDWR)
        answer = self.wait("disconnect")
        self.client.loop_stop()
        return answer


def run(peer, command):
    name = command["do"]
    if name == "connect":
        peer = Peer(command)
        return peer, peer.wait("connect")
    if name not in ("subscribe", "unsubscribe", "publish", "disconnect", "drop"):
        raise ValueError("no such command")
    return peer, getattr(peer, name)(command)


def main():
    peer = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            peer, answer = run(peer, command)
            say({"did": command["do"]} | answer)
        except Exception as error:
            traceback.print_exc()
            say({"did": command["do"], "error": f"{type(error).__name__}: {error}"})
    os._exit(0)


main()
