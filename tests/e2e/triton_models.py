# SPDX-License-Identifier: Apache-2.0
"""NVIDIA's Triton Inference Server on loopback, and its models: this file is the code of all of them.

``python tests/e2e/triton_models.py FOLDER [PORT]`` runs it until it is interrupted, with the model repository and the
files of the server below FOLDER. That Python needs ``nvidia-pytriton``.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

# The names of types in JSON requests, and different names in Python models.
DTYPES = ("BOOL", "INT8", "INT16", "INT32", "INT64", "FP32", "FP64", "BYTES")
_CONFIGURED_AS = {"BYTES": "STRING"}

_TEXT, _ANSWER = {"TEXT": "BYTES"}, {"ANSWER": "BYTES"}
_ECHO_IN, _ECHO_OUT = {f"X_{dtype}": dtype for dtype in DTYPES}, {f"Y_{dtype}": dtype for dtype in DTYPES}

# The inputs, outputs and further configuration of each model.
MODELS: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    # The string in upper case, in the tensor's shape.
    "upper": (_TEXT, _ANSWER, ""),
    # The same, for clients that do not change the case of names.
    "lower-case-names": ({"text": "BYTES"}, {"answer": "BYTES"}, ""),
    # The inputs, for every type.
    "echo": (_ECHO_IN, _ECHO_OUT, ""),
    # The same; the first dimension of every shape is the batch.
    "echo-batch": (_ECHO_IN, _ECHO_OUT, "max_batch_size: 8"),
    # The request as the server reads it, as a JSON object.
    "request": (_TEXT, _ANSWER, "version_policy { all {} }"),
    # The same, for requests that belong to a sequence.
    "sequence": (_TEXT, _ANSWER, "sequence_batching {}"),
    # The string, after that many seconds.
    "sleep": (_TEXT, _ANSWER, ""),
}
VERSIONS = {"request": (1, 2)}


class TritonPythonModel:
    """The class that Triton's Python backend instantiates for each model."""

    def initialize(self, args: dict[str, str]) -> None:
        self.model, self.version = args["model_name"], args["model_version"]

    def execute(self, requests: list[Any]) -> list[Any]:
        import triton_python_backend_utils as pb_utils

        return [pb_utils.InferenceResponse([pb_utils.Tensor(*each) for each in self.answers(request)]) for request in requests]

    def answers(self, request: Any) -> list[tuple[str, Any]]:
        """Name and array of each requested output."""
        tensors = {tensor.name(): tensor.as_numpy() for tensor in request.inputs()}
        if self.model.startswith("echo"):
            return [(name.replace("X_", "Y_"), array) for name, array in tensors.items()]
        (array,) = tensors.values()
        text = array.flat[0].decode()
        if self.model in ("request", "sequence"):
            text = json.dumps(
                {
                    "version": self.version,
                    "id": request.request_id(),
                    "correlation_id": request.correlation_id(),
                    "flags": request.flags(),
                    "parameters": json.loads(request.parameters() or "{}"),
                    "shape": array.shape,
                    "text": text,
                }
            )
        elif self.model == "sleep":
            time.sleep(float(text))
        else:
            text = text.upper()
        (name,) = request.requested_output_names()
        return [(name, np.array([text.encode()], dtype=np.object_))]


def write_repository(folder: Path) -> None:
    """A model repository: this file for every model, and its configuration."""
    for model, (inputs, outputs, more) in MODELS.items():
        optional = " optional: true" if len(inputs) > 1 else ""
        tensors = [("input", *each, optional) for each in inputs.items()] + [("output", *each, "") for each in outputs.items()]
        config = f'name: "{model}" backend: "python" {more}\n' + "".join(
            f'{kind} {{ name: "{name}" data_type: TYPE_{_CONFIGURED_AS.get(dtype, dtype)} dims: [ -1 ]{rest} }}\n'
            for kind, name, dtype, rest in tensors
        )
        for version in VERSIONS.get(model, (1,)):
            place = folder / model / str(version)
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(__file__, place / "model.py")
        (folder / model / "config.pbtxt").write_text(config)


def serve(folder: Path, port: int) -> None:
    """Run the server until it is interrupted."""
    from pytriton.triton import Triton, TritonConfig

    write_repository(folder / "models")
    config = TritonConfig(
        model_repository=folder / "models",
        http_address="127.0.0.1",
        http_port=port,
        allow_grpc=False,
        allow_metrics=False,
        exit_timeout_secs=5,
        # Headers with these names become parameters of the request, which a model can read.
        http_header_forward_pattern="(?i)(authorization|x-.*)",
    )
    with Triton(config=config, workspace=folder / "workspace") as triton:
        triton.serve()


if __name__ == "__main__":
    serve(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 8000)
