//! What lasts: the file of a trained [`model`], the folder of a [`run`] that can be gone on with; and what comes from elsewhere
//! or goes there: networks of other programs ([`import`]) and for other programs ([`onnx`], [`plain`]).

pub mod drift;
pub mod import;
pub mod model;
pub mod onnx;
pub mod plain;
pub mod run;
