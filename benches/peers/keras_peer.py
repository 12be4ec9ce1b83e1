"""Keras 3's `fit`, on the backend that KERAS_BACKEND names."""

import keras

from work import Stopwatch, arguments, read_scaled, report_epochs

work, path, _ = arguments()
rows = read_scaled(path)

model = keras.Sequential([keras.Input((work.columns,))])
for width in work.widths[1:-1]:
    model.add(keras.layers.Dense(width, kernel_initializer="glorot_normal"))
    model.add(keras.layers.LeakyReLU(0.2))
model.add(keras.layers.Dense(work.columns, activation="sigmoid", kernel_initializer="glorot_normal"))
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="binary_crossentropy", metrics=["mse"])

watch = Stopwatch()
beat = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: watch.beat())
model.fit(rows, rows, batch_size=work.batch, epochs=work.epochs, shuffle=True, verbose=0, callbacks=[beat])
report_epochs(watch.seconds, work.rows)
