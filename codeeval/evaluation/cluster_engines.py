"""What `--cluster-option engine…` says: where on the cluster the engines of `-M replicas=N` are placed."""

from __future__ import annotations

from functools import partial

from codeeval.errors import UsageError
from codeeval.evaluation.cluster import ENGINE_AMOUNTS, ENGINE_PLACE, ENGINE_RESOURCE, amount, cluster_of
from codeeval.evaluation.settings import Settings
from codeeval.generators.common.launch import Launcher
from codeeval.i18n import msg


def launcher_of(settings: Settings) -> Launcher | None:
    """What starts engines on the cluster; None: they are started here. Raises UsageError."""
    cluster, options = cluster_of(settings.cluster, settings.cluster_options), settings.cluster_options
    needs: dict[str, float] = {}
    resources: dict[str, float] = {}
    for key, value in options.items():
        if key in ENGINE_AMOUNTS:
            needs[key.removeprefix("engine_")] = amount(key, value, zero=True)
        elif key.startswith(ENGINE_RESOURCE) and key != ENGINE_RESOURCE:
            resources[key.removeprefix(ENGINE_RESOURCE)] = amount(key, value)
    where = options.get(ENGINE_PLACE, "nodes")
    if where not in ("nodes", "here"):
        raise UsageError(msg("--cluster-option engines={value}: must be nodes or here", value=where))
    if cluster is None or where == "here":
        return None
    from codeeval.generators.common.ray_launcher import Needs, RayLauncher
    from sandbox.ray_cluster import Connection

    return RayLauncher(
        Needs(needs.get("gpus"), needs.get("cpus"), resources), partial(Connection, cluster), cluster.patience_s
    )
