"""`--cluster` and `--cluster-option`: the Ray cluster on whose nodes programs are executed."""

from __future__ import annotations

import math
from collections.abc import Mapping

from codeeval.errors import UsageError
from codeeval.i18n import msg
from sandbox import Cluster

_AMOUNTS, _NAMES, _RESOURCE = ("num_cpus", "patience_s"), ("placement_group", "namespace"), "resource."
#: Options about engines, which `cluster_engines` reads.
ENGINE_PLACE, ENGINE_AMOUNTS, ENGINE_RESOURCE = "engines", ("engine_gpus", "engine_cpus"), "engine_resource."
_ENGINES = (ENGINE_PLACE, *ENGINE_AMOUNTS)


def cluster_of(address: str | None, options: Mapping[str, str]) -> Cluster | None:
    """The cluster, or None if none is named. Raises UsageError."""
    if not address:
        if options:
            raise UsageError(msg("--cluster-option: there is no cluster; name one with --cluster"))
        return None
    if address not in ("auto", "local"):
        _check_address(address)
    resources: dict[str, float] = {}
    amounts: dict[str, float] = {}
    names: dict[str, str] = {}
    for key, value in options.items():
        if key in _AMOUNTS:
            amounts[key] = amount(key, value)
        elif key in _NAMES and value:
            names[key] = value
        elif key.startswith(_RESOURCE) and key != _RESOURCE:
            resources[key.removeprefix(_RESOURCE)] = amount(key, value)
        elif key not in _ENGINES and not (key.startswith(ENGINE_RESOURCE) and key != ENGINE_RESOURCE):
            known = ", ".join((*_AMOUNTS, "resource.NAME", *_NAMES, *_ENGINES, "engine_resource.NAME"))
            raise UsageError(
                msg("--cluster-option {key}=…: there is no such option; known: {names}", key=key, names=known)
            )
    if "namespace" in names and "placement_group" not in names:
        raise UsageError(
            msg("--cluster-option namespace=…: it is where a placement group is looked for; name one as well")
        )
    usual = Cluster()
    return Cluster(
        address,
        amounts.get("num_cpus", usual.num_cpus),
        resources,
        names.get("placement_group"),
        names.get("namespace"),
        amounts.get("patience_s", usual.patience_s),
    )


def _check_address(address: str) -> None:
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or "/" in host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise UsageError(
            msg(
                "--cluster {address} is not an address; use auto, local, HOST:PORT or ray://HOST:PORT",
                address=repr(address),
            )
        )


def amount(key: str, value: str, *, zero: bool = False) -> float:
    """A number above 0; `zero`: or 0. Raises UsageError."""
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if zero and not 0 <= found < math.inf:
        raise UsageError(msg("--cluster-option {key}={value}: must be 0 or a number above it", key=key, value=value))
    if not zero and not 0 < found < math.inf:
        raise UsageError(msg("--cluster-option {key}={value}: must be a number above 0", key=key, value=value))
    return found
