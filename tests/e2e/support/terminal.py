"""Runs a program at a terminal of its own, types a line once it is asked `[y/N]`, and ends as the program does.

Usage: terminal.py TYPED PROGRAM ARGUMENT…
"""

import os
import pty
import sys

typed, *command = sys.argv[1:]
process, terminal = pty.fork()
if process == 0:
    os.execv(command[0], command)
shown, asked = b"", False
while True:
    try:
        more = os.read(terminal, 65536)
    except OSError:  # Linux says so of a terminal that nobody has any more.
        break
    if not more:
        break
    shown += more
    if not asked and b"[y/N]" in shown:
        asked = True
        os.write(terminal, typed.encode() + b"\n")
_, status = os.waitpid(process, 0)
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status))
