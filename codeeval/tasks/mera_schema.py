"""The shape of a row as pydantic models. Separate, so that pydantic is imported only when a file is read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class MeraInputs(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    function: str
    tests: str


class MeraMeta(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")

    id: int | str
    entry_point: str
    canonical_solution: str | None = None


class MeraRow(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    instruction: str
    inputs: MeraInputs
    outputs: list[str] | None
    meta: MeraMeta
