//! The pass back through the layers, from the gradient at the output to a step of every weight and bias.

use super::adam::{Rate, Schedule};
use super::chunks::Chunks;
use super::jobs::{Backward, BiasStep, LayerWeight};
use super::learn::{Also, Begin, Learn, Pass};
use super::network::{Network, grid};
use super::step::{Lesson, Sides};
use super::threads::Threads;
use super::tiles::Tiles;
use super::workspace::Workspace;

impl Network {
    /// Passes the gradient at the output back through all layers, and lets Adam take a step with each as soon as nothing
    /// needs the old numbers any more.
    pub fn backward(&mut self, workspace: &mut Workspace, rate: Rate, threads: &Threads) {
        let schedule = &mut Schedule::new(rate);
        for index in (0..self.spec.len()).rev() {
            match self.weight(index) {
                LayerWeight::Tied(weight) => self.pass_on(index, weight, workspace, threads),
                _ => self.learn_weight(index, workspace, schedule, threads),
            }
            self.learn_bias(index, workspace, schedule, threads);
        }
    }

    /// The gradient at the input of a layer that borrows its weights.
    fn pass_on(
        &self,
        index: usize,
        weight: Tiles<'_>,
        workspace: &mut Workspace,
        threads: &Threads,
    ) {
        let rows = workspace.rows();
        let (before, after) = workspace.gradients.split_at_mut(index + 1);
        let (gradient, output) = (&after[0], &mut before[index]);
        let outputs = &workspace.values[index];
        let activation = self.spec.layer(index - 1).activation;
        let size = output.panel_size();
        let used = rows * self.width;
        let panels = Chunks::of(&mut output.values, size);
        let work = rows * weight.grid.rows * weight.grid.columns;
        threads.each(work, panels, |panel, output| {
            threads.run(Backward {
                gradient,
                weight,
                panel,
                activation,
                activated: &outputs.panel(panel)[..used],
                output: &mut output[..used],
            });
        });
    }

    /// A step of a layer's own weights. Before it the gradient at the layer's input; in the first layer, after it, the product
    /// with the next batch where there is one.
    fn learn_weight(
        &mut self,
        index: usize,
        workspace: &mut Workspace,
        schedule: &mut Schedule,
        threads: &Threads,
    ) {
        let rows = workspace.rows();
        let layer = self.spec.layer(index);
        // The batch has to be transposed, and what comes of it transposed back.
        let transposes = rows * (layer.inputs + layer.outputs) < layer.inputs * layer.outputs;
        if transposes && index > 0 {
            workspace.transpose_gradients(index, threads);
        }
        let before = self.spec.layers().take(index).last();
        let (tied, mirror) = (self.spec.tied(), self.spec.mirror(index));
        let Some(weight) = &mut self.layers[index].weight else {
            return;
        };
        let factors = weight.begin_step(schedule);
        let Workspace {
            values,
            gradients,
            transposed,
            ahead,
            ..
        } = workspace;
        let (passed, gradients) = gradients.split_at_mut(index + 1);
        let passed = &mut passed[index];
        let inputs = &values[index];
        let lesson = Lesson {
            rows,
            own: Sides {
                inputs,
                gradients: &gradients[0],
            },
            // Tied weights have a second gradient: the decoder's, with the two sides changed over.
            borrowed: tied.then(|| Sides {
                inputs: &gradients[mirror - index],
                gradients: &values[mirror],
            }),
        };
        let grid = grid(&layer, self.width);
        let learn = |group, parts, also| {
            threads.run(Learn {
                grid,
                group,
                lesson,
                also,
                factors,
                parts,
            });
        };
        let work = rows * layer.inputs * layer.outputs;
        let parts = weight.parts(grid.group_size());
        match (before, ahead) {
            (Some(before), _) => {
                let size = passed.panel_size();
                let squares = rows.next_multiple_of(self.width) * self.width;
                let panels = (parts, Chunks::of(&mut passed.values, size));
                threads.each(2 * work, panels, |group, (parts, output)| {
                    let pass = Pass {
                        transposed: transposes.then_some(&*transposed),
                        activation: before.activation,
                        activated: &inputs.panel(group)[..rows * self.width],
                        output: &mut output[..squares],
                    };
                    learn(group, parts, Also::Pass(pass));
                });
            }
            (None, Some(ahead)) if ahead.filled => {
                let size = ahead.product.panel_size();
                let rows = ahead.rows;
                let panels = (parts, Chunks::of(&mut ahead.product.values, size));
                threads.each(2 * work, panels, |group, (parts, output)| {
                    let begin = Begin {
                        batch: &ahead.input,
                        output: &mut output[..rows * self.width],
                    };
                    learn(group, parts, Also::Begin(begin));
                });
            }
            (None, _) => {
                threads.each(work, parts, |group, parts| {
                    learn(group, parts, Also::Nothing);
                });
            }
        }
    }

    fn learn_bias(
        &mut self,
        index: usize,
        workspace: &Workspace,
        schedule: &mut Schedule,
        threads: &Threads,
    ) {
        let rows = workspace.rows();
        let Some(bias) = &mut self.layers[index].bias else {
            return;
        };
        let factors = bias.begin_step(schedule);
        let (gradients, width) = (&workspace.gradients[index + 1], self.width);
        let work = 2 * rows * gradients.columns;
        threads.each(work, bias.parts(width), |panel, parts| {
            threads.run(BiasStep {
                gradients: &gradients.panel(panel)[..rows * width],
                factors,
                parts,
            });
        });
    }
}
