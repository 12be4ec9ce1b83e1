"""Makes the weight files of this folder, and what Python's networks give for one row (expected.json).

    pip install numpy h5py keras jax safetensors torch
    KERAS_BACKEND=jax python make.py
"""
import json
import os
import sys
import zipfile

os.environ.setdefault("KERAS_BACKEND", "jax")
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
at = lambda name: os.path.join(here, name)
ROW = np.array([[0.1, 0.9, 0.3, 0.7, 0.5, 0.2]], dtype=np.float32)
REFUSED = ("norm.keras", "branch.keras", "slope.keras", "uneven.keras")
expected_path = at("expected.json")
expected = json.load(open(expected_path)) if os.path.exists(expected_path) else {}


def by_keras():
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)

    def randomise(model):
        rng = np.random.default_rng(5)
        model.set_weights([rng.normal(0, 0.6, w.shape).astype("float32") if w.dtype != np.uint32 else w
                           for w in model.get_weights()])

    def keep(name, model, whole=True):
        randomise(model)
        model.save(at(name)) if whole else model.save_weights(at(name))
        if name not in REFUSED:
            expected[name] = np.asarray(model(ROW)).ravel().tolist()

    def dense(*widths, activation="leaky_relu", output="sigmoid"):
        inner = [layers.Dense(width, activation=activation) for width in widths[:-1]]
        return inner + [layers.Dense(widths[-1], activation=output)]

    keep("sequential.keras", keras.Sequential([layers.Input((6,)), *dense(4, 2, 4, 6)]))
    keep("sequential.weights.h5", keras.Sequential([layers.Input((6,)), *dense(4, 2, 4, 6)]), whole=False)
    # Activations as layers of their own, dropout, no bias on the code, encoder and decoder as models in a model.
    given = layers.Input((6,))
    x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(4)(given))
    x = layers.Dropout(0.1)(x)
    encoder = keras.Model(given, layers.LeakyReLU(negative_slope=0.2)(layers.Dense(2, use_bias=False)(x)))
    code = layers.Input((2,))
    x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(4)(code))
    decoder = keras.Model(code, layers.Activation("sigmoid")(layers.Dense(6)(x)))
    whole = layers.Input((6,))
    keep("nested.keras", keras.Model(whole, decoder(encoder(whole))))
    keep("slope.keras", keras.Sequential([layers.Input((6,)), layers.Dense(2), layers.LeakyReLU(), layers.Dense(6)]))
    keep("norm.keras", keras.Sequential([layers.Input((6,)), layers.Dense(2), layers.BatchNormalization(), layers.Dense(6)]))
    keep("uneven.keras", keras.Sequential([layers.Input((6,)), *dense(4, 2, 6)]))
    given = layers.Input((6,))
    x = layers.Dense(6)(layers.Dense(2)(given))
    keep("branch.keras", keras.Model(given, layers.Add()([x, given])))


def by_torch():
    import torch
    from safetensors.torch import save_file
    from torch import nn

    torch.manual_seed(1)

    class Autoencoder(nn.Module):
        def __init__(self):
            super().__init__()
            leaky = nn.LeakyReLU(0.2)
            self.encoder = nn.Sequential(nn.Linear(6, 4), leaky, nn.Linear(4, 2), leaky)
            self.decoder = nn.Sequential(nn.Linear(2, 4), leaky, nn.Linear(4, 6), nn.Sigmoid())

        def forward(self, x):
            return self.decoder(self.encoder(x))

    # Pickle finds a class by its name in the module.
    Autoencoder.__qualname__ = "Autoencoder"
    globals()["Autoencoder"] = Autoencoder
    model = Autoencoder()
    value = model(torch.from_numpy(ROW)).detach().numpy().ravel().tolist()
    torch.save(model.state_dict(), at("state.pt"))
    save_file(model.state_dict(), at("state.safetensors"))
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.from_numpy(ROW)).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "loss": 0.5, "model_state_dict": model.state_dict(),
                "optimizer_state_dict": optimizer.state_dict()}, at("checkpoint.pth"))
    expected["state.pt"] = expected["state.safetensors"] = value
    expected["checkpoint.pth"] = model(torch.from_numpy(ROW)).detach().numpy().ravel().tolist()
    torch.save(nn.Sequential(nn.Conv1d(1, 2, 3), nn.Linear(4, 6)).state_dict(), at("conv.pt"))
    torch.save(model, at("whole.pt"))
    torch.save(model.state_dict(), at("old.pt"), _use_new_zipfile_serialization=False)

    class Evil:
        def __reduce__(self):
            return (os.system, ("touch it-was-run",))

    torch.save({"encoder.weight": Evil()}, at("evil.pt"))


def pack(name):
    """Keras stores without compression; deflated, the empty rooms of HDF5 cost nothing."""
    with zipfile.ZipFile(at(name)) as old:
        parts = [(info.filename, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(at(name), "w", zipfile.ZIP_DEFLATED) as new:
        for part in parts:
            new.writestr(*part)


for maker in (by_keras, by_torch):
    if len(sys.argv) < 2 or maker.__name__ == "by_" + sys.argv[1]:
        maker()
for name in ("nested", "slope", "norm", "uneven", "branch"):
    pack(name + ".keras")
with open(expected_path, "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
