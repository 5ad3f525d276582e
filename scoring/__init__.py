"""Judgement: pure functions from a catalogue and dated evidence to an assessment. No clock, no I/O."""
