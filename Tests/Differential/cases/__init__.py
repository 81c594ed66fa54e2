# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The table of cases, a module for each topic."""

from __future__ import annotations

import importlib
import pkgutil

from script import Case


def all_cases() -> list[Case]:
    cases: list[Case] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        cases += importlib.import_module(f"{__name__}.{module}").CASES
    names = [case.name for case in cases]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"cases that share a name: {sorted(repeated)}")
    return cases
