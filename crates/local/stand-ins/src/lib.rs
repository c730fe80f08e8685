//! Local stand-ins for services that no emulator offers, with the documented limits enforced.
