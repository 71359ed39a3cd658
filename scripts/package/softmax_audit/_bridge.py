"""The worker that softmax-audit starts for a callable of another process: hands the wire to that process, and lives as
long as it is used. What the program does to its worker it does to this process: kill it when an answer is late.

SOFTMAX_AUDIT_SOCKET is the way to it.
"""
import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as connection:
    try:
        connection.connect(os.environ["SOFTMAX_AUDIT_SOCKET"])
    except (KeyError, OSError) as error:
        sys.exit(f"the process whose function is judged is not there any more: {error}")
    socket.send_fds(connection, [b"wire"], [0, 1])
    connection.recv(1)  # returns when that process is done, or gone
