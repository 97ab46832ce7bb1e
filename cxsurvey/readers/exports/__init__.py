"""Survey exports: one module per platform, and the detector that tells them apart."""
