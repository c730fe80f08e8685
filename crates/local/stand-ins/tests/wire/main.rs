//! By the wire, as an SDK would meet them: every operation and limit of the stand-in, every fault.

#[cfg(test)]
mod datasets;
#[cfg(test)]
mod fault_plan;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod metadata;
#[cfg(test)]
mod partial_failures;
#[cfg(test)]
mod promotions;
#[cfg(test)]
mod put_events;
#[cfg(test)]
mod ranking;
#[cfg(test)]
mod recommendations;
#[cfg(test)]
mod state;
