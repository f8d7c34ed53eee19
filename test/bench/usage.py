"""Runs a command, and prints what it took: milliseconds of wall time and of CPU, and its peak memory in MiB.

Its stdin is the file in USAGE_STDIN, or empty. Node.js does not tell what an ended child has used, and connects it with sockets where a shell has pipes. The output of
a command is shown only if it fails.
"""
import json
import os
import subprocess
import sys
import time

started = time.monotonic()
stdin = open(os.environ.pop("USAGE_STDIN", os.devnull))
child = subprocess.Popen(sys.argv[1:], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
output = child.stdout.read()
_, status, used = os.wait4(child.pid, 0)
wall = time.monotonic() - started
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
cpu = used.ru_utime + used.ru_stime
print(json.dumps({"wall": 1000 * wall, "cpu": 1000 * cpu, "memory": used.ru_maxrss / unit}))
if status != 0:
    sys.stderr.write(output.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(status))
