"""The loop that a PyTorch user writes, on tensors in memory; `fused` as the last argument asks for the fused Adam."""

import itertools
import os

import torch

from work import Stopwatch, arguments, read_scaled, report_epochs

work, path, flags = arguments()
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.manual_seed(0)
rows = torch.from_numpy(read_scaled(path))

layers = []
for inputs, outputs in itertools.pairwise(work.widths):
    layers += [torch.nn.Linear(inputs, outputs), torch.nn.LeakyReLU(0.2)]
model = torch.nn.Sequential(*layers[:-1])
for layer in model:
    if isinstance(layer, torch.nn.Linear):
        torch.nn.init.xavier_normal_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused="fused" in flags)
loss_of = torch.nn.BCEWithLogitsLoss()

watch = Stopwatch()
for _ in range(work.epochs):
    squares = torch.zeros(())
    for chosen in torch.randperm(work.rows).split(work.batch):
        batch = rows[chosen]
        optimizer.zero_grad(set_to_none=True)
        logits = model(batch)
        loss_of(logits, batch).backward()
        optimizer.step()
        with torch.no_grad():
            squares += (torch.sigmoid(logits) - batch).square().mean()
    squares.item()
    watch.beat()
report_epochs(watch.seconds, work.rows)
