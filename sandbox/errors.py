"""Failures of the infrastructure. A candidate's failure is never an exception, it is an `Outcome`.

SandboxError                 infrastructure: never a verdict, never a zero
├── BackendUnavailable       no engine, no namespaces, no image: the message says what to do
├── WorkerLost               the worker died or misbehaved before it accepted the job: another worker retries
├── ProtocolError            a frame from the guest that no honest supervisor sends: ends the worker
└── PoolClosed               a job was submitted to, or was still waiting in, a pool that has been closed
"""


class SandboxError(Exception):
    """The infrastructure failed; nothing is known about the candidate."""


class BackendUnavailable(SandboxError):
    """This backend can't run on this machine; the message names the remedy."""


class WorkerLost(SandboxError):
    """A worker went away before it had accepted the job."""


class ProtocolError(SandboxError):
    """The guest sent something that the protocol does not allow."""


class PoolClosed(SandboxError):
    """The pool was closed before the job could be executed."""
