//! The devices of this machine that Burn can train on: their names, and which of them this program was built with.

use crate::error::{Error, Result};
use crate::train::burn_engine::BurnEngine;
use crate::train::engine::BuildEngine;

/// A device of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The processor, through burn-ndarray.
    Ndarray,
    /// The processor, through burn-flex.
    Flex,
    /// A graphics card, through whatever interface the system has for it.
    Wgpu,
    /// The first NVIDIA card.
    Cuda,
}

impl Device {
    /// All there are, whether built in or not; the one to prefer comes first.
    pub const ALL: [Self; 4] = [Self::Cuda, Self::Wgpu, Self::Ndarray, Self::Flex];

    /// The device of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|device| device.name() == name)
    }

    /// Its name, which is that of its cargo feature too where it has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ndarray => "ndarray",
            Self::Flex => "flex",
            Self::Wgpu => "wgpu",
            Self::Cuda => "cuda",
        }
    }

    /// What it is, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ndarray | Self::Flex => "processor",
            Self::Wgpu => "graphics card",
            Self::Cuda => "NVIDIA card",
        }
    }

    /// Whether this program was built with it.
    pub fn is_built(self) -> bool {
        match self {
            Self::Ndarray => true,
            Self::Flex => cfg!(feature = "flex"),
            Self::Wgpu => cfg!(feature = "wgpu"),
            Self::Cuda => cfg!(feature = "cuda"),
        }
    }

    /// The one that a machine has to offer to others.
    pub fn best() -> Self {
        let built = Self::ALL.into_iter().find(|device| device.is_built());
        built.unwrap_or(Self::Ndarray)
    }

    /// What builds an engine on it; an error where it is not built in.
    pub fn engine(self) -> Result<BuildEngine> {
        match self {
            Self::Ndarray => Ok(BurnEngine::ndarray),
            #[cfg(feature = "flex")]
            Self::Flex => Ok(BurnEngine::flex),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Ok(BurnEngine::wgpu),
            #[cfg(feature = "cuda")]
            Self::Cuda => Ok(BurnEngine::cuda),
            #[cfg(not(all(feature = "flex", feature = "wgpu", feature = "cuda")))]
            _ => Err(Error::Usage(missing(self.name()))),
        }
    }
}

/// What to say where a part of the program was left out when it was built.
pub fn missing(feature: &str) -> String {
    format!(
        "this program was built without {feature}; cargo build --release --features {feature} makes one that has it"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_name_and_built_or_refused_with_the_command_that_builds_it() {
        for device in Device::ALL {
            assert_eq!(Device::named(device.name()), Some(device));
            match device.engine() {
                Ok(_) => assert!(device.is_built(), "{device:?}"),
                Err(error) => {
                    assert!(!device.is_built(), "{device:?}");
                    let command = format!("--features {}", device.name());
                    assert!(error.to_string().contains(&command), "{error}");
                }
            }
        }
        assert_eq!(Device::named("abacus"), None);
        assert!(Device::best().is_built());
    }
}
