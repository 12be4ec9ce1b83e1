"""Runs a network that misfit wrote, with what Python there is; called by tests/onnx.rs.

    check_onnx.py FOLDER      with network.onnx, network.safetensors and expected.json
"""
import json
import sys

folder = sys.argv[1]
try:
    import numpy as np
except ImportError:
    sys.exit("skip: no numpy")

expected = json.load(open(folder + "/expected.json"))
features = np.array(expected["features"], dtype=np.float64)
ran = []


def close(what, ours, theirs, tolerance=1e-5):
    ours, theirs = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    assert ours.shape == theirs.shape, (what, ours.shape, theirs.shape)
    error = np.abs(ours - theirs) / np.maximum(1, np.abs(ours))
    assert error.max() <= tolerance, (what, error.max())


try:
    import onnxruntime
except ImportError:
    pass
else:
    session = onnxruntime.InferenceSession(folder + "/network.onnx", providers=["CPUExecutionProvider"])
    names = ["scaled", "code", "scaled_reconstruction", "reconstruction"]
    for name, value in zip(names, session.run(names, {"features": features})):
        close(name, expected[name], value)
    told = session.get_modelmeta().custom_metadata_map
    assert json.loads(told["features"]) == expected["names"], told
    ran.append("onnxruntime")

try:
    import onnx
except ImportError:
    pass
else:
    onnx.checker.check_model(onnx.load(folder + "/network.onnx"), full_check=True)
    ran.append("onnx.checker")

try:
    import torch
    from safetensors import safe_open
except ImportError:
    pass
else:
    functions = {
        "linear": lambda x: x,
        "relu": torch.relu,
        "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x, 0.2),
        "elu": torch.nn.functional.elu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
    }
    with safe_open(folder + "/network.safetensors", "pt") as file:
        x = torch.tensor(expected["scaled"], dtype=torch.float32)
        keys = set(file.keys())
        for layer in json.loads(file.metadata()["activations"]):
            name = layer["layer"]
            bias = file.get_tensor(name + ".bias") if name + ".bias" in keys else None
            x = functions[layer["activation"]](torch.nn.functional.linear(x, file.get_tensor(name + ".weight"), bias))
    close("torch", expected["scaled_reconstruction"], x.numpy())
    ran.append("torch")

if not ran:
    sys.exit("skip: neither onnxruntime nor torch with safetensors")
print("checked by", ", ".join(ran))
