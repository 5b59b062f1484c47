"""The shape of a row, as pydantic models. In a module of its own: pydantic is imported when a file is read, not
before."""

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
