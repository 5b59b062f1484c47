"""What `--cluster` and `--cluster-option` say: the Ray cluster on whose nodes programs are executed."""

from __future__ import annotations

import math
from collections.abc import Mapping

from codeeval.errors import UsageError
from codeeval.i18n import msg
from sandbox import Cluster

_RESOURCE = "resource."


def cluster_of(address: str | None, options: Mapping[str, str]) -> Cluster | None:
    """None if no cluster is named. Raises UsageError."""
    if not address:
        if options:
            raise UsageError(msg("--cluster-option: there is no cluster; name one with --cluster"))
        return None
    if address not in ("auto", "local"):
        _check_address(address)
    resources, num_cpus = {}, Cluster().num_cpus
    for key, value in options.items():
        if key == "num_cpus":
            num_cpus = _amount(key, value)
        elif key.startswith(_RESOURCE) and key != _RESOURCE:
            resources[key.removeprefix(_RESOURCE)] = _amount(key, value)
        else:
            raise UsageError(
                msg("--cluster-option {key}=…: there is no such option; it knows: num_cpus, resource.NAME", key=key)
            )
    return Cluster(address, num_cpus, resources)


def _check_address(address: str) -> None:
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or "/" in host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise UsageError(
            msg(
                "--cluster {address} is no address; it is auto, local, HOST:PORT or ray://HOST:PORT",
                address=repr(address),
            )
        )


def _amount(key: str, value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not (found > 0 and math.isfinite(found)):
        raise UsageError(msg("--cluster-option {key}={value}: must be a number above 0", key=key, value=value))
    return found
