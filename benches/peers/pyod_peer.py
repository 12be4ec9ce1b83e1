"""PyOD's AutoEncoder: training speed on a work, or, given a CSV alone, `fit` (which also scores) with its defaults."""

import json
import os
import sys
import time

import numpy
import pandas
import torch
from pyod.models.auto_encoder import AutoEncoder

from work import arguments, read_scaled

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def seconds_of_fit(rows, **options):
    detector = AutoEncoder(verbose=0, random_state=0, **options)
    start = time.perf_counter()
    detector.fit(rows)
    assert numpy.isfinite(detector.decision_scores_).all()
    return time.perf_counter() - start


if len(sys.argv) == 2:
    table = pandas.read_csv(sys.argv[1])
    rows = table.drop(columns="label").to_numpy(numpy.float32)
    print(json.dumps({"seconds": seconds_of_fit(rows)}))
else:
    work, path, _ = arguments()
    rows = read_scaled(path)
    options = {"hidden_neuron_list": list(work.hidden), "batch_norm": False, "dropout_rate": 0.0, "lr": 1e-4, "batch_size": work.batch}
    # The difference takes off what is not training: preparing the data, scoring it in the end. The first run warms up.
    _, few, many = (seconds_of_fit(rows, epoch_num=epochs, **options) for epochs in (1, 1, 1 + work.epochs))
    print(json.dumps({"rows_per_second": work.rows * work.epochs / (many - few)}))
