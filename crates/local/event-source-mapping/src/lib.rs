//! Lambda's event source mappings for streams: a pure model of the documented rules, and a driver that polls and invokes.
