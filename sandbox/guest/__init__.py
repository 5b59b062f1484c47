"""The part of the sandbox that runs inside a worker: standard library only, and as little of it as possible."""
