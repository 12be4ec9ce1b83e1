//! A network with the numbers that its training starts from, where they are not drawn.

use std::sync::Arc;

use crate::error::{DataError, Result};
use crate::format::group;
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;

/// A network that somebody has trained, or at least begun.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// Where it is from, as the user named it; sanitised.
    pub file: String,
    /// The network.
    pub spec: NetworkSpec,
    /// Its numbers.
    pub weights: Arc<Weights>,
    /// What is to be said of it, a sentence each.
    pub notes: Vec<String>,
}

impl Start {
    /// The network, where it takes `features` values.
    pub fn network(&self, features: usize) -> Result<NetworkSpec> {
        let inputs = self.spec.inputs();
        if inputs == features {
            return Ok(self.spec.clone());
        }
        Err(DataError {
            file: self.file.clone(),
            problem: format!(
                "the network takes {} values, and the table gives {} features",
                group(inputs),
                group(features)
            ),
            advice: "misfit inspect lists the features of a table; --drop and --kind change them"
                .into(),
            ..DataError::default()
        }
        .into())
    }
}
