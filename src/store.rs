//! What lasts beyond a run, and what comes from elsewhere: the file of a trained [`model`], networks of other programs
//! ([`import`]) and for other programs ([`onnx`], [`plain`]).

pub mod import;
pub mod model;
pub mod onnx;
pub mod plain;
