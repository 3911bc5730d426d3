"""Hosts of a network of their own on this machine: namespaces behind a bridge that no route leaves."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CAN = os.name == "posix" and hasattr(os, "geteuid") and os.geteuid() == 0
CAN = CAN and all(shutil.which(tool) for tool in ("ip", "unshare", "nsenter"))


def ip(*words, inside=None):
    prefix = ["ip", "netns", "exec", inside] if inside else []
    subprocess.run([*prefix, "ip", *words], check=True, capture_output=True)


class Hosts:
    """Each has its own network, processes, shared memory and /tmp/ray; files they share.

    Use as a context; `start` and `run` take the words of a command.
    """

    def __init__(self, names):
        self._names = {name: f"gk{os.getpid()}{name}" for name in names}
        self._switch = f"gk{os.getpid()}sw"
        self.address = {name: f"10.77.0.{number}" for number, name in enumerate(names, 1)}
        self._init = {}

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _build(self):
        ip("netns", "add", self._switch)
        ip("link", "add", "bridge0", "type", "bridge", inside=self._switch)
        ip("link", "set", "bridge0", "up", inside=self._switch)
        for name, space in self._names.items():
            ip("netns", "add", space)
            ip(
                "link",
                "add",
                "eth0",
                "netns",
                space,
                "type",
                "veth",
                "peer",
                "name",
                f"v{name}",
                "netns",
                self._switch,
            )
            ip("link", "set", f"v{name}", "master", "bridge0", "up", inside=self._switch)
            ip("addr", "add", f"{self.address[name]}/24", "dev", "eth0", inside=space)
            ip("link", "set", "eth0", "up", inside=space)
            ip("link", "set", "lo", "up", inside=space)
            self._init[name] = self._begin(space)

    def __exit__(self, *_):
        for process, _ in self._init.values():
            process.kill()
            process.wait()
        self._init.clear()
        for space in [*self._names.values(), self._switch]:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)

    def start(self, name, *words, **settings):
        """Start a command on a host; its output goes to a pipe."""
        return subprocess.Popen(
            [*self._enter(name), *words],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, name, *words, timeout=120, **settings):
        """Run a command on a host to its end; (exit status, output)."""
        process = self.start(name, *words, **settings)
        try:
            said, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            raise AssertionError(f"still running after {timeout} s: {said}") from None
        return process.returncode, said

    def python(self, name, script, *arguments, **settings):
        return self.run(name, sys.executable, "-c", script, *arguments, **settings)

    def bytes_of(self, name):
        """Bytes that a host has received and sent so far."""
        folder = "/sys/class/net/eth0/statistics"
        _, said = self.run(name, "cat", f"{folder}/rx_bytes", f"{folder}/tx_bytes")
        return sum(map(int, said.split()))

    def cut(self, name):
        """Let a host fall silent: nothing reaches it, and nobody is told."""
        ip("link", "set", f"v{name}", "down", inside=self._switch)

    def listeners(self, name):
        """(address, port) of what listens on a host, IPv4 and 6, as the kernel's tables write addresses."""
        _, said = self.run(name, "cat", "/proc/net/tcp", "/proc/net/tcp6")
        rows = [line.split() for line in said.splitlines()]
        local = [row[1].split(":") for row in rows if len(row) > 3 and row[3] == "0A"]
        return [(address, int(port, 16)) for address, port in local]

    def _begin(self, space):
        """A process that holds the namespaces of a host; all of its processes end with it."""
        script = (
            "mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs tmpfs /dev/shm && "
            "mkdir -p /tmp/ray && mount -t tmpfs tmpfs /tmp/ray && "
            "echo ready && exec sleep 1000"
        )
        words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]
        process = subprocess.Popen(["ip", "netns", "exec", space, *words], stdout=subprocess.PIPE, text=True)
        with process.stdout as said:
            assert said.readline() == "ready\n"
        return process, self._child(process.pid)

    def _child(self, pid):
        for _ in range(100):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if children:
                return int(children[0])
            time.sleep(0.02)
        raise AssertionError("no host")

    def _enter(self, name):
        return ["nsenter", "-t", str(self._init[name][1]), "-n", "-m", "-p"]
