# SPDX-License-Identifier: Apache-2.0
"""The PyFlink bridge: use providers on a running Flink.

Only this package uses PyFlink. Its functions import PyFlink when they are called.
"""

from __future__ import annotations

from ..sql.plan import Plan, Step
from .dataframe import as_model_provider
from .errors import FlinkError, clear_errors
from .jars import ensure_jars
from .jvm import running_runtime
from .ml_predict import embed, predict
from .models import create_model, model_descriptor
from .planning import apply, plan

__all__ = [
    "FlinkError",
    "Plan",
    "Step",
    "apply",
    "as_model_provider",
    "clear_errors",
    "create_model",
    "embed",
    "ensure_jars",
    "model_descriptor",
    "plan",
    "predict",
    "running_runtime",
]
