"""What the clients in Python share: the command line, the clocks, and the line that is printed. ../README.md is the contract."""

import resource
import ssl
import sys
import time

WINDOW = 64


def fail(what):
    sys.exit(str(what))


def decline():
    """The client has no such workload."""
    sys.exit(3)


class Task:
    WORKLOADS = {"ping-pong", "pipeline", "pipeline-batched", "send", "send-batched", "receive", "setup", "idle"}

    def __init__(self):
        if len(sys.argv) != 5:
            fail("usage: CLIENT WORKLOAD URL SIZE COUNT")
        name, url, size, count = sys.argv[1:]
        self.size, self.count = int(size), int(count)
        self.workload = name.removeprefix("deflate-")
        self.is_deflated = self.workload != name
        if self.workload not in self.WORKLOADS or self.is_deflated and self.workload not in ("send", "receive"):
            decline()
        deflate = "&deflate" if self.is_deflated else ""
        if self.workload in ("send", "send-batched"):
            path = f"/sink?count={count}{deflate}"
        elif self.workload == "receive":
            path = f"/source?size={size}&count={count}{deflate}"
        else:
            path = "/echo"
        self.url = url + path
        self.tls = None
        if url.startswith("wss:"):
            self.tls = ssl.create_default_context()
            self.tls.check_hostname = False
            self.tls.verify_mode = ssl.CERT_NONE

    def payload(self):
        """The readings of sensors as JSON, which is also what the server sends."""
        records = (
            f'{{"sensor":"greenhouse-{n % 17:02d}","sequence":{48120 + n},"temperature":{18 + n % 9}.{n % 10},'
            f'"humidity":{40 + n * 7 % 31},"battery":3.{60 + n % 37}}},'
            for n in range(self.size // 80 + 1)  # a record is longer
        )
        return "".join(records).encode()[: self.size]


class Moment:
    """Seconds: of the monotonic clock, and of the processor for this process."""

    def __init__(self):
        self.clock = time.monotonic()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self.user, self.system = usage.ru_utime, usage.ru_stime

    def report_since(self):
        end = Moment()
        print(
            f'{{"seconds": {end.clock - self.clock:.6f}, "user": {end.user - self.user:.6f}, '
            f'"system": {end.system - self.system:.6f}}}'
        )


def private_memory():
    """Bytes of memory that are this process's alone and written to."""
    with open("/proc/self/smaps_rollup") as file:
        for line in file:
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024
    fail("/proc/self/smaps_rollup has no Private_Dirty")


def report_memory(before, connections):
    print(f'{{"bytes": {(private_memory() - before) // connections}}}')
