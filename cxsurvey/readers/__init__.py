"""Readers: one module per kind of responses file, and the detector that picks one."""
