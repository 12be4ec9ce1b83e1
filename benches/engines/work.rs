//! What is learned: networks, recipes and tables, and what a row of each costs at the least.

use misfit::data::matrix::Matrix;
use misfit::model::spec::{LayerSpec, NetworkSpec};
use misfit::train::recipe::{Preset, Recipe, activations, network};

/// One network on one table.
pub struct Work {
    pub name: &'static str,
    pub spec: NetworkSpec,
    pub recipe: Recipe,
    pub table: Matrix,
}

impl Work {
    /// All of them, for this many threads.
    pub fn all(threads: usize) -> Vec<Self> {
        let work = |name, preset, hidden: Option<&[usize]>, batch, rows, columns| Self {
            name,
            spec: network(
                preset,
                columns,
                hidden.map(<[usize]>::to_vec),
                activations(preset),
            )
            .expect("the works are sound"),
            recipe: Recipe {
                batch,
                threads: Some(threads),
                ..Recipe::new(preset)
            },
            table: table(rows, columns),
        };
        let (classic, auto) = (Preset::Classic, Preset::Auto);
        vec![
            work("classic, batch 32", classic, None, 32, 4_096, 1_602),
            work("classic, batch 256", classic, None, 256, 4_096, 1_602),
            work(
                "small, batch 32",
                classic,
                Some(&[24, 12, 4]),
                32,
                10_000,
                30,
            ),
            work("auto, 30 columns", auto, None, 128, 10_000, 30),
            work("auto, 300 columns", auto, None, 128, 10_000, 300),
        ]
    }

    /// 10⁹ floating-point operations a row: two per weight forward, two for its gradient, and two for the gradient of the
    /// layer's input, which the first layer does not need.
    pub fn gflop(&self) -> f64 {
        let [all, first] = self.weights();
        (6.0 * all - 2.0 * first) / 1e9
    }

    /// 10⁹ bytes a row, were nothing kept in a cache between forward and backward: each weight is read forward; then it and
    /// Adam's two moments are read and written. The first layer's are not read forward: whoever learns them can multiply
    /// them with the next batch in the same pass.
    pub fn gigabytes(&self) -> f64 {
        let [all, first] = self.weights();
        4.0 * (7.0 * all - first) / self.recipe.batch as f64 / 1e9
    }

    /// The weights of all layers, and of the first.
    fn weights(&self) -> [f64; 2] {
        let weights = |layer: LayerSpec| (layer.inputs * layer.outputs) as f64;
        [
            self.spec.layers().map(weights).sum(),
            weights(self.spec.layer(0)),
        ]
    }
}

/// Rows in [0, 1] that follow a few waves, so that there is something to learn.
fn table(rows: usize, columns: usize) -> Matrix {
    let cell = |row: usize, column: usize| {
        let (row, column) = (row as f32, column as f32);
        0.5 + 0.3 * (row * 0.37 + column * 0.11).sin() + 0.2 * (row * 1.91 - column * 0.05).cos()
    };
    let values = (0..rows * columns).map(|index| cell(index / columns, index % columns));
    Matrix::new(columns, values.collect())
}
